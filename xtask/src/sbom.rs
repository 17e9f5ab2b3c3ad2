//! The list of what the page is made of, macros among it: a software bill of materials in CycloneDX 1.5, beside the page that it belongs to.
//!
//! It is made of the locked packages and what they say of themselves, so that two builds of one commit have the same: it carries no time and no number of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::project;

/// What the file is called in `dist/`.
pub(crate) const FILE: &str = "saoma.cdx.json";

/// Writes the list of the page's crates into a folder.
pub(crate) fn write(folder: &Path) -> Result<()> {
    // Of the page alone: other programs of the workspace ask more of some crates than the page does.
    let output = Command::new("cargo")
        .args(["tree", "--locked", "--package", "saoma", "--target", "wasm32-unknown-unknown", "--edges", "normal"])
        .args(["--features", "split", "--no-dedupe", "--prefix", "depth", "--format", "|{p}|{l}"])
        .current_dir(project::root())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr));
    let lock = fs::read_to_string(project::root().join("Cargo.lock")).context("Cargo.lock is missing")?;
    let list = list(&String::from_utf8(output.stdout)?, &checksums(&lock))?;
    fs::write(folder.join(FILE), serde_json::to_string_pretty(&list)? + "\n").context("cannot write the list of what is in the page")
}

/// Name, version and SHA-256 of every crate that the lock file takes from a registry.
fn checksums(lock: &str) -> BTreeMap<Crate, String> {
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let blocks = lock.split("[[package]]").skip(1);
    blocks.filter_map(|block| Some(((field(block, "name")?, field(block, "version")?), field(block, "checksum")?))).collect()
}

/// A crate: its name and its version.
type Crate = (String, String);

/// The list, of what `cargo tree` says: a line for each use of a crate, `depth|name vVERSION …|licence`.
fn list(tree: &str, checksums: &BTreeMap<Crate, String>) -> Result<Value> {
    let mut licences: BTreeMap<Crate, String> = BTreeMap::new();
    let mut uses: BTreeMap<Crate, BTreeSet<Crate>> = BTreeMap::new();
    let mut above: Vec<Crate> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let understood = || {
            let mut fields = line.split('|');
            let depth: usize = fields.next()?.parse().ok()?;
            let (name, version) = fields.next()?.split_once(" v")?;
            let version = version.split(' ').next()?;
            Some((depth, (name.to_owned(), version.to_owned()), fields.next()?.replace('/', " OR ")))
        };
        let (depth, crate_, licence) = understood().with_context(|| format!("`cargo tree` says {line:?}"))?;
        ensure!(!licence.is_empty(), "{} names no licence", crate_.0);
        above.truncate(depth);
        if let Some(user) = above.last() {
            uses.entry(user.clone()).or_default().insert(crate_.clone());
        }
        uses.entry(crate_.clone()).or_default();
        licences.insert(crate_.clone(), licence);
        above.push(crate_);
    }
    let page = above.first().context("`cargo tree` says nothing")?.clone();
    let reference = |(name, version): &Crate| format!("pkg:cargo/{name}@{version}");
    let component = |kind: &str, crate_: &Crate, licence: &str| {
        let common = json!({
            "type": kind, "bom-ref": reference(crate_), "name": crate_.0, "version": crate_.1, "licenses": [{ "expression": licence }],
        });
        // What has no checksum is of the project itself.
        let own = checksums
            .get(crate_)
            .map(|checksum| json!({ "purl": reference(crate_), "hashes": [{ "alg": "SHA-256", "content": checksum }] }));
        let fields = [Some(common), own].into_iter().flatten().filter_map(|part| part.as_object().cloned()).flatten();
        Value::Object(fields.collect())
    };
    let of_page = licences.get(&page).map(|licence| component("application", &page, licence));
    let components: Vec<Value> =
        licences.iter().filter(|(crate_, _)| **crate_ != page).map(|(crate_, licence)| component("library", crate_, licence)).collect();
    let dependencies: Vec<Value> = uses
        .iter()
        .map(|(user, used)| json!({ "ref": reference(user), "dependsOn": used.iter().map(reference).collect::<Vec<_>>() }))
        .collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": of_page },
        "components": components,
        "dependencies": dependencies,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_page_is_listed_and_what_tests_it_is_not() {
        let folder = std::env::temp_dir().join(format!("saoma-sbom-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        write(&folder).unwrap();
        let list: Value = serde_json::from_str(&fs::read_to_string(folder.join(FILE)).unwrap()).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let components = list["components"].as_array().unwrap();
        let names: BTreeSet<&str> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
        for part in ["leptos", "talc", "wasm-bindgen", "first-paint", "on-demand", "qrcodegen-no-heap"] {
            assert!(names.contains(part), "{part} is in the page");
        }
        for other in ["md-5", "proptest", "schemars", "axum", "wasm-bindgen-test", "saoma"] {
            assert!(!names.contains(other), "{other} is not a part of the page");
        }
        let references: BTreeSet<&str> = components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components.len(), "each is listed once");
        for dependency in list["dependencies"].as_array().unwrap() {
            for used in dependency["dependsOn"].as_array().unwrap() {
                assert!(references.contains(used.as_str().unwrap()), "{used} is used and not listed");
            }
        }
        let sealed = components.iter().filter(|component| component["hashes"][0]["content"].as_str().is_some_and(|hash| hash.len() == 64));
        assert!(sealed.count() > 30 && list["metadata"]["component"]["name"] == "saoma");
        let text = list.to_string();
        assert!(!text.contains(&project::root().display().to_string()), "no path of this machine");
    }
}
