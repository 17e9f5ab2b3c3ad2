//! End-to-end tests: the built page in a real browser against the sandbox.
//!
//! `cargo xtask e2e [part of a name]` runs them on `dist/`. Each scenario has its own sandbox and its own browser
//! session, so they run in parallel. After each one, what must hold in all of them is checked: see [`stage::Stage::end`].

mod driver;
mod engines;
mod gallery;
mod scenarios;
mod screens;
mod soak;
mod stage;

use std::process::ExitCode;

use anyhow::{Context, Result};
use libtest_mimic::{Arguments, Trial};

use crate::{
    driver::Driver,
    stage::{Look, Stage},
};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("gallery") => return gallery_of(&std::env::args().nth(2).unwrap_or_default()),
        Some("soak") => return soak_for(std::env::args().nth(2)),
        _ => {}
    }
    let mut arguments = Arguments::from_args();
    // Scenarios wait more than they work: three at a time keep two cores busy, more make timers late.
    arguments.test_threads = arguments.test_threads.or(Some(3));
    let driver = match Driver::of_chromium() {
        Ok(driver) => driver,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let conclusion = libtest_mimic::run(&arguments, scenarios::all(driver.url()).into_iter().chain(engines::trials()).collect());
    drop(driver);
    conclusion.exit_code()
}

/// `gallery [PART OF A SCREEN'S NAME]`
fn gallery_of(part: &str) -> ExitCode {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("report/gallery");
    let result = || -> Result<usize> {
        let driver = Driver::of_chromium()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(gallery::make(&driver.url(), &folder, part))
    };
    match result() {
        Ok(count) => {
            println!("{count} pictures: {}", folder.join("index.html").display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `soak MINUTES`
fn soak_for(minutes: Option<String>) -> ExitCode {
    let result = || -> Result<()> {
        let minutes = minutes.context("soak wants the number of minutes")?.parse()?;
        let driver = Driver::of_chromium()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(soak::run(&driver.url(), minutes))
    };
    match result() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Scenarios share the driver's address, and nothing else.
struct Suite {
    driver_url: String,
    trials: Vec<Trial>,
}

impl Suite {
    /// Adds a scenario, played in a browser that looks like this.
    fn add(&mut self, name: &'static str, look: Look, play: impl AsyncFnOnce(&Stage) -> Result<()> + Send + 'static) {
        let driver_url = self.driver_url.clone();
        self.trials.push(Trial::test(name, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let result: Result<()> = runtime.block_on(async {
                let stage = Stage::set(name, &driver_url, &look).await?;
                let played = play(&stage).await;
                stage.end(played).await
            });
            result.map_err(|error| format!("{error:#}").into())
        }));
    }
}
