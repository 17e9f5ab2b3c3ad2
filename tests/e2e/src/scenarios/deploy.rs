//! The configurations of `deploy/`, each run with the real server in front of the sandbox.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Spec, Stand};
use serde_json::{Value, json};

use super::gateways;
use crate::{
    Stage, Suite,
    driver::free_port,
    engine::Engine,
    stage::{self, Look},
};

pub(super) fn add(suite: &mut Suite) {
    suite.add("nginx_serves_the_page", Look::desktop(), async |stage| serves(stage, start_nginx).await);
    suite.add("caddy_serves_the_page", Look::desktop(), async |stage| serves(stage, start_caddy).await);
    suite.add("nginx_lets_nobody_frame_the_page_but_the_shop", Look::desktop(), async |stage| is_framed(stage, start_nginx).await);
    suite.add("caddy_lets_nobody_frame_the_page_but_the_shop", Look::desktop(), async |stage| is_framed(stage, start_caddy).await);
}

/// Starts a server in front of a gateway (`host:port`). The page may be framed by these, in words of the policy.
type Start = fn(gateway: &str, framers: &str) -> Result<Server>;

/// A server of this scenario's own; it ends when this is dropped.
struct Server {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The configuration with this machine's values in the places that are a merchant's to change.
fn configuration(file: &str, framers: &str, changes: &[(&str, String)]) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(file);
    let mut text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(text.matches("# CHANGE").count() == changes.len(), "{file} names its places to change");
    for (from, to) in changes {
        ensure!(text.matches(from).count() == 1, "{file} says {from:?} once");
        text = text.replace(from, to);
    }
    ensure!(text.matches(FRAMERS).count() == 1, "{file} says once who may frame the page");
    Ok(text.replace(FRAMERS, framers))
}

/// As the configurations come: the page's own origin alone.
const FRAMERS: &str = "frame-ancestors 'self'";

fn dist() -> Result<String> {
    Ok(stage::dist().canonicalize()?.display().to_string())
}

fn folder(port: u16) -> Result<PathBuf> {
    let folder = env::temp_dir().join(format!("saoma-deploy-{}-{port}", std::process::id()));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn start_nginx(gateway: &str, framers: &str) -> Result<Server> {
    let port = free_port()?;
    let folder = folder(port)?;
    let site = configuration(
        "nginx.conf",
        framers,
        &[
            ("server 127.0.0.1:8088;", format!("server {gateway};")),
            ("listen 80;", format!("listen 127.0.0.1:{port};")),
            ("root /srv/saoma;", format!("root {};", dist()?)),
        ],
    )?;
    fs::write(folder.join("site.conf"), site)?;
    let temporary: String = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
        .map(|name| format!("{name}_temp_path {}/{name};\n", folder.display()))
        .concat();
    // Files of the checkout may be readable by its owner only.
    let main = format!(
        "daemon off;\nuser root;\npid {0}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n\
         {temporary}include {0}/site.conf;\n}}\n",
        folder.display()
    );
    let main = if is_root() { main } else { main.replace("user root;\n", "") };
    fs::write(folder.join("nginx.conf"), main)?;
    let mut nginx = Command::new("nginx");
    nginx.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf"));
    started(nginx, folder, port, "nginx")
}

fn is_root() -> bool {
    fs::read_dir("/root").is_ok()
}

fn start_caddy(gateway: &str, framers: &str) -> Result<Server> {
    let port = free_port()?;
    let folder = folder(port)?;
    let site = configuration(
        "Caddyfile",
        framers,
        &[
            ("reverse_proxy 127.0.0.1:8088", format!("reverse_proxy {gateway}")),
            ("\n:80 {", format!("\nhttp://127.0.0.1:{port} {{")),
            ("root * /srv/saoma", format!("root * {}", dist()?)),
        ],
    )?;
    fs::write(folder.join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{site}"))?;
    let mut caddy = Command::new("caddy");
    caddy
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(folder.join("Caddyfile"))
        .env("XDG_DATA_HOME", &folder)
        .env("HOME", &folder);
    started(caddy, folder, port, "caddy")
}

fn started(mut command: Command, folder: PathBuf, port: u16, name: &str) -> Result<Server> {
    let log = fs::File::create(folder.join("log"))?;
    let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
    let child = child.with_context(|| format!("{name} cannot be started; `cargo xtask e2e` installs it with apt"))?;
    let server = Server { child, folder, port };
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = || fs::read_to_string(server.folder.join("log")).unwrap_or_default();
        ensure!(began.elapsed() < Duration::from_secs(10), "{name} does not listen: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(server)
}

/// A page of another origin frames that of an order: it is shown only where the merchant has said so, and else not even loaded.
async fn is_framed(stage: &Stage, start: Start) -> Result<()> {
    let gateway = stage.sandbox.address().to_string();
    let shop = stage.sandbox.origin();
    for (framers, is_allowed) in [(FRAMERS.to_owned(), false), (format!("{FRAMERS} {shop}"), true)] {
        let server = start(&gateway, &framers)?;
        let id = stage.order(Spec::default());
        stage.open("/sandbox/shop").await?;
        stage
            .eval(&format!(
                "(() => {{ const frame = document.createElement('iframe'); frame.onload = () => frame.dataset.loaded = ''; \
                 frame.src = 'http://127.0.0.1:{}/pay/{id}'; document.body.append(frame); return true; }})()",
                server.port
            ))
            .await?;
        // A page that is refused has an end of loading too.
        stage.until("document.querySelector('iframe[data-loaded]') !== null").await?;
        let asks = |stage: &Stage| stage.count(&id, Call::Info) > 0;
        if is_allowed {
            stage.until_here("the framed page asks for its order", asks).await?;
        } else {
            tokio::time::sleep(Duration::from_secs(2)).await;
            ensure!(!asks(stage), "{framers}: a page of {shop} has the order in a frame");
            // That it is refused is in the console, as it should be.
            let said = stage.console().await?;
            let is_why = said.iter().any(|line| line.contains("frame-ancestors"));
            ensure!(is_why || stage.engine() != Engine::Chromium, "something else refuses it: {said:?}");
        }
    }
    Ok(())
}

async fn serves(stage: &Stage, start: Start) -> Result<()> {
    let server = start(&stage.sandbox.address().to_string(), FRAMERS)?;
    let origin = format!("http://127.0.0.1:{}", server.port);
    let back = format!("{}/sandbox/shop", stage.sandbox.origin());
    // At the top, below another path, and by query.
    for path in ["/pay/", "/some/shop/pay/", "/?order_id="] {
        let id = stage.order(Spec { return_uri: Some(back.clone()), ..Spec::default() });
        stage.open_url(&format!("{origin}{path}{id}")).await?;
        stage.until_code().await?;
        stage.until_words().await?;
        stage.change(&id, |spec| spec.status = Stand::Paid)?;
        stage.until("location.pathname === '/sandbox/shop'").await?;
    }
    // What is asked below /api/ is never taken for a page.
    let id = stage.order(Spec { pay_type: String::new(), return_uri: Some(back), ..Spec::default() });
    stage.open_url(&format!("{origin}/shop/pay/{id}")).await?;
    stage.until("document.querySelector('.method[data-method=wxpay]') !== null").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    // A signed form goes to a path that looks like an order's.
    stage.open_url(&format!("{origin}{}", gateways::mapi_link(stage, &[]))).await?;
    stage.until_code().await?;
    stage.open_url(&format!("{origin}/shop/cashier/TEA")).await?;
    stage.until("document.querySelector('#entry') !== null").await?;
    stage.open_url(&format!("{origin}/pay/NOPE")).await?;
    stage.until_screen("not-found").await?;
    let of = |path: &str| {
        format!(
            "fetch('{path}', {{ method: '{}' }}).then((answer) => ({{ status: answer.status, caching: answer.headers.get('cache-control'), \
             type: answer.headers.get('content-type'), encoding: answer.headers.get('content-encoding'), frames: answer.headers.get('content-security-policy'), \
             permissions: answer.headers.get('permissions-policy'), referrer: answer.headers.get('referrer-policy'), \
             sniff: answer.headers.get('x-content-type-options') }}))",
            if path.starts_with("/api/") { "POST" } else { "GET" }
        )
    };
    let page = stage.eval(&of("/pay/X")).await?;
    let says = |answer: &Value, name: &str, wanted: &str| answer.get(name).and_then(Value::as_str) == Some(wanted);
    let is_page = page.get("status") == Some(&json!(200)) && text(&page, "type").starts_with("text/html");
    ensure!(is_page && says(&page, "caching", "no-cache") && says(&page, "sniff", "nosniff"), "the page: {page}");
    ensure!(says(&page, "referrer", "no-referrer") && text(&page, "permissions").contains("payment=()"), "the page: {page}");
    // The same as in the page, but for the hashes, which the page alone knows, and for who may frame it, which it cannot say.
    let own = stage.eval("document.querySelector('meta[http-equiv=Content-Security-Policy]').content").await?;
    let mut without_hashes: Vec<String> = own.as_str().unwrap_or_default().split("; ").map(without_hashes).collect();
    without_hashes.insert(without_hashes.len() - 1, FRAMERS.to_owned());
    ensure!(says(&page, "frames", &without_hashes.join("; ")), "the page: {page}, and its own: {own}");
    let files = stage
        .eval("performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => name.includes('/assets/'))")
        .await?;
    let files: Vec<&str> = files.as_array().into_iter().flatten().filter_map(|file| file.as_str()).collect();
    ensure!(files.len() >= 3, "script, application and words: {files:?}");
    for file in files {
        let answer = stage.eval(&of(file)).await?;
        ensure!(says(&answer, "caching", "public, max-age=31536000, immutable"), "{file}: {answer}");
        if file.ends_with(".wasm") {
            ensure!(says(&answer, "type", "application/wasm"), "{file}: {answer}");
            ensure!(["br", "gzip"].contains(&text(&answer, "encoding")), "it travels compressed: {file}: {answer}");
        }
    }
    let embed = stage.eval(&of("/assets/saoma-embed.js")).await?;
    ensure!(
        says(&embed, "caching", "no-cache") && embed.get("status") == Some(&json!(200)),
        "a name that stays is asked for each time: {embed}"
    );
    let api = stage.eval(&of("/api/order/info?_time=' + Date.now() + '")).await?;
    ensure!(says(&api, "caching", "no-store"), "an answer of the gateway: {api}");
    for missing in ["/nothing", "/assets/nothing-0123456789abcdef.js", "/pay/x/y/z", "/index.html.br"] {
        let answer = stage.eval(&of(missing)).await?;
        ensure!(answer.get("status") == Some(&json!(404)) && !text(&answer, "caching").contains("immutable"), "{missing}: {answer}");
    }
    // What was missing is in the console, as it should be.
    stage.console().await?;
    Ok(())
}

/// A directive with `'unsafe-inline'` in place of its hashes.
fn without_hashes(directive: &str) -> String {
    let mut words: Vec<&str> = directive.split(' ').filter(|word| !word.starts_with("'sha256-")).collect();
    if words.len() < directive.split(' ').count() {
        words.insert(2, "'unsafe-inline'");
    }
    words.join(" ")
}

fn text<'answer>(answer: &'answer Value, name: &str) -> &'answer str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}
