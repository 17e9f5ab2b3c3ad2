//! What looks at the whole project now and then: coverage, mutants, and what it is made of.

use std::{path::Path, process::Command};

use anyhow::Result;

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

/// Licences, sources and versions, which need no network; and advisories, unless `offline`.
pub(crate) fn deny(offline: bool) -> Result<()> {
    let own = "bans licenses sources";
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        for checks in [own, "advisories"].into_iter().filter(|checks| *checks == own || !offline) {
            step(&format!("{manifest}: {checks}"), || {
                let mut deny = tools::CARGO_DENY.program()?;
                deny.current_dir(project::root()).args([
                    "--manifest-path",
                    manifest,
                    "--config",
                    "deny.toml",
                    "--all-features",
                    "--locked",
                ]);
                run(
                    deny.arg("check").args(checks.split(' ')),
                    "deny.toml says what is allowed; `--offline` leaves out the advisories, whose list is at github.com",
                )
            })?;
        }
    }
    if offline {
        println!("    nothing was checked against the list of advisories");
    }
    Ok(())
}

/// The tests that notice most mutants of [`MUTATED`].
const NOTICING_MOST: [&str; 2] = ["machine", "simulation"];
/// All that could notice one.
const NOTICING: [&str; 6] = ["decode", "gateways", "hostile", "machine", "rooms", "simulation"];

/// Mutates those files, or all that decide about money and addresses, which takes an hour on two cores. What survives is in
/// `target/mutants.out/`, but for what `.cargo/mutants.toml` says cannot be noticed.
pub(crate) fn mutants(files: &[String]) -> Result<()> {
    let chosen: Vec<&str> = if files.is_empty() { MUTATED.to_vec() } else { files.iter().map(String::as_str).collect() };
    let mutated = |tests: &[&str]| -> Result<Command> {
        let mut mutants = tools::CARGO_MUTANTS.program()?;
        mutants.current_dir(project::root()).args(["mutants", "--package", "saoma", "--output"]).arg(Path::new("target"));
        mutants.args(["--jobs", "2", "--timeout", "30", "--cargo-arg=--lib"]);
        mutants.args(tests.iter().map(|test| format!("--cargo-arg=--test={test}")));
        // Fewer cases are enough, and each mutant has to be built too; what nobody debugs is linked sooner.
        mutants.env("PROPTEST_CASES", "200").env("CARGO_PROFILE_DEV_DEBUG", "0");
        mutants.args(chosen.iter().flat_map(|file| ["--file", file]));
        Ok(mutants)
    };
    step("Mutants", || {
        // Each mutant builds each test anew, so that most are tried with few. Its failure only says that some are left.
        mutated(&NOTICING_MOST)?.status()?;
        Ok(())
    })?;
    step("Mutants that are left, with all tests", || {
        run(mutated(&NOTICING)?.arg("--iterate"), "a mutant that no test noticed in so few cases is named above")
    })
}
