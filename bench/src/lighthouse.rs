//! The grades that Lighthouse gives the page: its mobile preset, behind the sandbox.

use std::{path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

/// The categories that are graded.
pub(crate) const CATEGORIES: [&str; 3] = ["performance", "accessibility", "best-practices"];
/// Performance depends on what else the machine does: the middle of so many runs counts.
const RUNS: usize = 5;

/// The grades of one run, from 0 to 100, with the measures that make the first of them.
#[derive(Clone, Debug)]
pub(crate) struct Grades {
    pub(crate) grades: Vec<f64>,
    pub(crate) measures: Vec<(String, f64)>,
}

/// Grades an address so many times, and gives back all runs, the one with the best performance last.
pub(crate) async fn grade(program: &Path, browser: &Path, url: &str) -> Result<Vec<Grades>> {
    let mut runs = Vec::new();
    for run in 1..=RUNS {
        runs.push(once(program, browser, url).await?);
        eprintln!("    Lighthouse: {run} of {RUNS}");
    }
    runs.sort_by(|one, other| one.grades.first().partial_cmp(&other.grades.first()).unwrap_or(std::cmp::Ordering::Equal));
    Ok(runs)
}

async fn once(program: &Path, browser: &Path, url: &str) -> Result<Grades> {
    let mut command = Command::new(program);
    command.arg(url).args([
        &format!("--only-categories={}", CATEGORIES.join(",")),
        "--output=json",
        "--quiet",
        "--no-enable-error-reporting",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync",
    ]);
    command.env("CHROME_PATH", browser).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().await.with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(output.status.success(), "Lighthouse ended with {}", output.status);
    let report: Value = serde_json::from_slice(&output.stdout).context("Lighthouse wrote no report")?;
    let grade = |name: &&str| report.pointer(&format!("/categories/{name}/score")).and_then(Value::as_f64).map(|score| score * 100.0);
    let grades: Option<Vec<f64>> = CATEGORIES.iter().map(grade).collect();
    let measures = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
    let measure = |name: &str| Some((name.to_owned(), report.pointer(&format!("/audits/{name}/numericValue"))?.as_f64()?));
    Ok(Grades { grades: grades.context("Lighthouse gave no grade")?, measures: measures.into_iter().filter_map(measure).collect() })
}
