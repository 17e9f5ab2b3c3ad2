//! What a scenario plays on: a sandbox, a browser, and the words to speak of them.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashSet},
    env,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use http::Method;
use sandbox::{Call, Record, Sandbox, Settings, Spec};
use serde_json::{Value, json};
use thirtyfour::{
    By, Cookie, Key, RequestData, WebElement, WindowHandle,
    common::command::FormatRequestData,
    error::{WebDriverError, WebDriverErrorInner},
};

use tokio::time::timeout;

use crate::{
    driver,
    engine::{Browser, Engine, LANGUAGE, Need},
};

/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(12);

/// What the browser says it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Agent {
    Alipay,
    Android,
    IPad,
    IPhone,
    Qq,
    UnionPay,
    WeChat,
}

impl Agent {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Alipay => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 AlipayClient/10.5.66"
            }
            Self::Android => "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
            Self::IPad => "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Version/12.1 Mobile/15E148 Safari/604.1",
            Self::IPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1"
            }
            Self::Qq => "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 QQ/8.9.80",
            Self::UnionPay => {
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36 UnionPay/1.0"
            }
            Self::WeChat => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.42"
            }
        }
    }
}

/// What the browser looks like.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// What it says it is; its own words where nothing is said.
    pub(crate) agent: Option<Agent>,
    /// Paths of what does not come; a `*` stands for anything.
    pub(crate) blocked: &'static [&'static str],
    pub(crate) dark: bool,
    pub(crate) flat: bool,
    pub(crate) height: u32,
    pub(crate) language: &'static str,
    /// What the scenario asks of a browser, and not every one can do.
    pub(crate) needs: &'static [Need],
    pub(crate) phone: bool,
    /// Runs before the page's own scripts.
    pub(crate) script: &'static str,
    /// The merchant's settings; none where it is empty.
    pub(crate) settings: &'static str,
    /// Whether the page is the packed theme.
    pub(crate) theme: bool,
    pub(crate) width: u32,
}

impl Look {
    pub(crate) fn desktop() -> Self {
        Self {
            agent: None,
            blocked: &[],
            dark: false,
            flat: false,
            height: 900,
            language: LANGUAGE,
            needs: &[],
            phone: false,
            script: "",
            settings: "",
            theme: false,
            width: 1280,
        }
    }

    pub(crate) fn phone() -> Self {
        Self { agent: Some(Agent::Android), height: 844, phone: true, width: 390, ..Self::desktop() }
    }
}

/// Which of axe-core's rules are looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rules {
    All,
    /// All but those on which the theme has an effect, which take the longest.
    AllButColours,
    /// Those on which the theme has an effect.
    Colours,
}

/// A sandbox of a scenario's own, and a browser that nobody else has meanwhile.
pub(crate) struct Stage {
    browser: Browser,
    /// Whether pages beside each other, which know nothing of each other, may ask the same.
    is_crowded: Cell<bool>,
    language: &'static str,
    name: &'static str,
    pub(crate) sandbox: Sandbox,
    script: RefCell<Script>,
    size: (u32, u32),
}

/// What runs before the page's own scripts.
#[derive(Default)]
struct Script {
    /// What the browser pretends to be, where it cannot be told.
    agent: Option<Agent>,
    engine: Option<Engine>,
    languages: Option<String>,
    /// The scenario's own.
    own: String,
}

/// What has no log that a driver gives out, tells the sandbox what is in it.
const TELL: &str = "(() => {
    const tell = (...words) => { navigator.sendBeacon('/sandbox/probe/said', words.join(' ')); };
    for (const kind of ['debug', 'error', 'info', 'log', 'warn']) {
        const say = console[kind].bind(console);
        console[kind] = (...words) => { tell(kind, ...words); say(...words); };
    }
    addEventListener('error', ({ error, message }) => { if (message) tell('Uncaught', error?.name, message, error?.stack); });
    addEventListener('unhandledrejection', ({ reason }) => tell('Uncaught (in promise)', reason));
    addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => tell('Content Security Policy', violatedDirective, blockedURI));
})();";

impl Script {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.engine.is_some_and(|engine| engine != Engine::Chromium) {
            text += TELL;
        }
        let pretend = |text: &mut String, name: &str, value: Value| {
            *text += &format!("Object.defineProperty(Navigator.prototype, '{name}', {{ configurable: true, get: () => {value} }});\n");
        };
        if let Some(agent) = self.agent {
            pretend(&mut text, "userAgent", agent.text().into());
        }
        if let Some(languages) = &self.languages {
            let languages: Vec<&str> = languages.split(',').collect();
            pretend(&mut text, "language", json!(languages.first()));
            pretend(&mut text, "languages", json!(languages));
        }
        text += &self.own;
        text
    }
}

/// Reads one of the browser's logs: `browser` is its console, `performance` what its developer tools are told.
#[derive(Debug)]
struct ReadLog(&'static str);

impl FormatRequestData for ReadLog {
    fn format_request(&self, session_id: &thirtyfour::SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("/session/{session_id}/se/log")).add_body(json!({ "type": self.0 }))
    }
}

/// All that the page may keep: what the shopper prefers, and the tokens that a shop of a test has put there.
const KEPT: [&str; 4] = ["saoma.language", "saoma.sound", "token", "cookie sandbox_token"];

/// The names of what the page keeps; nothing where it may keep nothing, as on another page.
const READ_STORAGE: &str = "const done = arguments[0]; (async () => !location.protocol.startsWith('http') ? [] : [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...document.cookie.split('; ').filter(Boolean).map((cookie) => 'cookie ' + cookie.split('=')[0]),
    ...(await indexedDB.databases()).map(({ name }) => 'database ' + name),
    ...(window.caches ? await caches.keys() : []).map((name) => 'cache ' + name),
    ...(navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : []).map(({ scope }) => 'worker ' + scope),
])().then(done, ({ name }) => done(name === 'SecurityError' ? [] : ['what cannot be read: ' + name]));";

/// Where the built page is.
pub(crate) fn dist() -> PathBuf {
    env::var_os("SAOMA_DIST").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist"), PathBuf::from)
}

/// Where `cargo xtask e2e` has put the packed themes.
pub(crate) fn themes() -> PathBuf {
    env::var_os("SAOMA_THEMES").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/themes"), PathBuf::from)
}

/// What must never be in a console, whatever a gateway does.
const ALARMS: [&str; 5] = ["Content Security Policy", "Uncaught", "panicked", "RuntimeError", "unreachable executed"];

fn is_not_there_yet(error: &WebDriverError) -> bool {
    // Where its place has just changed, Firefox finds no way to it.
    matches!(
        error.as_inner(),
        WebDriverErrorInner::ElementNotInteractable(_)
            | WebDriverErrorInner::NoSuchElement(_)
            | WebDriverErrorInner::StaleElementReference(_)
    )
}

impl Stage {
    pub(crate) async fn set(name: &'static str, engine: Engine, look: &Look) -> Result<Self> {
        let dist = dist();
        ensure!(dist.join("index.html").is_file(), "{} holds no page; run `cargo xtask build`", dist.display());
        let theme = |kind: &str| look.theme.then(|| themes().join(kind).join("saoma"));
        let settings = Settings {
            cashier_theme: theme("cashier"),
            dist,
            flat: look.flat,
            options: [("web_title".to_owned(), "茶馆 & \"Tea\" </title>".to_owned())].into(),
            page_settings: (!look.settings.is_empty()).then(|| look.settings.to_owned()),
            theme: theme("pay"),
        };
        let sandbox = Sandbox::on(driver::free_listener()?, settings)?;
        let browser = Browser::open(engine, look).await?;
        // What cannot be told pretends.
        let is_told = engine != Engine::WebKit;
        let (agent, languages) = (look.agent.filter(|_| !is_told), (!is_told).then(|| look.language.to_owned()));
        let script = RefCell::new(Script { agent, engine: Some(engine), languages, own: look.script.to_owned() });
        let is_crowded = Cell::new(false);
        let stage = Self { browser, is_crowded, language: look.language, name, sandbox, script, size: (look.width, look.height) };
        stage.block(look.blocked);
        stage.put_script();
        // What a scenario before it has left.
        stage.console().await?;
        stage.asked_elsewhere().await?;
        Ok(stage)
    }

    pub(crate) fn engine(&self) -> Engine {
        self.browser.engine
    }

    /// Pages are opened beside each other, which may ask the same in the same millisecond.
    pub(crate) fn crowd(&self) {
        self.is_crowded.set(true);
    }

    /// How wide and high the page is, in CSS pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    fn put_script(&self) {
        self.sandbox.state().probe().script = self.script.borrow().text();
    }

    /// From the next page on, this runs before its own scripts, and nothing else of the scenario's.
    pub(crate) fn run_before(&self, script: &str) {
        self.script.borrow_mut().own = script.to_owned();
        self.put_script();
    }

    /// What is asked for by such a path does not come from now on.
    pub(crate) fn block(&self, paths: &[&str]) {
        self.sandbox.state().probe().block(paths);
    }

    /// What is asked for by such a path is another file from now on, which means the same.
    pub(crate) fn alter(&self, paths: &[&str]) {
        self.sandbox.state().probe().alter(paths);
    }

    pub(crate) async fn set_dark(&self, dark: bool) -> Result<()> {
        self.browser.set_dark(dark).await
    }

    /// Takes the network away, or gives it back.
    pub(crate) async fn set_offline(&self, offline: bool) -> Result<()> {
        self.browser.set_offline(offline).await
    }

    /// The pointer is a finger.
    pub(crate) async fn use_finger(&self) -> Result<()> {
        self.browser.use_finger().await
    }

    /// Saves files here from now on.
    pub(crate) async fn save_into(&self, folder: &str) -> Result<()> {
        self.browser.save_into(folder).await
    }

    /// The browser says from the next page on that it is another one.
    pub(crate) async fn pretend(&self, agent: Agent) -> Result<()> {
        if self.browser.pretend(agent.text(), self.language).await? {
            return Ok(());
        }
        self.script.borrow_mut().agent = Some(agent);
        self.put_script();
        Ok(())
    }

    /// The browser wants these languages from the next page on.
    pub(crate) async fn speak(&self, languages: &str) -> Result<()> {
        if self.browser.speak(languages).await? {
            return Ok(());
        }
        self.script.borrow_mut().languages = Some(languages.to_owned());
        self.put_script();
        Ok(())
    }

    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.browser.devtools(command, parameters).await
    }

    // The gateway

    /// Creates an order and gives back its number.
    pub(crate) fn order(&self, spec: Spec) -> String {
        self.sandbox.state().orders().create(spec)
    }

    /// Changes an order.
    pub(crate) fn change(&self, id: &str, change: impl FnOnce(&mut Spec)) -> Result<()> {
        let mut orders = self.sandbox.state().orders();
        change(&mut orders.get_mut(id).context("no such order")?.spec);
        Ok(())
    }

    /// What was asked for an order.
    pub(crate) fn records(&self, id: &str) -> Vec<Record> {
        self.sandbox.state().records().of(id)
    }

    /// How often a call was made for an order.
    pub(crate) fn count(&self, id: &str, call: Call) -> usize {
        self.records(id).iter().filter(|record| record.call == call).count()
    }

    // The browser

    /// Opens an address.
    pub(crate) async fn open_url(&self, url: &str) -> Result<()> {
        self.browser.driver.goto(url).await.with_context(|| format!("cannot open {url}"))
    }

    /// Opens a path of the sandbox.
    pub(crate) async fn open(&self, path: &str) -> Result<()> {
        self.browser.driver.goto(format!("{}{path}", self.sandbox.origin())).await.with_context(|| format!("cannot open {path}"))
    }

    /// Creates an order and opens its page.
    pub(crate) async fn open_order(&self, spec: Spec) -> Result<String> {
        let id = self.order(spec);
        self.open(&format!("/pay/{id}")).await?;
        Ok(id)
    }

    /// The value of an expression in the page.
    pub(crate) async fn eval(&self, expression: &str) -> Result<Value> {
        // A driver may wait for ever for a page that is gone.
        let result = timeout(PATIENCE, self.browser.driver.execute(format!("return ({expression})"), vec![])).await;
        Ok(result.context("the browser does not answer")?.with_context(|| expression.to_owned())?.json().clone())
    }

    /// Signs the shopper in, or makes a guest of them.
    pub(crate) async fn sign_in(&self, token: &str) -> Result<()> {
        // A cookie is set on a page of its host.
        if !self.browser.driver.current_url().await?.as_str().starts_with(&self.sandbox.origin()) {
            self.open("/sandbox/probe/script.js").await?;
        }
        Ok(self.browser.driver.add_cookie(Cookie::new(sandbox::COOKIE, token)).await?)
    }

    /// The visible text of the page.
    pub(crate) async fn text(&self) -> Result<String> {
        Ok(self.eval("document.body.innerText").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&self, expression: &str) -> Result<()> {
        self.until_within(PATIENCE, expression).await
    }

    pub(crate) async fn until_within(&self, patience: Duration, expression: &str) -> Result<()> {
        let end = Instant::now() + patience;
        let mut pause = Duration::from_millis(30);
        loop {
            // A page that is being left has no context to evaluate in; that is just "not yet".
            let value = self.eval(expression).await.unwrap_or(Value::Null);
            if value == Value::Bool(true) {
                return Ok(());
            }
            if Instant::now() > end {
                let text = self.text().await.unwrap_or_default();
                bail!("after {patience:?} it is {value}, not true: {expression}\nthe page says:\n{text}");
            }
            // To ask takes more than the page does meanwhile. (One that waits by itself is not waited for where it is left.)
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_millis(150));
        }
    }

    /// Waits until something on this side is true.
    pub(crate) async fn until_here(&self, what: &str, is_true: impl FnMut(&Self) -> bool) -> Result<()> {
        self.until_here_within(PATIENCE, what, is_true).await
    }

    pub(crate) async fn until_here_within(&self, patience: Duration, what: &str, mut is_true: impl FnMut(&Self) -> bool) -> Result<()> {
        let end = Instant::now() + patience;
        while !is_true(self) {
            ensure!(Instant::now() < end, "after {patience:?} this is not so: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits for one of the page's screens.
    pub(crate) async fn until_screen(&self, screen: &str) -> Result<()> {
        self.until(&format!("document.querySelector('[data-screen]')?.dataset.screen === '{screen}'")).await
    }

    /// Waits until the page shows a code, and has its words.
    pub(crate) async fn until_code(&self) -> Result<()> {
        self.until("document.querySelector('img.code')?.complete === true && document.querySelector('img.code').naturalWidth > 0").await?;
        self.until_words().await
    }

    /// Waits until the page has its words.
    pub(crate) async fn until_words(&self) -> Result<()> {
        self.until("document.querySelector('.page')?.dataset.words === 'here'").await
    }

    /// Waits until what is built after the page has been painted is there too: what stands below the way to pay, and the languages, on
    /// the screens that have them.
    pub(crate) async fn until_whole(&self) -> Result<()> {
        self.until("[...document.querySelectorAll('.awaiting > .rest')].every((rest) => rest.querySelector('.facts') !== null)").await?;
        self.until("[...document.querySelectorAll('.language')].every((choice) => choice.querySelector('select') !== null)").await
    }

    /// Waits until the languages can be chosen, which are shown last.
    pub(crate) async fn until_languages(&self) -> Result<()> {
        self.until("getComputedStyle(document.querySelector('select')).visibility === 'visible'").await
    }

    /// Chooses a language on the page, and waits for it.
    pub(crate) async fn choose_language(&self, tag: &str) -> Result<()> {
        self.until_languages().await?;
        let choose = format!(
            "(() => {{ const select = document.querySelector('select'); select.value = '{tag}'; select.dispatchEvent(new Event('change')); return true; }})()"
        );
        self.eval(&choose).await?;
        self.until(&format!("document.documentElement.lang === '{tag}'")).await?;
        self.until_words().await
    }

    /// A picture of the whole page, as PNG in base64.
    pub(crate) async fn picture(&self) -> Result<String> {
        let picture = self.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": true })).await?;
        Ok(picture.get("data").and_then(Value::as_str).context("no picture")?.to_owned())
    }

    /// What axe-core finds wrong with the page: one line for each rule that is broken.
    pub(crate) async fn axe(&self, rules: Rules) -> Result<Vec<String>> {
        const RUN: &str = "const [chosen, done] = arguments; axe.run(document, { resultTypes: ['violations'], ...chosen }).then(
            (result) => done(result.violations.map((rule) => rule.id + ': ' + rule.help + ': ' + rule.nodes.map((node) => node.html + ' ' + node.any.map((check) => check.message)).join(' | '))),
            (error) => done(['axe did not run: ' + error]));";
        if self.eval("typeof axe").await? == "undefined" {
            let file = env::var("SAOMA_AXE").context("SAOMA_AXE does not name axe.min.js; run this through `cargo xtask`")?;
            self.browser.driver.execute(tokio::fs::read_to_string(&file).await.context(file)?, vec![]).await?;
        }
        const COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];
        let chosen = match rules {
            Rules::All => json!({}),
            Rules::AllButColours => {
                json!({ "rules": COLOURS.map(|rule| (rule, json!({ "enabled": false }))).into_iter().collect::<BTreeMap<_, _>>() })
            }
            Rules::Colours => json!({ "runOnly": COLOURS }),
        };
        let found = self.browser.driver.execute_async(RUN, vec![chosen]).await?;
        let list = found.json().as_array().context("axe gave no list")?.clone();
        Ok(list.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect())
    }

    /// Presses a key where the focus is.
    pub(crate) async fn press_key(&self, key: Key) -> Result<()> {
        Ok(self.browser.driver.action_chain().send_keys(key.value().to_string()).perform().await?)
    }

    /// Presses a key while another is down.
    pub(crate) async fn press_keys(&self, held: Key, key: char) -> Result<()> {
        Ok(self.browser.driver.action_chain().key_down(held.value()).send_keys(key.to_string()).key_up(held.value()).perform().await?)
    }

    /// What the codes on a PNG picture say.
    pub(crate) fn read_codes(picture: &[u8]) -> Result<Vec<String>> {
        let picture = image::load_from_memory(picture)?.into_luma8();
        let (width, height) = (usize::try_from(picture.width())?, usize::try_from(picture.height())?);
        let pixels = picture.into_raw();
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels.get(y * width + x).copied().unwrap_or(255));
        Ok(prepared.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect())
    }

    /// Waits until the page shows this text.
    pub(crate) async fn until_text(&self, text: &str) -> Result<()> {
        self.until(&format!("document.body.innerText.includes({})", json!(text))).await
    }

    /// Whether something that matches is on the page.
    pub(crate) async fn has(&self, selector: &str) -> Result<bool> {
        Ok(self.eval(&format!("document.querySelector({}) !== null", json!(selector))).await? == Value::Bool(true))
    }

    pub(crate) async fn find(&self, selector: &str) -> Result<WebElement> {
        self.browser.driver.find(By::Css(selector)).await.with_context(|| format!("nothing matches {selector}"))
    }

    /// Presses with a real pointer, once there is something to press.
    pub(crate) async fn press(&self, selector: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let pressed = match self.browser.driver.find(By::Css(selector)).await {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match pressed {
                // It is still to come, or another has just come in its place.
                Err(error) if is_not_there_yet(&error) && Instant::now() < end => tokio::time::sleep(Duration::from_millis(40)).await,
                pressed => return pressed.with_context(|| format!("cannot press {selector}")),
            }
        }
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        Ok(self.browser.driver.refresh().await?)
    }

    pub(crate) async fn back(&self) -> Result<()> {
        Ok(self.browser.driver.back().await?)
    }

    pub(crate) async fn window(&self) -> Result<WindowHandle> {
        Ok(self.browser.driver.window().await?)
    }

    pub(crate) async fn windows(&self) -> Result<Vec<WindowHandle>> {
        Ok(self.browser.driver.windows().await?)
    }

    pub(crate) async fn switch_to(&self, window: WindowHandle) -> Result<()> {
        Ok(self.browser.driver.switch_to_window(window).await?)
    }

    /// Goes into a frame: what follows is done there.
    pub(crate) async fn within_frame(&self, selector: &str) -> Result<()> {
        Ok(self.find(selector).await?.enter_frame().await?)
    }

    /// Goes out of it again.
    pub(crate) async fn out_of_frame(&self) -> Result<()> {
        Ok(self.browser.driver.enter_default_frame().await?)
    }

    /// Opens a path of the sandbox in a new tab, and goes there.
    pub(crate) async fn open_tab(&self, path: &str) -> Result<WindowHandle> {
        // A new tab of WebKit stays behind the old one.
        let driver = &self.browser.driver;
        let window = if self.browser.engine == Engine::WebKit { driver.new_window().await? } else { driver.new_tab().await? };
        self.switch_to(window.clone()).await?;
        self.open(path).await?;
        Ok(window)
    }

    pub(crate) async fn close_tab(&self) -> Result<()> {
        Ok(self.browser.driver.close_window().await?)
    }

    /// What the codes on a picture of the page say, read by an independent decoder.
    pub(crate) async fn scan(&self) -> Result<Vec<String>> {
        // A picture that is there may not have been painted yet.
        const PAINTED: &str = "const done = arguments[0], frame = () => new Promise(requestAnimationFrame);
            Promise.allSettled([...document.images].map((image) => image.decode())).then(frame).then(frame).then(() => done(true));";
        self.browser.driver.execute_async(PAINTED, vec![]).await?;
        Self::read_codes(&self.browser.driver.screenshot_as_png().await?)
    }

    /// What the console says since it was last read. In Firefox and WebKit it is the page that tells, so only what the sandbox
    /// serves is heard there: not the page behind nginx or Caddy, nor a shop's.
    pub(crate) async fn console(&self) -> Result<Vec<String>> {
        if self.browser.engine == Engine::Chromium {
            return self.read_log("browser").await;
        }
        // What was said last is still on its way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(self.sandbox.state().probe().take_said())
    }

    async fn read_log(&self, log: &'static str) -> Result<Vec<String>> {
        let entries: Vec<Value> = self.browser.driver.handle().cmd(ReadLog(log)).await?.value()?;
        Ok(entries.iter().filter_map(|entry| entry.get("message")?.as_str().map(str::to_owned)).collect())
    }

    // The end

    /// Closes the browser without a check.
    pub(crate) async fn close(self) -> Result<()> {
        self.browser.quit().await
    }

    /// Checks what holds in every scenario, keeps a picture of a failed one, and closes the browser.
    pub(crate) async fn end(self, played: Result<()>) -> Result<()> {
        let result = match played {
            Ok(()) => self.check_all().await,
            Err(error) => Err(error),
        };
        let result = match result {
            Ok(()) => Ok(()),
            Err(error) => Err(match timeout(PATIENCE, self.keep_picture()).await {
                Ok(Ok(())) => error,
                Ok(Err(why)) => error.context(format!("there is no picture of it: {why:#}")),
                Err(_) => error.context("there is no picture of it: the browser does not answer"),
            }),
        };
        // What went wrong in it may not be over.
        if result.is_ok() {
            self.browser.give_back().await?
        } else if let Err(why) = self.browser.quit().await {
            println!("{}: {why:#}", self.name);
        }
        result
    }

    async fn keep_picture(&self) -> Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("report");
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::write(
            folder.join(format!("{}-{}.png", self.browser.engine.name(), self.name)),
            self.browser.driver.screenshot_as_png().await?,
        )
        .await?;
        Ok(())
    }

    async fn check_all(&self) -> Result<()> {
        self.check_console().await?;
        let elsewhere = self.asked_elsewhere().await?;
        ensure!(elsewhere.is_empty(), "other hosts were asked for something: {elsewhere:?}");
        self.check_storage().await?;
        self.check_records()
    }

    /// What the page has asked other hosts for since this was last read. To go to another host is no such question.
    pub(crate) async fn asked_elsewhere(&self) -> Result<Vec<String>> {
        if self.browser.engine != Engine::Chromium {
            return Ok(self.browser.elsewhere.take());
        }
        let mut requests: Vec<(String, String)> = Vec::new();
        for line in self.read_log("performance").await? {
            let entry: Value = serde_json::from_str(&line)?;
            let text = |path: &str| entry.pointer(path).and_then(Value::as_str).unwrap_or_default();
            let id = text("/message/params/requestId").to_owned();
            match text("/message/method") {
                "Network.requestWillBeSent" if text("/message/params/type") != "Document" => {
                    requests.push((id, text("/message/params/request/url").to_owned()));
                }
                // It has not left the browser.
                "Network.loadingFailed" if !text("/message/params/blockedReason").is_empty() => requests.retain(|(asked, _)| *asked != id),
                _ => {}
            }
        }
        let is_near = |url: &str| {
            let host = url
                .split_once("://")
                .and_then(|(scheme, rest)| scheme.starts_with("http").then(|| rest.split(['/', ':']).next()))
                .flatten();
            host.is_none_or(|host| matches!(host, "127.0.0.1" | "localhost"))
        };
        Ok(requests.into_iter().map(|(_, url)| url).filter(|url| !is_near(url)).collect())
    }

    async fn check_storage(&self) -> Result<()> {
        let kept = self.browser.driver.execute_async(READ_STORAGE, vec![]).await?;
        let names = kept.json().as_array().context("no list of what is kept")?.clone();
        let other: Vec<&Value> = names.iter().filter(|name| !KEPT.iter().any(|kept| *name == kept)).collect();
        ensure!(other.is_empty(), "the page keeps {other:?}");
        Ok(())
    }

    /// Nothing went wrong so far by what the console says, which is read by this.
    pub(crate) async fn check_console(&self) -> Result<()> {
        for line in self.console().await? {
            ensure!(!ALARMS.iter().any(|alarm| line.contains(alarm)), "the console says: {line}");
        }
        Ok(())
    }

    /// Info first and alone; never two status questions at once; a fresh `_time` in every request.
    fn check_records(&self) -> Result<()> {
        let mut times = HashSet::new();
        let mut informed = HashSet::new();
        let mut cut = HashSet::new();
        let records = self.sandbox.state().records();
        for record in records.iter() {
            let time = record.time.as_deref().context("a request without _time")?;
            ensure!(time.parse::<u64>().is_ok_and(|time| time > 1_500_000_000_000), "_time is {time}, not unix milliseconds");
            // Pages of other orders may ask in the same millisecond.
            let asked = (record.order_id.clone(), time.to_owned());
            // A browser sends a request again by itself when a used connection is cut under it.
            ensure!(times.insert(asked.clone()) || cut.contains(&asked) || self.is_crowded.get(), "_time {time} was sent twice");
            if record.cut {
                cut.insert(asked);
            }
            ensure!(record.concurrent == 1 || self.is_crowded.get(), "{:?} was asked while it was under way: {record:?}", record.call);
            // Other gateways than the template API begin with something else.
            if record.call == Call::Info || !record.call.is_of_template_api() {
                informed.insert(record.order_id.clone());
            }
            ensure!(informed.contains(&record.order_id), "{:?} was asked before info", record.call);
        }
        Ok(())
    }
}
