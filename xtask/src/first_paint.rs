//! The module that draws the code before the application has come: the crate `first-paint` as a file of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{page, project, shrink, snip, step::run_quietly, tools};

/// Begins the names of its files. Those of the application begin otherwise.
pub(crate) const NAME: &str = "assets/draw-";

/// Builds it into `folder`, and gives back `page` with its name and hash.
pub(crate) fn link(folder: &Path, page: &str) -> Result<String> {
    let module = build()?;
    let file = format!("{NAME}{}.wasm", project::fingerprint(&module));
    fs::write(folder.join(&file), &module).with_context(|| format!("cannot write {file}"))?;
    const PLACES: [&str; 2] = ["assets/DRAW_FILE", "DRAW_INTEGRITY"];
    ensure!(PLACES.iter().all(|place| page.matches(place).count() == 1), "index.html must name {} once each", PLACES.join(" and "));
    let [name, integrity] = PLACES;
    Ok(page.replace(name, &file).replace(integrity, &project::integrity(&module)))
}

fn build() -> Result<Vec<u8>> {
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
    fs::read(&small).context("cannot read the module of the first paint")
}
