//! Measures the page against others.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    page, project,
    step::{run, run_quietly, step},
    tools,
};

/// How much is measured.
#[derive(Args)]
pub(crate) struct Extent {
    /// How often each page is loaded in each profile
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// Only the profiles with this in their name: desktop, phone
    #[arg(long, default_value = "")]
    profile: String,
    /// Measure what is in dist/, rather than build it
    #[arg(long)]
    as_built: bool,
    /// Only the page and the least that can be done, and nothing but loads
    #[arg(long)]
    quick: bool,
    /// Another build of the page, to be measured beside this one; may be given more than once
    #[arg(long, value_name = "FOLDER")]
    other: Vec<PathBuf>,
}

/// The pages that it is measured against: their folder, and the script that each is built from.
const PAGES: [(&str, &str); 3] = [("floor", "main.js"), ("react", "main.jsx"), ("vue", "main.js")];
const ADVICE: &str = "the output above names the file and the line";

pub(crate) fn run_all(extent: &Extent) -> Result<()> {
    let Some(browser) = tools::browser()? else { bail!("the bench needs a browser") };
    let npm = tools::install_bench()?;
    if !extent.as_built {
        page::build_dist()?;
    }
    let pages = project::root().join("target/bench");
    step("Building the other pages", || PAGES.iter().try_for_each(|(name, script)| build(name, script, &npm, &pages.join(name))))?;
    let json = pages.join("figures.json");
    step("Measuring", || {
        let mut bench = Command::new("cargo");
        bench.args(["run", "--quiet", "--locked", "--package", "bench", "--", "--runs", &extent.runs.to_string()]);
        bench.args(["--profile", &extent.profile]).arg("--pages").arg(&pages).arg("--dist").arg(project::dist());
        bench.arg("--browser").arg(&browser.chrome).arg("--json").arg(&json).current_dir(project::root());
        for other in &extent.other {
            bench.arg("--other").arg(std::path::absolute(other)?);
        }
        if extent.quick {
            bench.arg("--quick");
        } else {
            bench.arg("--lighthouse").arg(npm.join("node_modules/.bin/lighthouse"));
        }
        run(&mut bench, "the page that could not be measured is named above")
    })
}

/// A page as its developers would ship it: bundled, minified and compressed.
fn build(name: &str, script: &str, npm: &Path, into: &Path) -> Result<()> {
    let source = project::root().join("bench/pages").join(name);
    let assets = into.join("assets");
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    fs::create_dir_all(&assets)?;
    let bundle = assets.join("main.js");
    let mut build = Command::new(npm.join("node_modules/.bin/esbuild"));
    build.arg(source.join(script)).args(["--bundle", "--minify", "--target=es2020", "--jsx=automatic"]);
    build.args(["--define:process.env.NODE_ENV=\"production\"", &format!("--outfile={}", bundle.display())]);
    build.env("NODE_PATH", npm.join("node_modules"));
    run_quietly(&mut build, ADVICE)?;
    let read = |file: PathBuf| fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()));
    // One that is all in one file has a page of its own.
    let own = source.join("index.html");
    let page = if own.is_file() { own } else { project::root().join("bench/pages/bundled.html") };
    let (page, style) = (read(page)?, read(project::root().join("bench/pages/style.css"))?);
    if page.contains("SCRIPT") {
        // One file, and nothing to wait for.
        fs::write(into.join("index.html"), page.replace("STYLE", &style).replace("SCRIPT", &read(bundle.clone())?))?;
        fs::remove_file(bundle)?;
    } else {
        fs::write(into.join("index.html"), page)?;
        fs::write(assets.join("style.css"), style)?;
    }
    page::compress(into)
}
