//! What looks at the whole project now and then: coverage, mutants, and what it is made of.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    project,
    step::{run, step},
    tools,
};

/// What decides about money and addresses.
const MUTATED: [&str; 6] = [
    "src/checkout/**/*.rs",
    "src/order/return_target.rs",
    "src/order/safe_url.rs",
    "src/order/wallet.rs",
    "src/order/wallet_link.rs",
    "src/sign.rs",
];

/// Prints which lines the native tests reach, file by file.
pub(crate) fn coverage() -> Result<()> {
    step("Adding llvm-tools", || run(Command::new("rustup").args(["component", "add", "llvm-tools"]), "install rustup's `llvm-tools`"))?;
    step("Native tests, with coverage", || {
        let mut coverage = tools::CARGO_LLVM_COV.program()?;
        coverage.current_dir(project::root()).args(["llvm-cov", "--locked", "--package", "saoma", "--package", "first-paint"]);
        // What needs a browser is played there.
        coverage.args(["--ignore-filename-regex", "src/(browser|view)/|sandbox|xtask|tests/"]);
        run(&mut coverage, "the output above names the test that failed")
    })
}

/// Licences, sources and versions, which need no network; and advisories, where their list can be had.
pub(crate) fn deny() -> Result<()> {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        step(&format!("Licences, sources and versions of {manifest}"), || {
            let mut deny = tools::CARGO_DENY.program()?;
            deny.current_dir(project::root()).args(["--manifest-path", manifest, "--config", "deny.toml"]);
            run(deny.args(["--all-features", "--locked", "check", "bans", "licenses", "sources"]), "deny.toml says what is allowed")
        })?;
    }
    let mut fetch = tools::CARGO_DENY.program()?;
    fetch.current_dir(project::root()).args(["fetch", "db"]);
    if !fetch.status().context("cannot start cargo-deny")?.success() {
        println!("    the list of advisories cannot be had from here: nothing was checked against it");
        return Ok(());
    }
    step("Advisories", || {
        let mut deny = tools::CARGO_DENY.program()?;
        deny.current_dir(project::root()).args(["--all-features", "--locked", "check", "advisories"]);
        run(&mut deny, "update what is named above, or say in deny.toml why it does not matter here")
    })
}

/// Mutates those files, or all that decide about money and addresses. What survives is in `target/mutants.out/`.
pub(crate) fn mutants(files: &[String]) -> Result<()> {
    step("Mutants", || {
        let mut mutants = tools::CARGO_MUTANTS.program()?;
        mutants.current_dir(project::root()).args(["mutants", "--package", "saoma", "--output"]).arg(Path::new("target"));
        let chosen: Vec<&str> = if files.is_empty() { MUTATED.to_vec() } else { files.iter().map(String::as_str).collect() };
        mutants.args(chosen.iter().flat_map(|file| ["--file", file]));
        run(&mut mutants, "a mutant that no test noticed is named above")
    })
}
