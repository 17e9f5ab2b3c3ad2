//! The tools of the project: pinned, and kept in `.tools/` by version.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{
    project,
    step::{run_quietly, step},
};

const TRUNK: Crate = Crate { package: "trunk", program: "trunk", version: "0.21.14", features: None };
/// Must be the version of `wasm-bindgen` in Cargo.lock.
const WASM_BINDGEN: Crate = Crate { package: "wasm-bindgen-cli", program: "wasm-bindgen", version: "0.2.126", features: None };

/// Must understand the marks of `wasm_split_macros` in Cargo.lock.
const WASM_SPLIT: Crate =
    Crate { package: "wasm_split_cli_support", program: "wasm-split-cli", version: "0.2.4", features: Some("build-binary") };
const GECKODRIVER: Crate = Crate { package: "geckodriver", program: "geckodriver", version: "0.36.0", features: None };
const CARGO_FUZZ: Crate = Crate { package: "cargo-fuzz", program: "cargo-fuzz", version: "0.13.2", features: None };
pub(crate) const CARGO_DENY: Crate = Crate { package: "cargo-deny", program: "cargo-deny", version: "0.20.2", features: None };
pub(crate) const CARGO_LLVM_COV: Crate = Crate { package: "cargo-llvm-cov", program: "cargo-llvm-cov", version: "0.9.1", features: None };
pub(crate) const CARGO_MUTANTS: Crate = Crate { package: "cargo-mutants", program: "cargo-mutants", version: "27.1.0", features: None };

/// A tool from crates.io.
pub(crate) struct Crate {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    features: Option<&'static str>,
}

impl Crate {
    fn folder(&self) -> PathBuf {
        project::tools().join(format!("{}-{}", self.program, self.version))
    }

    fn bin(&self) -> PathBuf {
        self.folder().join("bin")
    }

    /// The program, installed where it is not yet.
    pub(crate) fn program(&self) -> Result<Command> {
        self.install()?;
        Ok(Command::new(self.bin().join(self.program)))
    }

    fn install(&self) -> Result<()> {
        if self.bin().join(self.program).is_file() {
            return Ok(());
        }
        let package = format!("{}@{}", self.package, self.version);
        step(&format!("Installing {package} into .tools/ (a few minutes, once)"), || {
            // A debug build of these tools is built twice as fast and is quick enough.
            let mut install = Command::new("cargo");
            install.args(["install", "--locked", "--debug", "--root"]).arg(self.folder()).arg(&package);
            install.args(self.features.map(|features| ["--features", features]).into_iter().flatten());
            run_quietly(&mut install, "check that crates.io can be reached and that a C linker (gcc) is installed")
        })
    }
}

/// Everything that builds the page.
pub(crate) fn install_for_build() -> Result<()> {
    install_target()?;
    TRUNK.install()?;
    WASM_BINDGEN.install()?;
    WASM_SPLIT.install()?;
    install_npm_packages()
}

/// Where the tools for a build are, to go before `PATH`.
pub(crate) fn path_with_tools() -> Result<std::ffi::OsString> {
    let own = [TRUNK.bin(), WASM_BINDGEN.bin(), npm_folder().join("node_modules/.bin")];
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&path))).context("PATH has an entry with a colon")
}

pub(crate) fn install_cargo_fuzz() -> Result<()> {
    CARGO_FUZZ.install()
}

pub(crate) fn path_with_cargo_fuzz() -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths([CARGO_FUZZ.bin()].into_iter().chain(env::split_paths(&path))).context("PATH has an entry with a colon")
}

/// Takes the application apart.
pub(crate) fn split() -> Command {
    Command::new(WASM_SPLIT.bin().join(WASM_SPLIT.program))
}

/// Makes the glue between the application and the browser.
pub(crate) fn wasm_bindgen() -> Command {
    Command::new(WASM_BINDGEN.bin().join(WASM_BINDGEN.program))
}

/// The runner of browser tests.
pub(crate) fn wasm_test_runner() -> PathBuf {
    WASM_BINDGEN.bin().join("wasm-bindgen-test-runner")
}

fn install_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().context("cannot start `rustc`; install Rust")?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&sysroot.stdout).trim());
    if sysroot.join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    step("Adding the wasm32 target", || {
        let mut add = Command::new("rustup");
        add.args(["target", "add", TARGET]);
        run_quietly(&mut add, "without rustup, install your distribution's std library for wasm32-unknown-unknown")
    })
}

fn npm_folder() -> PathBuf {
    project::tools().join("npm")
}

/// A program that npm has brought.
pub(crate) fn npm_program(name: &str) -> Command {
    let mut command = Command::new(npm_folder().join("node_modules/.bin").join(name));
    command.env_remove("NODE_OPTIONS");
    command
}

/// Where the accessibility rules of the end-to-end tests are.
pub(crate) fn axe() -> PathBuf {
    npm_folder().join("node_modules/axe-core/axe.min.js")
}

fn install_npm_packages() -> Result<()> {
    install_npm("wasm-opt, terser and axe-core", &project::root().join("xtask/tools"), &npm_folder())
}

/// What the bench builds and grades pages with. Gives back its folder.
pub(crate) fn install_bench() -> Result<PathBuf> {
    let folder = project::tools().join("npm-bench");
    install_npm("esbuild, Lighthouse, React and Vue", &project::root().join("bench/pages"), &folder)?;
    Ok(folder)
}

/// `npm ci` of the `package-lock.json` of a folder, when that file has changed since.
fn install_npm(names: &str, source: &Path, folder: &Path) -> Result<()> {
    let lock = fs::read(source.join("package-lock.json")).with_context(|| format!("{} has no package-lock.json", source.display()))?;
    let stamp = folder.join("installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("Installing {names} from npm into .tools/"), || {
        fs::create_dir_all(folder)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(source.join(file), folder.join(file))?;
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder);
        run_quietly(&mut install, "install Node.js with npm, and check that its registry can be reached")?;
        fs::write(&stamp, &lock).context("cannot note what is installed")
    })
}

/// A browser and its driver for the tests. `None` where they cannot be had: it has then been said what is missing.
pub(crate) fn browser() -> Result<Option<Browser>> {
    if let Some(browser) = Browser::find() {
        return Ok(Some(browser));
    }
    let installed = step("Installing Chromium and its driver with apt", || {
        let mut update = apt();
        run_quietly(update.args(["update", "-q"]), ADVICE)?;
        let mut install = apt();
        run_quietly(install.args(["install", "-q", "-y", "--no-install-recommends", "chromium", "chromium-driver"]), ADVICE)
    });
    if let Err(error) = installed {
        println!("    {error:#}");
    }
    let found = Browser::find();
    if found.is_none() {
        println!("    wanted on PATH: `chromium` (or `google-chrome`) and `chromedriver` of the same version");
    }
    Ok(found)
}

/// The other engines, each with what drives it. Missing ones have been installed, or it has been said why not.
pub(crate) fn install_engines() -> Result<Engines> {
    let programs = ["firefox-esr", "WebKitWebDriver", "Xvfb"];
    if !programs.into_iter().all(is_file_on_path) || mini_browser().is_none() {
        step("Installing Firefox and WebKit with apt", || {
            run_quietly(apt().args(["update", "-q"]), ENGINES)?;
            let mut install = apt();
            install.args(["install", "-q", "-y", "--no-install-recommends", "firefox-esr", "webkit2gtk-driver", "xvfb"]);
            run_quietly(&mut install, ENGINES)
        })?;
    }
    GECKODRIVER.install()?;
    let mini_browser = mini_browser().context("WebKit's MiniBrowser is missing")?;
    Ok(Engines { geckodriver: GECKODRIVER.bin().join(GECKODRIVER.program), mini_browser, webkit_driver: "WebKitWebDriver".into() })
}

const ENGINES: &str = "install Firefox, WebKitGTK's driver and Xvfb: Debian's `firefox-esr`, `webkit2gtk-driver` and `xvfb`";

/// The drivers of the other engines, and the browser that has no place on `PATH`.
pub(crate) struct Engines {
    pub(crate) geckodriver: PathBuf,
    pub(crate) mini_browser: PathBuf,
    pub(crate) webkit_driver: PathBuf,
}

/// What WebKit runs with so that GLib does not end it: `tests/e2e/webkit/keep_errno.c` says why.
pub(crate) fn preload_of_webkit() -> Result<PathBuf> {
    let folder = project::root().join("target");
    fs::create_dir_all(&folder)?;
    let library = folder.join("keep_errno.so");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(project::root().join("tests/e2e/webkit/keep_errno.c"));
    run_quietly(compile.arg("-ldl"), "a C compiler is wanted, as Rust's linker is")?;
    Ok(library)
}

/// Below `/usr/lib`, in a folder of its version.
fn mini_browser() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.chain(fs::read_dir(format!("/usr/lib/{}-linux-gnu", env::consts::ARCH)).ok()?);
    let found = folders.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.to_string_lossy().contains("webkit2gtk-4"));
    found.map(|folder| folder.join("MiniBrowser")).find(|file| file.is_file())
}

fn is_file_on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The servers of `deploy/`, which the end-to-end tests run.
pub(crate) fn install_servers() -> Result<()> {
    let is_there = |program| is_file_on_path(program) || Path::new("/usr/sbin").join(program).is_file();
    if ["nginx", "caddy"].into_iter().all(is_there) {
        return Ok(());
    }
    step("Installing nginx and Caddy with apt", || {
        run_quietly(apt().args(["update", "-q"]), SERVERS)?;
        run_quietly(apt().args(["install", "-q", "-y", "--no-install-recommends", "nginx-light", "caddy"]), SERVERS)
    })
}

const SERVERS: &str = "install nginx and Caddy, which the tests put in front of the sandbox, and put them on PATH";
const ADVICE: &str = "as another user than root, or without apt: install Chromium and ChromeDriver and put them on PATH";

fn apt() -> Command {
    // As root there is often no sudo; elsewhere it may not ask for a password.
    let is_root = Path::new("/root").metadata().is_ok() && fs::read_dir("/root").is_ok();
    let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root {
        command.args(["-n", "apt-get"]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// A browser and its driver.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

impl Browser {
    fn find() -> Option<Self> {
        let chrome = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)?;
        Some(Self { chrome, chromedriver: on_path("chromedriver")? })
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())?;
    let starts = Command::new(&found).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    starts.is_ok_and(|status| status.success()).then_some(found)
}
