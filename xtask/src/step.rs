//! Running programs so that a person knows what is going on, and what to do when it fails.

use std::{
    fs::{self, File},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::project;

/// How often a long step says that it still works.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Runs a step and says how long it took.
pub(crate) fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let began = Instant::now();
    println!("==> {title}");
    let result = work().with_context(|| format!("\"{title}\" failed"));
    println!("    {} after {}", if result.is_ok() { "done" } else { "failed" }, seconds(began.elapsed()));
    result
}

/// Runs a program whose output is of interest only when it fails; then it is shown, with `advice`.
pub(crate) fn run_quietly(command: &mut Command, advice: &str) -> Result<()> {
    let shown = show(command);
    fs::create_dir_all(project::tools())?;
    let log_path = project::tools().join(format!("step-{}.log", std::process::id()));
    let log = File::create(&log_path).context("cannot write the log of a step")?;
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot start `{shown}`; {advice}"))?;
    let mut beat = HEARTBEAT;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() >= beat {
            println!("    … `{}` for {} so far", name(command), seconds(began.elapsed()));
            beat += HEARTBEAT;
        }
        thread::sleep(Duration::from_millis(50));
    };
    let output = fs::read(&log_path).unwrap_or_default();
    fs::remove_file(&log_path)?;
    if status.success() {
        return Ok(());
    }
    let output = String::from_utf8_lossy(&output);
    let lines: Vec<&str> = output.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(120)) {
        eprintln!("    | {line}");
    }
    bail!("`{shown}` ended with {status}\n       what to do: {advice}");
}

/// Runs a program whose output is of interest as it comes.
pub(crate) fn run(command: &mut Command, advice: &str) -> Result<()> {
    let shown = show(command);
    println!("    $ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{shown}`; {advice}"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}\n       what to do: {advice}");
    }
    Ok(())
}

fn name(command: &Command) -> String {
    let first: Vec<_> = command.get_args().take(2).map(|argument| argument.to_string_lossy()).collect();
    format!("{} {}", command.get_program().to_string_lossy(), first.join(" "))
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}
