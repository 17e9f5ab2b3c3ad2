//! What the scenarios have passed on. Where nothing of it has changed since, `cargo xtask test` does not play them again.
//!
//! Only a run of all scenarios in all engines is remembered, and only if every one of them passed.

use std::{env, fs, io::ErrorKind, path::PathBuf, process::Command};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::project;

/// No scenario depends on what is in these.
const APART: [&str; 3] = ["bench/", "docs/", "fuzz/"];

/// One value for all that decides how the scenarios end: what is in these folders, every file of the project but those that are
/// read by people or by other commands, the version of every package of the system, browsers and fonts among them, and of the compiler,
/// and where and when the system believes to be. `None` where git does not know the project, or the system has no such packages.
pub(crate) fn fingerprint(built: &[PathBuf]) -> Result<Option<String>> {
    let (Some(files), Some(packages)) = (files_of_the_project()?, said("dpkg-query", &["--show"])) else { return Ok(None) };
    let mut digest = Sha256::new();
    let mut add = |name: &str, content: &[u8]| {
        for part in [name.as_bytes(), content] {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        }
    };
    for file in files.iter().map(PathBuf::from).chain(built_files(built)?) {
        let path = project::root().join(&file);
        // One that git knows may be gone.
        add(&file.to_string_lossy(), &if path.is_file() { fs::read(&path)? } else { Vec::new() });
    }
    add("packages", &packages);
    add("compiler", &said("rustc", &["--version", "--verbose"]).unwrap_or_default());
    for variable in ["LANG", "LC_ALL", "PATH", "TZ"] {
        add(variable, env::var_os(variable).unwrap_or_default().as_encoded_bytes());
    }
    Ok(Some(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Whether all scenarios have passed on this.
pub(crate) fn is_known(fingerprint: &str) -> bool {
    fs::read_to_string(place()).is_ok_and(|known| known == fingerprint)
}

/// One has failed, on whatever.
pub(crate) fn forget() -> Result<()> {
    match fs::remove_file(place()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context("what had passed cannot be forgotten"),
        _ => Ok(()),
    }
}

/// They have.
pub(crate) fn remember(fingerprint: &str) -> Result<()> {
    fs::write(place(), fingerprint).context("what has passed cannot be written down")
}

fn place() -> PathBuf {
    project::root().join("target/scenarios-passed")
}

/// Those that are committed, and those that could be.
fn files_of_the_project() -> Result<Option<Vec<String>>> {
    let Some(names) = said("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]) else { return Ok(None) };
    let names = String::from_utf8(names).context("a file's name is no text")?;
    let mut files: Vec<String> = names.split_terminator('\0').filter(|name| is_of_the_scenarios(name)).map(str::to_owned).collect();
    files.sort_unstable();
    files.dedup();
    Ok(Some(files).filter(|files| !files.is_empty()))
}

/// What a program writes, if it succeeds.
fn said(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new(program).args(arguments).current_dir(project::root()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn is_of_the_scenarios(file: &str) -> bool {
    !APART.iter().any(|folder| file.starts_with(folder)) && !file.ends_with(".md")
}

fn built_files(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut folders = folders.to_vec();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { &mut folders } else { &mut files }.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_and_other_commands_read_is_left_out() {
        for file in ["src/main.rs", "tests/fixtures/hostile/texts.json", "deploy/nginx.conf", "Cargo.lock", "xtask/src/page.rs"] {
            assert!(is_of_the_scenarios(file), "{file}");
        }
        for file in ["README.md", "docs/performance.md", "docs/settings.schema.json", "bench/src/main.rs", "fuzz/Cargo.toml"] {
            assert!(!is_of_the_scenarios(file), "{file}");
        }
    }

    #[test]
    fn a_file_changes_the_fingerprint() {
        let folder = std::env::temp_dir().join(format!("saoma-passed-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let of = |content: &str| {
            fs::write(folder.join("a"), content).unwrap();
            fingerprint(std::slice::from_ref(&folder)).unwrap()
        };
        let (first, again, other) = (of("1"), of("1"), of("2"));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(first, again);
        // Without git or packages nothing is ever remembered, and there is nothing to be told apart.
        let is_known =
            [("git", "ls-files"), ("dpkg-query", "--show")].iter().all(|(program, argument)| said(program, &[argument]).is_some());
        assert_eq!(first.is_some(), is_known);
        assert_eq!(first != other, is_known);
    }
}
