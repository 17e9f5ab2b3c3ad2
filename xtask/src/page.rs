//! Building the page, and weighing it.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    project, seal,
    step::{run_quietly, step},
    tools,
};

/// The whole first load, in bytes of brotli.
const BUDGET: usize = 100_000;

/// Builds `dist/` in release mode and prints what it weighs.
pub(crate) fn build() -> Result<()> {
    build_dist()?;
    println!("{}", weigh()?.table());
    Ok(())
}

/// Builds `dist/` in release mode, with a `.br` and a `.gz` beside each file.
pub(crate) fn build_dist() -> Result<()> {
    tools::install_for_build()?;
    step("Building the page in release mode", || {
        run_quietly(
            trunk()?.args(["build", "--release"]).env("RUSTFLAGS", remapped_paths()?).env_remove(seal::OPEN_TO_RELOAD),
            "the output above names the file and the line",
        )
    })?;
    let index = fs::read_to_string(project::dist().join("index.html"))?;
    ensure!(!index.contains("unsafe-inline") && !index.contains("_HASHES"), "dist/index.html is not sealed: see xtask/src/seal.rs");
    step("Compressing dist/", compress)
}

/// Trunk with the project's own tools.
pub(crate) fn trunk() -> Result<Command> {
    let mut command = Command::new("trunk");
    command.current_dir(project::root()).env("PATH", tools::path_with_tools()?).env_remove("NO_COLOR");
    Ok(command)
}

/// No path of the builder's machine in the page: panics name files.
fn remapped_paths() -> Result<String> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![remap(&cargo_home, "/cargo"), remap(&project::root(), "/saoma")];
    // The last flag that fits wins: a crate is named without the registry that it is from.
    for registry in fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten() {
        flags.push(remap(&registry?.path(), ""));
    }
    Ok(flags.join(" "))
}

fn compress() -> Result<()> {
    for file in files()? {
        let content = fs::read(&file)?;
        fs::write(with_suffix(&file, "br"), brotli(&content)?)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&content)?;
        fs::write(with_suffix(&file, "gz"), gzip.finish()?)?;
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The files of `dist/` and of its folders that are not compressed ones.
fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![project::dist()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).context("dist/ is missing; run `cargo xtask build`")? {
            let path = entry?.path();
            let compressed = path.extension().is_some_and(|extension| extension == "br" || extension == "gz");
            if path.is_dir() {
                folders.push(path);
            } else if !compressed {
                files.push(path);
            }
        }
    }
    files.sort();
    ensure!(!files.is_empty(), "dist/ is empty; run `cargo xtask build`");
    Ok(files)
}

/// What the files of the first load weigh.
pub(crate) struct Weight {
    rows: Vec<(String, usize, usize)>,
}

/// Weighs what a shopper's browser loads first: all files of `dist/`, but of the languages only one, the heaviest.
pub(crate) fn weigh() -> Result<Weight> {
    let (mut rows, mut languages) = (Vec::new(), Vec::new());
    for file in files()? {
        let name = file.strip_prefix(project::dist())?.to_string_lossy().into_owned();
        let compressed = fs::metadata(with_suffix(&file, "br")).context("dist/ is not compressed; run `cargo xtask build`")?;
        let is_language = name.starts_with("locales/");
        let row = (name, usize::try_from(file.metadata()?.len())?, usize::try_from(compressed.len())?);
        if is_language { languages.push(row) } else { rows.push(row) }
    }
    rows.extend(languages.into_iter().max_by_key(|row| row.2));
    Ok(Weight { rows })
}

impl Weight {
    /// A line for each file.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("{:<44} {:>10} {:>10}\n", "first load", "bytes", "brotli");
        for (name, bytes, compressed) in &self.rows {
            table += &format!("{name:<44} {bytes:>10} {compressed:>10}\n");
        }
        table + &format!("{:<44} {:>10} {:>10}  budget {BUDGET}", "all", self.sum(|row| row.1), self.sum(|row| row.2))
    }

    fn sum(&self, part: impl Fn(&(String, usize, usize)) -> usize) -> usize {
        self.rows.iter().map(part).sum()
    }

    /// Fails when the first load is heavier than it may be.
    pub(crate) fn check(&self) -> Result<()> {
        let weight = self.sum(|row| row.2);
        if weight > BUDGET {
            bail!("the first load weighs {weight} bytes of brotli, {} more than its budget", weight - BUDGET);
        }
        Ok(())
    }
}
