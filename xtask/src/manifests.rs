//! A test alone: every dependency says what it is for.

use std::{fs, path::PathBuf};

use crate::project;

/// All manifests of the project.
fn manifests() -> Vec<PathBuf> {
    let folders = ["", "bench", "first-paint", "fuzz", "on-demand", "patches/wasm-streams", "sandbox", "tests/e2e", "xtask"];
    folders.into_iter().map(|folder| project::root().join(folder).join("Cargo.toml")).collect()
}

/// The dependencies above which no comment stands.
fn unexplained(manifest: &str) -> Vec<String> {
    let (mut section, mut before, mut found) = (String::new(), "", Vec::new());
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
            // A table of its own is one dependency.
            if section.contains("dependencies.") && !before.starts_with('#') {
                found.push(section.clone());
            }
        } else if section.ends_with("dependencies")
            && line.contains(" = ")
            && !line.starts_with(['#', ' ', ']'])
            && !before.starts_with('#')
        {
            found.push(line.to_owned());
        }
        before = line;
    }
    found
}

#[test]
fn every_dependency_says_what_it_is_for() {
    for file in manifests() {
        let manifest = fs::read_to_string(&file).unwrap();
        assert_eq!(unexplained(&manifest), [""; 0], "{}", file.display());
    }
    let two = "[dependencies]\n# Why.\na = \"1\"\nb = { version = \"1\" }\n\n[target.x.dependencies.c]\nversion = \"1\"\n";
    assert_eq!(unexplained(two), ["b = { version = \"1\" }", "target.x.dependencies.c"]);
}
