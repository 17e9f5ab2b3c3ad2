//! The module that draws the code before the application has come: the crate `first-paint`, small enough to stand in the page.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{page, project, shrink, snip, step::run_quietly, tools};

/// Builds it, and gives it back in base64.
pub(crate) fn module() -> Result<String> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| project::root().join("target"), PathBuf::from).join("first-paint");
    let mut build = Command::new("cargo");
    build.current_dir(project::root()).args(["rustc", "--quiet", "--locked", "--package", "first-paint", "--lib", "--release"]);
    build.args(["--features", "module", "--crate-type", "cdylib", "--target", "wasm32-unknown-unknown", "--target-dir"]).arg(&target);
    // Its deepest call needs a quarter of this stack.
    build.args(["--", "-Clink-arg=-zstack-size=65536"]);
    // Its names are needed until it is small.
    build.env_remove("RUSTFLAGS").env("CARGO_PROFILE_RELEASE_STRIP", "none");
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", [&page::remapped_paths()?, page::SMALLER].join(" "));
    run_quietly(&mut build, "the output above names the file and the line")?;
    let built = target.join("wasm32-unknown-unknown/release/first_paint.wasm");
    let small = target.join("first_paint.wasm");
    fs::copy(&built, &small).context("cannot copy the module of the first paint")?;
    snip::snip_panics(&small)?;
    let mut optimise = tools::npm_program("wasm-opt");
    optimise.args(shrink::FEATURES).args(shrink::PASSES).arg("--strip-debug").arg(&small).arg("-o").arg(&small);
    run_quietly(&mut optimise, shrink::ADVICE)?;
    Ok(BASE64_STANDARD.encode(fs::read(&small)?))
}
