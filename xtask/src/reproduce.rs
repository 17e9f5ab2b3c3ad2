//! Whether the page is made of its source alone: built again in another folder, from a fresh clone, it is the same to the byte.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    page, project,
    step::{run_quietly, step},
};

/// Builds the last commit here and elsewhere, and compares the two.
pub(crate) fn run_all() -> Result<()> {
    let root = project::root();
    let status = Command::new("git").args(["status", "--porcelain", "--untracked-files=no"]).current_dir(&root).output()?;
    ensure!(status.status.success() && status.stdout.is_empty(), "the last commit is compared: commit or stash what you have changed");
    page::build_dist()?;
    let elsewhere = std::env::temp_dir().join(format!("saoma-reproduce-{}", std::process::id())).join("another-folder");
    let result = build_at(&root, &elsewhere).and_then(|()| compare(&project::dist(), &elsewhere.join("dist")));
    let _ = fs::remove_dir_all(elsewhere.parent().context("it is in a folder")?);
    let count = result?;
    println!("    {count} files are the same in both folders");
    Ok(())
}

fn build_at(root: &Path, elsewhere: &Path) -> Result<()> {
    fs::create_dir_all(elsewhere)?;
    run_quietly(Command::new("git").args(["clone", "--quiet"]).arg(root).arg(elsewhere), "git says why")?;
    // The tools are pinned, and are not what is tried.
    std::os::unix::fs::symlink(project::tools(), elsewhere.join(".tools"))?;
    step("Building the page in another folder", || {
        let mut build = Command::new("cargo");
        build.args(["xtask", "build"]).current_dir(elsewhere).env_remove("CARGO_TARGET_DIR");
        run_quietly(&mut build, "the output above names what went wrong")
    })
}

/// The files of a folder by their paths in it.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("{} cannot be read", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

/// How many files are the same.
fn compare(one: &Path, other: &Path) -> Result<usize> {
    let (one, other) = (files(one)?, files(other)?);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    ensure!(names(&one) == names(&other), "not the same files:\n{:?}\n{:?}", names(&one), names(&other));
    ensure!(one.len() > 50, "only {} files were built", one.len());
    let differing: Vec<_> = one.iter().filter(|(name, content)| other.get(*name) != Some(content)).map(|(name, _)| name).collect();
    if !differing.is_empty() {
        bail!("not the same to the byte: {differing:?}");
    }
    Ok(one.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_makes_a_difference() {
        let folder = std::env::temp_dir().join(format!("saoma-compare-{}", std::process::id()));
        for (name, last) in [("one", "x"), ("other", "x"), ("third", "y")] {
            fs::create_dir_all(folder.join(name).join("assets")).unwrap();
            for number in 0..60 {
                fs::write(folder.join(name).join(format!("assets/{number}")), if number == 59 { last } else { "" }).unwrap();
            }
        }
        assert_eq!(compare(&folder.join("one"), &folder.join("other")).unwrap(), 60);
        assert!(compare(&folder.join("one"), &folder.join("third")).is_err());
        fs::remove_file(folder.join("other/assets/0")).unwrap();
        assert!(compare(&folder.join("one"), &folder.join("other")).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
