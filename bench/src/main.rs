//! How long a shopper waits until the code can be scanned, on a computer and on a slow phone: the page against a hand-written
//! one and against the same in other stacks.
//!
//! `cargo xtask bench` builds the pages and calls this. Each page stands behind a sandbox of its own; loads are interleaved, so
//! that whatever else the machine does hits all pages alike, and only ratios of one run are told.

mod cost;
mod devtools;
mod idle;
mod lighthouse;
mod load;
mod report;
mod site;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Parser;

use crate::{
    devtools::Browser,
    load::PROFILES,
    report::{Report, Series},
    site::Site,
};

/// Measures pages in a browser.
#[derive(Parser)]
struct Arguments {
    /// The folders of pages that the page is measured against
    #[arg(long, value_name = "FOLDER")]
    pages: PathBuf,
    /// The folder of the built page
    #[arg(long, value_name = "FOLDER")]
    dist: PathBuf,
    /// The browser
    #[arg(long, value_name = "PROGRAM")]
    browser: PathBuf,
    /// The program that grades pages; without it no grades
    #[arg(long, value_name = "PROGRAM")]
    lighthouse: Option<PathBuf>,
    /// Folders of other builds of the page, to be compared with this one
    #[arg(long, value_name = "FOLDER")]
    other: Vec<PathBuf>,
    /// How often each page is loaded in each profile
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// Only the page and the floor, and nothing but loads
    #[arg(long)]
    quick: bool,
    /// Only the profiles with this in their name
    #[arg(long, default_value = "")]
    profile: String,
    /// Where the figures go, as JSON
    #[arg(long, value_name = "FILE")]
    json: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(bench(&arguments))
    };
    match result() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn bench(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "--runs must be at least 1");
    let folder = |name: &str| arguments.pages.join(name);
    let mut sites = vec![Site::open("floor", folder("floor")).await?, Site::open("saoma", arguments.dist.clone()).await?];
    for other in &arguments.other {
        let name = other.file_name().context("a build is in a folder")?.to_string_lossy().into_owned();
        sites.push(Site::open(&name, other.clone()).await?);
    }
    if !arguments.quick {
        sites.push(Site::open("react", folder("react")).await?);
        sites.push(Site::open("vue", folder("vue")).await?);
    }
    let mut report = Report::default();
    if !arguments.quick {
        report.idle = idle::of(&arguments.browser, &sites).await?;
    }
    for profile in PROFILES.iter().filter(|profile| profile.name.contains(&arguments.profile)) {
        let mut series: Vec<Series> = sites.iter().map(|site| Series::new(&site.name)).collect();
        if !arguments.quick {
            series.push(Series::new("saoma again"));
        }
        // One more than is counted: the first load of a browser is like no other.
        let browser = Browser::start(&arguments.browser).await?;
        for run in 0..=arguments.runs {
            for (site, series) in sites.iter().chain(sites.get(1)).zip(&mut series) {
                let (url, expected) = site.order();
                let again = series.name == "saoma again";
                let load = load::measure(&browser, &url, &expected, profile, again)
                    .await
                    .with_context(|| format!("{} on {}", site.name, profile.name))?;
                if run > 0 {
                    series.loads.push(load);
                }
            }
            eprintln!("    {}: {run} of {}", profile.name, arguments.runs);
        }
        report.add(profile.name, series);
    }
    if let Some(program) = &arguments.lighthouse {
        let saoma = sites.get(1).context("the page is missing")?;
        report.grades = lighthouse::grade(program, &arguments.browser, &saoma.order().0).await?;
    }
    if !arguments.quick {
        report.costs = cost::of_all()?;
    }
    print!("{}", report.table());
    report.write(&arguments.json)
}
