//! Fuzzing the decoder, and the sandbox's routes.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    project,
    step::{self, run_quietly, step},
    tools,
};

/// Runs the fuzzers for so long each; that of the decoder begins with the fixtures of the tests.
pub(crate) fn run(seconds: u32) -> Result<()> {
    step(&format!("Fuzzing the sandbox for {seconds} s"), || {
        let mut fuzz = Command::new("cargo");
        fuzz.args(["test", "--quiet", "--locked", "--package", "sandbox", "--test", "malformed", "--", "--nocapture"]);
        fuzz.current_dir(project::root()).env("SAOMA_FUZZ_SECONDS", seconds.to_string());
        step::run(&mut fuzz, "the request that was not survived is shown above")
    })?;
    tools::install_cargo_fuzz()?;
    seed_corpus()?;
    step("Building the fuzzer", || run_quietly(&mut cargo_fuzz("build")?, "the output above names the file and the line"))?;
    step(&format!("Fuzzing the decoder for {seconds} s"), || {
        let mut fuzz = cargo_fuzz("run")?;
        fuzz.args([
            "--",
            &format!("-max_total_time={seconds}"),
            "-max_len=4096",
            "-print_final_stats=1",
            "-close_fd_mask=0",
            "-verbosity=0",
        ]);
        step::run(&mut fuzz, "the input that failed is in fuzz/artifacts/decode/; make it a test, then mend the decoder")
    })
}

/// How many calls there are in `fuzz/fuzz_targets/decode.rs`.
const CALLS: u8 = 8;

/// Each fixture of each gateway as the answer to each call.
fn seed_corpus() -> Result<()> {
    let corpus = project::root().join("fuzz/corpus/decode");
    fs::create_dir_all(&corpus)?;
    for gateway in ["anqi", "instant", "mapi", "xarr"] {
        for entry in fs::read_dir(project::root().join("tests/fixtures").join(gateway))? {
            let path = entry?.path();
            let body = fs::read(&path)?;
            let name = path.file_name().context("a fixture has a name")?.to_string_lossy().into_owned();
            for call in 0..CALLS {
                fs::write(corpus.join(format!("{gateway}-{name}-{call}")), [&[call][..], &body].concat())?;
            }
        }
    }
    Ok(())
}

/// `cargo fuzz` without a sanitizer: the page has no unsafe code, and it is several times as fast.
fn cargo_fuzz(command: &str) -> Result<Command> {
    let mut fuzz = Command::new("cargo");
    fuzz.args(["fuzz", command, "--sanitizer", "none", "decode"]).current_dir(project::root());
    // Coverage is instrumented with flags that a stable compiler knows but does not show.
    fuzz.env("PATH", tools::path_with_cargo_fuzz()?).env("RUSTC_BOOTSTRAP", "1");
    Ok(fuzz)
}
