//! End-to-end tests: the built page in a real browser against the sandbox.
//!
//! `cargo xtask e2e [--engine NAME] [--grep PART]` runs them on `dist/`. Each scenario has its own sandbox, and a browser that forgets
//! what came before, so they run in parallel, and all are played in every engine that can do what they need. After each one, what must hold in
//! all of them is checked: see [`stage::Stage::end`].

mod driver;
mod elsewhere;
mod engine;
mod gallery;
mod scenarios;
mod screens;
mod soak;
mod stage;

use std::{
    process::ExitCode,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use libtest_mimic::{Arguments, Conclusion, Trial};
use tokio::{runtime::Runtime, time::timeout};

use crate::{
    engine::{Engine, Kind},
    stage::{Look, Stage},
};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("gallery") => return gallery_of(&std::env::args().nth(2).unwrap_or_default()),
        Some("soak") => return soak_for(std::env::args().nth(2)),
        _ => {}
    }
    match suites() {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `[--engine NAME]… [what libtest understands]…`
fn suites() -> Result<Conclusion> {
    let mut engines = Vec::new();
    let mut others = Vec::new();
    let mut given = std::env::args();
    while let Some(argument) = given.next() {
        if argument == "--engine" {
            let name = given.next().context("--engine wants a name")?;
            let engine = Engine::ALL.into_iter().find(|engine| engine.name() == name);
            engines.push(engine.with_context(|| format!("{name} is no engine: chromium, firefox or webkit"))?);
        } else {
            others.push(argument);
        }
    }
    let mut arguments = Arguments::from_iter(others);
    // Scenarios wait more than they work: five at a time keep two cores busy, more make timers late.
    arguments.test_threads = arguments.test_threads.or(Some(5));
    let engines = if engines.is_empty() { Engine::ALL.to_vec() } else { engines };
    let suites: Vec<Suite> = engines.into_iter().map(scenarios::all).collect();
    if !arguments.list {
        for suite in &suites {
            suite.print_what_is_left_out();
        }
    }
    let mut trials: Vec<(Kind, Trial)> = suites.into_iter().flat_map(|suite| suite.trials).collect();
    // What takes minutes begins first, so that nothing is waited for in the end. Much of it is waiting, in which others work.
    // The rest is in an order in which most find a browser of their kind.
    trials.sort_by_key(|(kind, trial)| (!LONG.iter().any(|long| trial.name().starts_with(long)), *kind));
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().map(|(_, trial)| trial).collect());
    runtime()?.block_on(engine::quit_all());
    if !arguments.list {
        print_the_longest();
        println!("    {} browsers were started", engine::STARTED.load(Ordering::Relaxed));
    }
    Ok(conclusion)
}

/// One for all scenarios: a browser that goes from one to the next has its connections there.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if RUNTIME.get().is_none() {
        // Where another was quicker, that one is taken.
        let _ = RUNTIME.set(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?);
    }
    RUNTIME.get().context("there is no runtime")
}

/// How long each scenario has taken.
fn took() -> MutexGuard<'static, Vec<(Duration, Engine, &'static str)>> {
    static TOOK: Mutex<Vec<(Duration, Engine, &'static str)>> = Mutex::new(Vec::new());
    TOOK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For who wants to make the run shorter.
fn print_the_longest() {
    let mut all = std::mem::take(&mut *took());
    all.sort_unstable_by_key(|(time, ..)| std::cmp::Reverse(*time));
    println!("    the longest of {}:", all.len());
    for (time, engine, name) in all.into_iter().take(12) {
        println!("    {:6.1} s  {} {name}", time.as_secs_f32(), engine.name());
    }
}

/// `gallery [PART OF A SCREEN'S NAME]`
fn gallery_of(part: &str) -> ExitCode {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("report/gallery");
    let result = || -> Result<usize> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(gallery::make(&folder, part))
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
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(soak::run(minutes))
    };
    match result() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How long a scenario may take, with everything that it waits for.
const LIMIT: Duration = Duration::from_secs(480);

/// How the names of the longest scenarios begin.
const LONG: [&str; 3] = ["hostile_", "matrix_", "status_faults"];

/// The scenarios for an engine.
struct Suite {
    engine: Engine,
    /// Those that it cannot play, and why.
    left_out: Vec<(&'static str, &'static str)>,
    trials: Vec<(Kind, Trial)>,
}

impl Suite {
    fn new(engine: Engine) -> Self {
        Self { engine, left_out: Vec::new(), trials: Vec::new() }
    }

    /// Adds a scenario, played in a browser that looks like this.
    fn add(&mut self, name: &'static str, look: Look, play: impl AsyncFn(&Stage) -> Result<()> + Send + 'static) {
        let engine = self.engine;
        if let Some(why) = look.needs.iter().find_map(|need| engine.lacks(*need)) {
            self.left_out.push((name, why));
            return;
        }
        let kind = Kind::of(engine, &look);
        let trial = Trial::test(name, move || {
            let begin = Instant::now();
            let result: Result<()> = runtime()?.block_on(async {
                let stage = timeout(LIMIT, Stage::set(name, engine, &look)).await.context("the browser does not open")??;
                let played = timeout(LIMIT, play(&stage)).await.unwrap_or_else(|_| Err(anyhow!("it is not over after {LIMIT:?}")));
                timeout(LIMIT, stage.end(played)).await.context("the browser does not close")?
            });
            took().push((begin.elapsed(), engine, name));
            // The list of failures at the end says the names alone.
            result.map_err(|error| format!("{}: {error:#}", engine.name()).into())
        });
        self.trials.push((kind, trial.with_kind(engine.name())));
    }

    fn print_what_is_left_out(&self) {
        for (name, why) in &self.left_out {
            println!("    {} does not play {name}: {why}", self.engine.name());
        }
    }
}
