//! The engines that scenarios are played in, and how each is told what WebDriver has no words for.

use std::{
    env, fs,
    path::PathBuf,
    process::Stdio,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, RequestData, WebDriver, common::command::FormatRequestData};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    driver::Driver,
    elsewhere::Elsewhere,
    stage::{Agent, Look},
};

/// What renders a page and runs its scripts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

/// What a scenario asks of a browser, and not every one can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// Count the time of sounds, with or without a loudspeaker.
    AudioClock,
    /// Take the network away, and give it back.
    Connection,
    /// Save a file where a test finds it.
    Downloads,
    /// Be a device whose pointer is a finger.
    Finger,
    /// Stay on the page when a link leads to an app that is not there.
    Schemes,
    /// Change from light to dark while it runs.
    Theme,
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// What it cannot do, and why.
    pub(crate) fn lacks(self, need: Need) -> Option<&'static str> {
        match (self, need) {
            (Self::Firefox, Need::AudioClock) => Some("its audio clock stands still without a sound device"),
            (Self::Chromium | Self::Firefox, _) | (Self::WebKit, Need::AudioClock) => None,
            (Self::WebKit, Need::Connection) => Some("its driver cannot take the network away"),
            (Self::WebKit, Need::Downloads) => Some("its driver cannot say where files are saved"),
            (Self::WebKit, Need::Finger) => Some("its driver cannot make a finger of the pointer"),
            (Self::WebKit, Need::Schemes) => Some("it leaves the page for an error page when no app takes a link"),
            (Self::WebKit, Need::Theme) => Some("its driver cannot change its theme while it runs"),
        }
    }
}

/// A browser that one scenario plays in at a time, and what ends with it.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
    pub(crate) elsewhere: Elsewhere,
    pub(crate) engine: Engine,
    /// Whether it has been told something that it cannot be made to forget.
    is_spoilt: AtomicBool,
    kind: Kind,
    /// What it says it is by itself.
    own_agent: String,
    _process: Driver,
    _profile: Option<TempDir>,
    _screen: Option<Screen>,
}

/// What a browser can only be told when it starts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Kind {
    engine: Engine,
    dark: bool,
}

impl Kind {
    pub(crate) fn of(engine: Engine, look: &Look) -> Self {
        Self { dark: look.dark && engine == Engine::WebKit, engine }
    }
}

/// How many browsers have been started.
pub(crate) static STARTED: AtomicUsize = AtomicUsize::new(0);

/// Those that have nothing to do: to start one takes as long as to play a short scenario.
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());
/// How many of them are kept.
const MOST_IDLE: usize = 8;

fn idle() -> MutexGuard<'static, Vec<Browser>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends those that have nothing to do.
pub(crate) async fn quit_all() {
    let all = std::mem::take(&mut *idle());
    for browser in all {
        // The run is over, and its result is known.
        let _ = browser.quit().await;
    }
}

impl Browser {
    /// One that looks like this.
    pub(crate) async fn open(engine: Engine, look: &Look) -> Result<Self> {
        let kind = Kind::of(engine, look);
        let found = {
            let mut idle = idle();
            let at = idle.iter().position(|browser| browser.kind == kind);
            at.map(|at| idle.remove(at))
        };
        if let Some(browser) = found {
            match browser.dress(look).await {
                Ok(()) => return Ok(browser),
                // It has died of boredom.
                Err(_) => drop(browser.quit().await),
            }
        }
        let browser = Self::start(engine, look).await?;
        browser.dress(look).await?;
        Ok(browser)
    }

    /// Gives it back, as it was when it was new, or ends it.
    pub(crate) async fn give_back(self) -> Result<()> {
        if self.is_spoilt.load(Ordering::Relaxed) || !self.forget().await.unwrap_or(false) {
            return self.quit().await;
        }
        let oldest = {
            let mut idle = idle();
            idle.push(self);
            if idle.len() > MOST_IDLE { Some(idle.remove(0)) } else { None }
        };
        match oldest {
            Some(browser) => browser.quit().await,
            None => Ok(()),
        }
    }

    /// Leaves nothing of the scenario. `false`: something may be left.
    async fn forget(&self) -> Result<bool> {
        if self.driver.windows().await?.len() != 1 || !self.driver.current_url().await?.as_str().starts_with("http://127.0.0.1:") {
            return Ok(false);
        }
        self.driver.enter_default_frame().await?;
        self.driver.execute("localStorage.clear(); sessionStorage.clear();", vec![]).await?;
        self.driver.delete_all_cookies().await?;
        self.driver.goto("about:blank").await?;
        Ok(true)
    }

    fn spoil(&self) {
        self.is_spoilt.store(true, Ordering::Relaxed);
    }

    async fn start(engine: Engine, look: &Look) -> Result<Self> {
        STARTED.fetch_add(1, Ordering::Relaxed);
        let elsewhere = Elsewhere::start().await?;
        let proxy = elsewhere.address();
        let program = |variable: &str, usual: &str| PathBuf::from(env::var_os(variable).unwrap_or_else(|| usual.into()));
        let (process, profile, screen, capabilities) = match engine {
            Engine::Chromium => {
                let process = Driver::start(&program("SAOMA_CHROMEDRIVER", "chromedriver"), |driver, port| {
                    driver.arg(format!("--port={port}"));
                })?;
                (process, None, None, of_chromium())
            }
            Engine::Firefox => {
                let process = Driver::start(&program("SAOMA_GECKODRIVER", "geckodriver"), |driver, port| {
                    // Two of them would take the same second port.
                    driver.args([format!("--port={port}"), "--websocket-port=0".to_owned(), "--allow-system-access".to_owned()]);
                    driver.envs([("MOZ_HEADLESS_WIDTH", "1600"), ("MOZ_HEADLESS_HEIGHT", "1400")]);
                })?;
                (process, None, None, of_firefox(proxy))
            }
            Engine::WebKit => {
                let (profile, screen) = (profile_of_webkit()?, Screen::start().await?);
                let process = Driver::start(&program("SAOMA_WEBKITDRIVER", "WebKitWebDriver"), |driver, port| {
                    driver.arg(format!("--port={port}"));
                    // Its sandbox wants rights that nobody has in a container; what it opens is our own.
                    driver.envs([("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"), ("LIBGL_ALWAYS_SOFTWARE", "1")]);
                    // There is no desktop to speak to.
                    driver.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
                    driver.envs(env::var_os("SAOMA_WEBKIT_PRELOAD").map(|library| ("LD_PRELOAD", library)));
                    driver.env("GTK_THEME", if look.dark { "Adwaita:dark" } else { "Adwaita" });
                    driver.env("DISPLAY", &screen.name).env("XDG_CONFIG_HOME", profile.path());
                })?;
                (process, Some(profile), Some(screen), of_webkit(proxy))
            }
        };
        let capabilities = capabilities.as_object().cloned().map(Capabilities::from).context("no capabilities")?;
        let driver = WebDriver::new(process.url(), capabilities).await.with_context(|| format!("cannot open {}", engine.name()))?;
        let is_spoilt = AtomicBool::new(false);
        let kind = Kind::of(engine, look);
        let own_agent = driver.execute("return navigator.userAgent", vec![]).await?.json().as_str().unwrap_or_default().to_owned();
        Ok(Self { driver, elsewhere, engine, is_spoilt, kind, own_agent, _process: process, _profile: profile, _screen: screen })
    }

    /// Makes the window that is seen what the look says.
    pub(crate) async fn dress(&self, look: &Look) -> Result<()> {
        self.set_dark(look.dark).await?;
        match self.engine {
            Engine::Chromium => {
                let metrics = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": look.phone });
                self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
                self.be(look.agent.map(Agent::text), look.language).await?;
            }
            Engine::Firefox => {
                // As its responsive design mode does.
                let agent = look.agent.map_or("", |agent| agent.text());
                let (width, height) = (look.width, look.height);
                let pointer = if look.phone { 1 } else { 6 };
                self.chrome(&format!(
                    "const browser = gBrowser.selectedBrowser;
                     Services.prefs.setStringPref('intl.accept_languages', {});
                     for (const which of ['all', 'primary']) Services.prefs.setIntPref('ui.' + which + 'PointerCapabilities', {pointer});
                     for (const side of ['min', 'max']) {{ browser.style[side + 'Width'] = '{width}px'; browser.style[side + 'Height'] = '{height}px'; }}
                     browser.browsingContext.customUserAgent = {};",
                    json!(look.language),
                    json!(agent),
                ))
                .await?;
            }
            Engine::WebKit => {
                // Its window has a bar above the page.
                for _ in 0..2 {
                    let bar = self.driver.execute("return outerHeight - innerHeight", vec![]).await?.json().as_u64().unwrap_or_default();
                    self.driver.set_window_rect(0, 0, look.width, look.height + u32::try_from(bar)?).await?;
                }
            }
        }
        Ok(())
    }

    pub(crate) async fn set_dark(&self, dark: bool) -> Result<()> {
        let scheme = if dark { "dark" } else { "light" };
        match self.engine {
            Engine::Chromium => {
                // Motion ends at once: what is judged is what stays.
                let features =
                    json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
                self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
            }
            Engine::Firefox => {
                self.chrome(&format!("gBrowser.selectedBrowser.browsingContext.prefersColorSchemeOverride = '{scheme}'")).await?;
            }
            // It was opened in its theme, and keeps it.
            Engine::WebKit => {}
        }
        Ok(())
    }

    /// Takes the network away, or gives it back.
    pub(crate) async fn set_offline(&self, offline: bool) -> Result<()> {
        self.spoil();
        match self.engine {
            Engine::Chromium => {
                self.devtools("Network.enable", json!({})).await?;
                let network = json!({ "downloadThroughput": -1, "latency": 0, "offline": offline, "uploadThroughput": -1 });
                self.devtools("Network.emulateNetworkConditions", network).await?;
            }
            Engine::Firefox => {
                let script =
                    format!("Services.prefs.setBoolPref('network.disable-localhost-when-offline', true); Services.io.offline = {offline};");
                self.chrome(&script).await?;
            }
            Engine::WebKit => bail!("{}", self.engine.lacks(Need::Connection).unwrap_or_default()),
        }
        Ok(())
    }

    /// The pointer is a finger. (In Firefox that of a phone always is.)
    pub(crate) async fn use_finger(&self) -> Result<()> {
        self.spoil();
        if self.engine == Engine::Chromium {
            self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 5 })).await?;
        }
        Ok(())
    }

    /// Saves files here from now on.
    pub(crate) async fn save_into(&self, folder: &str) -> Result<()> {
        self.spoil();
        match self.engine {
            Engine::Chromium => {
                self.devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder })).await?;
            }
            Engine::Firefox => {
                let script = format!(
                    "Services.prefs.setIntPref('browser.download.folderList', 2); Services.prefs.setStringPref('browser.download.dir', {});",
                    json!(folder)
                );
                self.chrome(&script).await?;
            }
            Engine::WebKit => bail!("{}", self.engine.lacks(Need::Downloads).unwrap_or_default()),
        }
        Ok(())
    }

    /// Says from the next page on that it is this browser, and wants this language: Chromium.
    async fn be(&self, agent: Option<&str>, languages: &str) -> Result<()> {
        let agent = agent.unwrap_or(&self.own_agent);
        self.devtools("Emulation.setUserAgentOverride", json!({ "userAgent": agent, "acceptLanguage": languages })).await?;
        Ok(())
    }

    /// Says from the next page on that it is another browser. Gives back whether it can.
    pub(crate) async fn pretend(&self, agent: &str, language: &str) -> Result<bool> {
        match self.engine {
            Engine::Chromium => self.be(Some(agent), language).await?,
            Engine::Firefox => {
                self.chrome(&format!("gBrowser.selectedBrowser.browsingContext.customUserAgent = {}", json!(agent))).await?;
            }
            Engine::WebKit => return Ok(false),
        }
        Ok(true)
    }

    /// Wants these languages from the next page on. Gives back whether it can.
    pub(crate) async fn speak(&self, languages: &str) -> Result<bool> {
        match self.engine {
            Engine::Chromium => {
                let agent = self.driver.execute("return navigator.userAgent", vec![]).await?.json().as_str().map(str::to_owned);
                self.be(agent.as_deref(), languages).await?;
            }
            Engine::Firefox => self.chrome(&format!("Services.prefs.setStringPref('intl.accept_languages', {})", json!(languages))).await?,
            Engine::WebKit => return Ok(false),
        }
        Ok(true)
    }

    /// A command of Chromium's developer tools.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.driver.cdp().send_raw(command, parameters).await.with_context(|| command.to_owned())
    }

    /// A script in Firefox itself, not in the page.
    async fn chrome(&self, script: &str) -> Result<()> {
        let handle = self.driver.handle();
        handle.cmd(RunIn("chrome")).await?;
        let done = self.driver.execute(script, vec![]).await;
        handle.cmd(RunIn("content")).await?;
        done.with_context(|| script.to_owned())?;
        Ok(())
    }

    pub(crate) async fn quit(self) -> Result<()> {
        if self.engine == Engine::WebKit {
            // It breaks down when it is asked to close several windows, and its driver waits for it. It ends with its screen.
            return self.driver.leak().context("the browser cannot be left");
        }
        self.driver.quit().await.context("the browser did not close")
    }
}

/// Where Firefox runs scripts: `chrome` is itself, `content` the page.
#[derive(Debug)]
struct RunIn(&'static str);

impl FormatRequestData for RunIn {
    fn format_request(&self, session_id: &thirtyfour::SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session_id}/moz/context")).add_body(json!({ "context": self.0 }))
    }
}

/// The language that is asked for where a scenario does not say another.
pub(crate) const LANGUAGE: &str = "zh-CN";

fn of_chromium() -> Value {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-device-scale-factor=1",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--lang={LANGUAGE}"));
    let mut options = json!({ "args": arguments, "prefs": { "intl.accept_languages": LANGUAGE } });
    if let (Some(binary), Some(options)) = (env::var_os("SAOMA_CHROME"), options.as_object_mut()) {
        options.insert("binary".into(), binary.to_string_lossy().into());
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" } })
}

fn of_firefox(proxy: &str) -> Value {
    // Nothing moves, and no process is kept in reserve for a next site: there is none.
    let preferences = json!({ "ui.prefersReducedMotion": 1, "dom.ipc.processPrelaunch.enabled": false });
    json!({
        "browserName": "firefox",
        // Where many load at once, the event at the end of a load is missed now and then, and waited for in vain. Each scenario says
        // itself what it waits for.
        "pageLoadStrategy": "eager",
        "moz:firefoxOptions": { "args": ["-headless", "-kiosk"], "prefs": preferences },
        "proxy": { "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy },
    })
}

fn of_webkit(proxy: &str) -> Value {
    // Told of the proxy by its capability, it breaks down now and then.
    let arguments = vec![
        "--automation".to_owned(),
        format!("--proxy=http://{proxy}"),
        "--ignore-host=127.0.0.1".to_owned(),
        "--ignore-host=localhost".to_owned(),
    ];
    let binary = env::var_os("SAOMA_MINIBROWSER").map(|file| file.to_string_lossy().into_owned());
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "args": arguments, "binary": binary },
    })
}

/// Its window cannot be made narrower than the bar above the page; so that is made small. And nothing moves.
fn profile_of_webkit() -> Result<TempDir> {
    let profile = tempfile::tempdir()?;
    let folder = profile.path().join("gtk-3.0");
    fs::create_dir(&folder)?;
    fs::write(folder.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n")?;
    let style = "* { min-width: 0; min-height: 0; padding: 0; margin: 0; font-size: 1px; border-width: 0; -gtk-icon-source: none; }";
    fs::write(folder.join("gtk.css"), style)?;
    Ok(profile)
}

/// A screen that nobody sees: WebKit has no other way to be without one. It ends with this value.
struct Screen {
    name: String,
    _server: Child,
}

impl Screen {
    async fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1400x1200x24", "-nolisten", "tcp"]);
        let mut server = server
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start Xvfb")?;
        let mut line = String::new();
        let output = BufReader::new(server.stdout.take().context("Xvfb says nothing")?);
        timeout(Duration::from_secs(20), { output }.read_line(&mut line)).await.context("Xvfb does not say which screen it is")??;
        Ok(Self { name: format!(":{}", line.trim()), _server: server })
    }
}
