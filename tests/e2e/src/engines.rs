//! The first paint in the other engines: Firefox and WebKit, by what WebDriver alone can do.

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use sandbox::{Call, Code, Fault, Kind, Sandbox, Settings, Spec, Stand};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    driver::Driver,
    stage::{self, Stage},
};

/// How long something may take: these engines are slow without a graphics card.
const PATIENCE: Duration = Duration::from_secs(40);

/// An engine that is there: the program that drives it, and what that has to be told.
#[derive(Clone)]
struct Engine {
    capabilities: Value,
    driver: PathBuf,
    name: &'static str,
}

/// What is played in each engine.
const SCENARIOS: [(&str, MakeScene); 5] = [
    ("is_taken_over", || Scene { spec: Spec::default(), ..Scene::default() }),
    ("may_come_after_the_application", || Scene {
        spec: Spec { faults: vec![Fault { call: Some(Call::Info), from: 1, times: 1, kind: Kind::Delay { ms: 4000 } }], ..Spec::default() },
        is_drawn_first: false,
        ..Scene::default()
    }),
    ("that_throws_is_made_up_for", || Scene {
        spec: Spec { merge: [("info".to_owned(), json!({ "subject": ["no text"] }))].into(), ..Spec::default() },
        is_drawn_first: false,
        ..Scene::default()
    }),
    ("is_payable_without_the_application", || Scene { has_application: false, ..Scene::default() }),
    ("leaves_other_gateways_alone", || Scene { query: "?gateway=instant", is_drawn_first: false, ..Scene::default() }),
];

type MakeScene = fn() -> Scene;

struct Scene {
    has_application: bool,
    is_drawn_first: bool,
    query: &'static str,
    spec: Spec,
}

impl Default for Scene {
    fn default() -> Self {
        Self { has_application: true, is_drawn_first: true, query: "", spec: Spec::default() }
    }
}

/// The text of the code in every scene.
const TEXT: &str = "https://qr.alipay.com/bax0123";

/// The scenarios, for each engine whose driver is named by the environment.
pub(crate) fn trials() -> Vec<Trial> {
    let engine = |name, variable: &str, capabilities| Some(Engine { capabilities, driver: env::var_os(variable)?.into(), name });
    let options = |program: &str, arguments: Value| json!({ "binary": env::var_os(program).map(|file| file.to_string_lossy().into_owned()), "args": arguments });
    let firefox =
        json!({ "browserName": "firefox", "moz:firefoxOptions": { "args": ["-headless"], "prefs": { "intl.accept_languages": "zh-CN" } } });
    let webkit = json!({ "browserName": "MiniBrowser", "webkitgtk:browserOptions": options("SAOMA_MINIBROWSER", json!(["--automation"])) });
    let engines = [engine("firefox", "SAOMA_GECKODRIVER", firefox), engine("webkit", "SAOMA_WEBKITDRIVER", webkit)];
    let play = |engine: Engine, name: &str, scene: MakeScene| {
        Trial::test(format!("first_paint_{name}_in_{}", engine.name), move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(played(&engine, scene())).map_err(|error| format!("{error:#}").into())
        })
    };
    let scenes = |engine: Engine| SCENARIOS.map(|(name, scene)| play(engine.clone(), name, scene));
    engines.into_iter().flatten().flat_map(scenes).collect()
}

async fn played(engine: &Engine, scene: Scene) -> Result<()> {
    let screen = if engine.name == "webkit" { Some(Screen::start().await?) } else { None };
    let driver = Driver::start(&engine.driver, |driver, port| {
        driver.arg(format!("--port={port}"));
        if let Some(screen) = &screen {
            // Its sandbox wants rights that nobody has in a container; what it opens is our own.
            driver.env("DISPLAY", &screen.name).env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
        } else {
            // Two of them would take the same one.
            driver.arg("--websocket-port=0");
        }
    })?;
    let capabilities = engine.capabilities.as_object().cloned().map(Capabilities::from).context("no capabilities")?;
    let browser = WebDriver::new(driver.url(), capabilities).await.with_context(|| format!("cannot open {}", engine.name))?;
    let result = play(&browser, scene).await;
    browser.quit().await.context("the browser did not close")?;
    result
}

/// A screen that nobody sees: WebKit has no other way to be without one. It ends with this value.
struct Screen {
    name: String,
    _server: Child,
}

impl Screen {
    async fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        let mut server = server
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start Xvfb")?;
        let mut line = String::new();
        let output = BufReader::new(server.stdout.take().context("Xvfb says nothing")?);
        timeout(PATIENCE, { output }.read_line(&mut line)).await.context("Xvfb does not say which screen it is")??;
        Ok(Self { name: format!(":{}", line.trim()), _server: server })
    }
}

async fn play(browser: &WebDriver, scene: Scene) -> Result<()> {
    let copy = tempfile::tempdir()?;
    let dist = if scene.has_application { stage::dist() } else { without_application(&stage::dist(), copy.path())? };
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Settings { dist, ..Settings::default() }).await?;
    let code = Code { qrcode: Some(TEXT.into()), ..Code::default() };
    let id = sandbox.state().orders().create(Spec { code, amount: 123_456, ..scene.spec });
    browser.goto(format!("{}/pay/{id}{}", sandbox.origin(), scene.query)).await?;
    let count = |call| sandbox.state().records().of(&id).iter().filter(|record| record.call == call).count();
    if !scene.query.is_empty() {
        until(browser, "saomaFirstPaint.done.then(() => true)").await?;
        ensure!(count(Call::Info) + count(Call::Qrcode) + count(Call::Audio) == 0, "nothing is asked by the rules of another gateway");
        return Ok(());
    }
    until(browser, "document.querySelector('img.code')?.naturalWidth > 0").await?;
    if !scene.has_application {
        until(browser, "document.documentElement.dataset.start === 'failed'").await?;
        return scanned(browser).await;
    }
    until(browser, "document.querySelector('.page')?.dataset.words === 'here'").await?;
    until(browser, "document.querySelector('[data-screen]')?.dataset.screen === 'awaiting'").await?;
    scanned(browser).await?;
    for call in [Call::Info, Call::Qrcode, Call::Audio] {
        ensure!(count(call) == 1, "{call:?} is asked {} times", count(call));
    }
    let is_kept = eval(browser, "saomaFirstPaint.code?.image === document.querySelector('img.code')").await?;
    ensure!(is_kept == json!(scene.is_drawn_first), "whether the drawn code is taken over: {is_kept}");
    if scene.is_drawn_first {
        let amounts = eval(browser, "[saomaFirstPaint.amount, document.querySelector('.amount').textContent]").await?;
        ensure!(amounts.get(0) == amounts.get(1), "{amounts}");
    }
    sandbox.state().orders().get_mut(&id).context("no such order")?.spec.status = Stand::Paid;
    until(browser, "document.querySelector('[data-screen]')?.dataset.screen === 'paid' || location.pathname.includes('shop')").await
}

/// A copy of the page whose application does not come.
fn without_application(dist: &Path, copy: &Path) -> Result<PathBuf> {
    fs::create_dir(copy.join("assets"))?;
    fs::copy(dist.join("index.html"), copy.join("index.html"))?;
    for file in fs::read_dir(dist.join("assets"))? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with("draw-") {
            fs::copy(file.path(), copy.join("assets").join(file.file_name()))?;
        }
    }
    Ok(copy.to_owned())
}

async fn scanned(browser: &WebDriver) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let read = Stage::read_codes(&browser.screenshot_as_png().await?)?;
        if read == [TEXT] {
            return Ok(());
        }
        ensure!(Instant::now() < end, "the code says {read:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn eval(browser: &WebDriver, expression: &str) -> Result<Value> {
    Ok(browser.execute(format!("return ({expression})"), vec![]).await.with_context(|| expression.to_owned())?.json().clone())
}

async fn until(browser: &WebDriver, expression: &str) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        // A page that is being left has no context to evaluate in; that is just "not yet".
        let value = eval(browser, expression).await.unwrap_or(Value::Null);
        if value == json!(true) {
            return Ok(());
        }
        ensure!(Instant::now() < end, "after {PATIENCE:?} it is {value}, not true: {expression}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
