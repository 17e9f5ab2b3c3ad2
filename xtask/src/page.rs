//! Building the page, and weighing it.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use brotlic::{BrotliEncoderOptions, CompressorWriter, Quality};

use crate::{
    first_paint, project, sbom, seal, split,
    step::{run_quietly, step},
    tools, words,
};

/// What parts of the first load may weigh, in bytes of brotli.
const BUDGETS: [(&str, usize); 5] =
    [("before the code", 20_000), ("styles", 6_000), ("application", 70_000), ("glue", 5_000), ("all", 95_000)];
/// What LLVM does for speed alone, even where it is asked for size: it rewrites the counters of loops, and copies code to
/// where it saves a computation on one of several ways, or keeps the result across a loop; and it moves a value of several
/// words one by one, where one instruction does. And what is computed twice, or stands at the end of two ways, brotli has seen
/// before.
pub(crate) const SMALLER: &str = "-Cllvm-args=-disable-lsr -Cllvm-args=-enable-pre=false -Cllvm-args=-disable-machine-licm \
                       -Cllvm-args=-max-store-memcpy=1 -Cllvm-args=-max-store-memmove=1 -Cllvm-args=-max-store-memset=1 \
                       -Cllvm-args=-disable-machine-cse -Cllvm-args=-sink-common-insts=false";
/// 15/16 of the usual size: the stack lies first, and every address up to a little above it takes a byte less.
const STACK: &str = "-Clink-arg=-zstack-size=983040";

/// Builds `dist/` in release mode and prints what it weighs.
pub(crate) fn build() -> Result<()> {
    build_dist()?;
    println!("{}", weigh()?.table());
    Ok(())
}

/// Builds `dist/` in release mode, with a `.br` and a `.gz` beside each file.
pub(crate) fn build_dist() -> Result<()> {
    tools::install_for_build()?;
    let mut build = trunk()?;
    build.args(["build", "--release"]).env_remove(seal::OPEN_TO_RELOAD);
    // For the page alone: the hook that cargo runs is a native program.
    build
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", [&remapped_paths()?, split::RUSTFLAGS, SMALLER, STACK].join(" "));
    split::prepare(&mut build);
    step("Building the page in release mode", || run_quietly(&mut build, "the output above names the file and the line"))?;
    let index = fs::read_to_string(project::dist().join("index.html"))?;
    ensure!(!index.contains("unsafe-inline") && !index.contains("_HASHES"), "dist/index.html is not sealed: see xtask/src/seal.rs");
    sbom::write(&project::dist())?;
    ensure_no_path_of_this_machine(&project::dist())?;
    step("Compressing dist/", || compress(&project::dist()))
}

/// Where somebody builds is nobody else's business, and would make another page of the same source.
fn ensure_no_path_of_this_machine(folder: &Path) -> Result<()> {
    let homes = ["CARGO_HOME", "HOME", "RUSTUP_HOME"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    let paths: Vec<String> = homes.chain([project::root()]).map(|path| path.display().to_string()).filter(|path| path.len() > 1).collect();
    for file in files(folder)? {
        let content = fs::read(&file)?;
        for path in &paths {
            // As a folder of its own, not as a part of an address.
            let found = [format!("{path}/"), format!("\"{path}\"")]
                .iter()
                .any(|path| content.windows(path.len()).any(|part| part == path.as_bytes()));
            ensure!(!found, "{} names {path}", file.display());
        }
    }
    Ok(())
}

/// Trunk with the project's own tools.
pub(crate) fn trunk() -> Result<Command> {
    let mut command = Command::new("trunk");
    command.current_dir(project::root()).env("PATH", tools::path_with_tools()?).env_remove("NO_COLOR").env("RUST_BACKTRACE", "0");
    Ok(command)
}

/// No path of the builder's machine in the page: panics name files.
pub(crate) fn remapped_paths() -> Result<String> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![remap(&cargo_home, "/cargo"), remap(&project::root(), "/saoma")];
    // Where the compiler finds the source of its library, it names that; elsewhere it names this.
    let library = Path::new(&said_by_rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");
    let version = said_by_rustc(&["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).context("rustc does not say of which commit it is")?;
    flags.push(remap(&library, &format!("/rustc/{commit}")));
    // The last flag that fits wins: a crate is named without the registry that it is from.
    for registry in fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten() {
        flags.push(remap(&registry?.path(), ""));
    }
    // Cargo takes the flags of one target as words between blanks, and as nothing else.
    for flag in &flags {
        ensure!(!flag.contains(char::is_whitespace), "the page cannot be built in or from a folder with a blank in its name: {flag}");
    }
    Ok(flags.join(" "))
}

fn said_by_rustc(arguments: &[&str]) -> Result<String> {
    let output = Command::new("rustc").args(arguments).current_dir(project::root()).output().context("cannot start rustc")?;
    ensure!(output.status.success(), "rustc {} ended with {}", arguments.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Puts a `.br` and a `.gz` beside each file of a folder.
pub(crate) fn compress(folder: &Path) -> Result<()> {
    for file in files(folder)? {
        let content = fs::read(&file)?;
        fs::write(with_suffix(&file, "br"), brotli(&content)?)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&content)?;
        fs::write(with_suffix(&file, "gz"), gzip.finish()?)?;
    }
    Ok(())
}

/// How distances are coded: by so many bits at their end, and so many codes for the nearest. What suits a file is found by trying.
const DISTANCES: [(u32, u32); 4] = [(0, 0), (0, 4), (2, 16), (3, 0)];

/// The lightest of some ways to compress it.
fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let ways = DISTANCES.into_iter().map(|distances| brotli_by(content, distances)).collect::<Result<Vec<_>>>()?;
    ways.into_iter().min_by_key(Vec::len).context("no way to compress")
}

/// About what it weighs.
pub(crate) fn weight(content: &[u8]) -> Result<usize> {
    Ok(brotli_by(content, (0, 0))?.len())
}

fn brotli_by(content: &[u8], (postfix_bits, direct_codes): (u32, u32)) -> Result<Vec<u8>> {
    let mut options = BrotliEncoderOptions::new();
    let size = u32::try_from(content.len()).context("a file of 4 GiB")?;
    options.quality(Quality::best()).postfix_bits(postfix_bits).direct_distance_codes(direct_codes).size_hint(size);
    let mut compressor = CompressorWriter::with_encoder(options.build()?, Vec::new());
    compressor.write_all(content)?;
    compressor.into_inner().map_err(|error| anyhow!("{error}"))
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// The files of a folder and of those in it that are not compressed ones.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{} is missing; run `cargo xtask build`", folder.display()))? {
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
    ensure!(!files.is_empty(), "{} is empty; run `cargo xtask build`", folder.display());
    Ok(files)
}

/// What the files of the page weigh.
pub(crate) struct Weight {
    first_load: Vec<Row>,
    on_demand: Vec<Row>,
    /// Bytes of brotli that the page's styles have by themselves. They are a part of the page.
    styles: usize,
}

/// A file: its name, its bytes, and its bytes of brotli.
type Row = (String, usize, usize);

/// Weighs what a shopper's browser loads first: all files of `dist/` but those that come on demand, and of the languages
/// only one, the heaviest.
pub(crate) fn weigh() -> Result<Weight> {
    let (mut first_load, mut on_demand, mut languages, mut full_languages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for file in files(&project::dist())? {
        let name = file.strip_prefix(project::dist())?.to_string_lossy().into_owned();
        let compressed = fs::metadata(with_suffix(&file, "br")).context("dist/ is not compressed; run `cargo xtask build`")?;
        // For whoever checks the page, not for browsers.
        if name == sbom::FILE {
            continue;
        }
        let row = (name, usize::try_from(file.metadata()?.len())?, usize::try_from(compressed.len())?);
        let place = if words::is_full(&row.0) {
            // Shown once, for the heaviest.
            &mut full_languages
        } else if row.0.starts_with("assets/locales/") {
            &mut languages
        } else if split::is_part(&row.0) {
            &mut on_demand
        } else {
            &mut first_load
        };
        place.push(row);
    }
    on_demand.extend(full_languages.into_iter().max_by_key(|row: &Row| row.2));
    first_load.extend(languages.into_iter().max_by_key(|row| row.2));
    let page = fs::read_to_string(project::dist().join("index.html")).context("dist/index.html cannot be read")?;
    let styles: String = page.split("<style>").skip(1).filter_map(|part| Some(part.split_once("</style>")?.0)).collect();
    ensure!(!styles.is_empty(), "dist/index.html has no styles");
    Ok(Weight { first_load, on_demand, styles: brotli(styles.as_bytes())?.len() })
}

impl Weight {
    /// A line for each file.
    pub(crate) fn table(&self) -> String {
        let head = |title: &str| format!("{title:<44} {:>10} {:>10}\n", "bytes", "brotli");
        let rows = |rows: &[Row]| {
            rows.iter().map(|(name, bytes, compressed)| format!("{name:<44} {bytes:>10} {compressed:>10}\n")).collect::<String>()
        };
        let budgets: String = self.budgets().map(|(part, weight, budget)| format!("{part:<55} {weight:>10}  of {budget}\n")).collect();
        let table =
            [head("first load"), rows(&self.first_load), head("on demand"), rows(&self.on_demand), head("budgets"), budgets].concat();
        table.trim_end().to_owned()
    }

    /// What is held to a budget, what it weighs, and what it may.
    fn budgets(&self) -> impl Iterator<Item = (&'static str, usize, usize)> {
        BUDGETS.into_iter().map(|(part, budget)| {
            let of = |is_part: fn(&str) -> bool| self.first_load.iter().filter(|row| is_part(&row.0)).map(|row| row.2).sum();
            let weight = match part {
                "before the code" => of(|name| name == "index.html" || name.starts_with(first_paint::NAME)),
                "styles" => self.styles,
                "application" => {
                    of(|name| name.ends_with(".wasm") && !name.starts_with(first_paint::NAME) && !split::is_for_every_page(name))
                }
                "glue" => of(|name| name.ends_with(".js")),
                _ => of(|_| true),
            };
            (part, weight, budget)
        })
    }

    /// Fails when a part of the first load is heavier than it may be.
    pub(crate) fn check(&self) -> Result<()> {
        for (part, weight, budget) in self.budgets() {
            if weight > budget {
                bail!("{part}: {weight} bytes of brotli, {} more than its budget", weight - budget);
            }
            ensure!(weight > 0, "nothing was found of: {part}");
        }
        Ok(())
    }
}
