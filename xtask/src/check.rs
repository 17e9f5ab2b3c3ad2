//! Everything that decides whether a change is good.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    page, passed, project, schema,
    step::{run, run_quietly, step},
    theme, tools,
};

/// Which scenarios are played, and where.
#[derive(Args, Default)]
pub(crate) struct Played {
    /// In this engine alone; more than one may be named
    #[arg(long, value_parser = ["chromium", "firefox", "webkit"])]
    engine: Vec<String>,
    /// Those with this in their names
    #[arg(long)]
    grep: Option<String>,
    /// Arguments for the test runner: `--list`, `--exact`, `--test-threads N`, a part of a name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    others: Vec<String>,
}

/// All checks, cheapest first.
pub(crate) fn all() -> Result<()> {
    step("Checking the formatting", || run_quietly(&mut cargo(&["fmt", "--all", "--check"]), "run `cargo fmt --all`"))?;
    tools::install_for_build()?;
    step("Clippy, native", || {
        run_quietly(&mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]), LINE)
    })?;
    step("Clippy, browser", || {
        run_quietly(
            &mut cargo(&[
                "clippy",
                "--locked",
                "--target",
                "wasm32-unknown-unknown",
                "--lib",
                "--bins",
                "--test",
                "browser",
                "--",
                "-D",
                "warnings",
            ]),
            LINE,
        )
    })?;
    for (of, packages) in
        [("all packages", &["--workspace"][..]), ("the page", &["--package", "saoma", "--target", "wasm32-unknown-unknown"])]
    {
        step(&format!("Documentation of {of}"), || {
            let mut doc = cargo(&["doc", "--locked", "--no-deps"]);
            run_quietly(doc.args(packages).env("RUSTDOCFLAGS", "-D warnings"), LINE)
        })?;
    }
    step("Settings' schema", schema::check)?;
    step("Native tests", || run(&mut cargo(&["test", "--locked", "--workspace"]), LINE))?;
    let browser = tools::browser()?;
    if let Some(browser) = &browser {
        step("Browser tests", || {
            let mut tests = Command::new("cargo");
            tests.args(["test", "--locked", "--target", "wasm32-unknown-unknown", "--test", "browser"]).current_dir(project::root());
            tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools::wasm_test_runner());
            tests.env("CHROMEDRIVER", &browser.chromedriver);
            run(&mut tests, LINE)
        })?;
    }
    page::build_dist()?;
    step("Size budget", || {
        let weight = page::weigh()?;
        println!("{}", weight.table());
        weight.check()
    })?;
    match browser {
        Some(browser) => run_end_to_end(&browser, None),
        None => bail!("the browser tests and the end-to-end tests did not run: see above for what they want on PATH"),
    }
}

/// The end-to-end tests on what is in `dist/`.
pub(crate) fn end_to_end(played: &Played) -> Result<()> {
    match tools::browser()? {
        Some(browser) => run_end_to_end(&browser, Some(played)),
        None => bail!("the end-to-end tests need a browser and its driver"),
    }
}

/// Pictures of every screen on one page.
pub(crate) fn gallery(part: Option<&str>) -> Result<()> {
    tools::install_for_build()?;
    match tools::browser()? {
        Some(browser) => step("Taking pictures of every screen", || {
            run(e2e(&browser).arg("gallery").args(part), "the screen that could not be reached is named above")
        }),
        None => bail!("the gallery needs a browser and its driver"),
    }
}

/// A page in front of a flaky gateway, for so many minutes.
pub(crate) fn soak(minutes: f64) -> Result<()> {
    match tools::browser()? {
        Some(browser) => step(&format!("Soaking for {minutes} minutes"), || {
            run(e2e(&browser).args(["soak", &minutes.to_string()]), "the figure that grew is named above")
        }),
        None => bail!("the soak needs a browser and its driver"),
    }
}

/// Plays what is asked for; or else all, unless all have passed on exactly this before.
fn run_end_to_end(browser: &tools::Browser, asked: Option<&Played>) -> Result<()> {
    tools::install_servers()?;
    let engines = tools::install_engines()?;
    let preload = tools::preload_of_webkit()?;
    step("Packing the themes", || theme::pack(&themes(), "saoma", None))?;
    let built = [project::dist(), themes()];
    let fingerprint = if asked.is_none() { passed::fingerprint(&built)? } else { None };
    if fingerprint.as_deref().is_some_and(passed::is_known) {
        println!("==> End-to-end tests: all of them have passed on exactly this; `cargo xtask e2e` plays them again");
        return Ok(());
    }
    let all = Played::default();
    let played = asked.unwrap_or(&all);
    let result = step("End-to-end tests", || {
        let mut tests = e2e(browser);
        tests.env("SAOMA_GECKODRIVER", &engines.geckodriver).env("SAOMA_WEBKITDRIVER", &engines.webkit_driver);
        tests.env("SAOMA_WEBKIT_PRELOAD", &preload);
        tests.args(played.engine.iter().flat_map(|engine| ["--engine", engine])).args(&played.grep).args(&played.others);
        run(
            tests.env("SAOMA_MINIBROWSER", &engines.mini_browser),
            "a failed scenario says what it saw; its screenshot is in tests/e2e/report/",
        )
    });
    if result.is_err() {
        passed::forget()?;
    }
    result?;
    // What was changed meanwhile has not been seen by all of them.
    match fingerprint {
        Some(before) if passed::fingerprint(&built)?.as_ref() == Some(&before) => passed::remember(&before),
        _ => Ok(()),
    }
}

/// The program that plays the page in a browser.
fn e2e(browser: &tools::Browser) -> Command {
    let mut program = cargo(&["run", "--quiet", "--locked", "--package", "e2e", "--"]);
    program
        .env("SAOMA_DIST", project::dist())
        .env("SAOMA_THEMES", themes())
        .env("SAOMA_AXE", tools::axe())
        .env("SAOMA_CHROME", &browser.chrome)
        .env("SAOMA_CHROMEDRIVER", &browser.chromedriver);
    program
}

/// Where the end-to-end tests find the packed themes.
fn themes() -> PathBuf {
    project::root().join("target/themes")
}

const LINE: &str = "the output above names the file and the line";

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(project::root());
    command
}
