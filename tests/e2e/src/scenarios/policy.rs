//! The content security policy, tried from inside: what each of its directives forbids is attempted, and stopped by that directive.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Spec, Stand};
use serde_json::json;

use crate::{Stage, Suite, engine::Engine, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("policy_stops_what_it_forbids", Look { script: LISTENS, ..Look::desktop() }, stops_what_it_forbids);
    suite.add("policy_runs_nothing_that_was_altered", Look::desktop(), runs_nothing_else);
    suite.add("policy_runs_no_script_that_was_altered", Look::desktop(), runs_no_other_script);
    suite.add("policy_runs_no_script_in_a_frame_that_was_altered", Look::desktop(), runs_no_other_script_in_a_frame);
    suite.add("policy_runs_no_part_that_was_altered", Look::desktop(), runs_no_other_part);
    suite.add("policy_shows_no_words_that_were_altered", Look::desktop(), shows_no_other_words);
    suite.add("policy_checks_all_that_is_fetched", Look { script: KEEPS, ..Look::desktop() }, checks_all_that_is_fetched);
    suite.add("policy_lets_nobody_write_markup", Look::desktop(), lets_nobody_write_markup);
    suite.add("policy_of_hashes_covers_what_is_loaded", Look::desktop(), checks_what_is_loaded);
}

/// A module that is whole, and is not the one that was built, is not run; nor is it after a second look.
async fn runs_nothing_else(stage: &Stage) -> Result<()> {
    stage.alter(&["*/saoma-*.wasm", "*/draw-*.wasm"]);
    let id = stage.open_order(Spec::default()).await?;
    stage.until("document.documentElement.dataset.start === 'failed'").await?;
    ensure!(!stage.has("img.code").await?, "a code was drawn");
    ensure!(stage.count(&id, Call::Info) == 1 && stage.count(&id, Call::Status) == 0, "the application runs");
    stage.console().await?;
    Ok(())
}

/// Nor is a script.
async fn runs_no_other_script(stage: &Stage) -> Result<()> {
    stage.alter(&["*/saoma-*.js"]);
    let id = stage.open_order(Spec::default()).await?;
    stage.until("document.documentElement.dataset.start === 'failed'").await?;
    stage.console().await?;
    ensure!(stage.count(&id, Call::Status) == 0, "the application runs");
    Ok(())
}

/// Nor is the script for a frame: the shop's page is told nothing, and the order can be paid.
async fn runs_no_other_script_in_a_frame(stage: &Stage) -> Result<()> {
    stage.alter(&["*/saoma-embedded-*.js"]);
    *stage.sandbox.state().page_settings() = Some(format!(r#"{{"embed_origins": ["{}"]}}"#, stage.sandbox.origin()));
    let id = stage.order(Spec::default());
    stage.open("/sandbox/probe/script.js").await?;
    // Unaltered, it would say that it is here.
    stage.eval("(window.heard = [], addEventListener('message', ({ data }) => heard.push(data)), true)").await?;
    let open =
        format!("(document.body.append(Object.assign(document.createElement('iframe'), {{ src: '/pay/{id}', id: 'frame' }})), true)");
    stage.eval(&open).await?;
    stage.until("document.getElementById('frame').contentDocument.querySelector('img.code') !== null").await?;
    let mut said: Vec<String> = Vec::new();
    let end = Instant::now() + Duration::from_secs(20);
    while !said.iter().any(|line| line.contains("cannot speak to the one around it")) {
        ensure!(Instant::now() < end, "the console says {said:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        said.extend(stage.console().await?);
    }
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until("document.getElementById('frame').contentDocument.querySelector('[data-screen=paid]') !== null").await?;
    ensure!(stage.eval("window.heard").await? == json!([]), "the page around it is told something");
    Ok(())
}

/// Nor is a part of the application, which its loader has checked; the order is paid without it.
async fn runs_no_other_part(stage: &Stage) -> Result<()> {
    stage.alter(&["*/saoma-hints-*.wasm"]);
    let id = stage.open_order(Spec { pay_tip: "<b>x</b>".into(), ..Spec::default() }).await?;
    stage.until_code().await?;
    let mut said: Vec<String> = Vec::new();
    let end = Instant::now() + Duration::from_secs(20);
    // It is asked for three times, with pauses of one and three seconds.
    while said.iter().filter(|line| line.contains("a part of the page could not be loaded")).count() < 3 {
        ensure!(Instant::now() < end, "the console says {said:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
        said.extend(stage.console().await?);
    }
    ensure!(!said.iter().any(|line| line.contains("panicked") || line.contains("RuntimeError")), "the console says {said:?}");
    ensure!(!stage.has(".tips").await?, "the hints are shown");
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

/// Words say whom to pay and when: others than were built are not shown, and asked for again.
async fn shows_no_other_words(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { order_id: "77".into(), ..Spec::default() });
    let missing = "getComputedStyle(document.querySelector('.words-missing')).display !== 'none'";
    for (path, words) in [("/pay/", "*/locales/zh-CN-*"), ("/?gateway=anqi&pay_way=wechat&order_id=", "*/locales/zh-CN.full-*")] {
        stage.alter(&[words]);
        stage.open(&format!("{path}{id}")).await?;
        stage.until(missing).await.with_context(|| words)?;
        ensure!(stage.eval("document.querySelector('.page').dataset.words !== 'here'").await? == true, "{words}");
        stage.console().await?;
        stage.alter(&[]);
        stage.until_words().await.with_context(|| words)?;
        stage.until(&format!("!({missing})")).await?;
    }
    Ok(())
}

/// Keeps what is fetched of the page's own files, and the hash that it must have.
const KEEPS: &str = "window.fetched = []; const ask = window.fetch;
window.fetch = (what, options) => {
    const url = new URL(what, location);
    if (/[/]assets[/]/.test(url.pathname)) fetched.push([url.pathname.split('/assets/')[1], options?.integrity ?? '']);
    return ask(what, options);
};";

/// The application, its parts, what draws codes, and the words; scripts have their hashes in the page.
async fn checks_all_that_is_fetched(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { pay_tip: "<b>x</b>".into(), ..Spec::default() });
    let template = (format!("/pay/{id}"), vec!["saoma-hints-", "saoma-common-", "saoma-beside-shared-"], "zh-CN");
    let id = stage.order(Spec { order_id: "77".into(), ..Spec::default() });
    let other = (format!("/?gateway=anqi&order_id={id}&pay_way=wechat"), vec!["saoma-gateways-"], "zh-CN.full");
    for (path, parts, words) in [template, other] {
        stage.open(&path).await?;
        stage.until_words().await?;
        for part in ["saoma-", "draw-"].into_iter().chain(parts) {
            stage.until(&format!("fetched.some(([file]) => /^{part}[0-9a-f]+[.]wasm$/.test(file))")).await.with_context(|| path.clone())?;
        }
        stage.until(&format!("fetched.some(([file]) => file.startsWith('locales/{words}-'))")).await.with_context(|| path.clone())?;
        let unchecked = stage.eval("fetched.filter(([, hash]) => !/^sha256-[\\w+/]{43}=$/.test(hash))").await?;
        ensure!(unchecked == json!([]), "{path}: fetched unchecked: {unchecked}");
    }
    Ok(())
}

/// Notes what was stopped, and by which directive.
const LISTENS: &str = "window.stopped = []; addEventListener('securitypolicyviolation', ({ effectiveDirective }) => window.stopped.push(effectiveDirective));";

/// A directive, and what it forbids: a script that is left to run for itself.
const ATTEMPTS: [(&str, &str); 15] = [
    (
        "require-trusted-types-for",
        "const script = document.createElement('script'); script.append('window.ran = true'); document.body.append(script)",
    ),
    ("script-src-elem", "import('http://127.0.0.1:9/x.js').catch(() => {})"),
    (
        "style-src-elem",
        "const style = document.createElement('style'); style.append('body { display: none }'); document.head.append(style)",
    ),
    ("style-src-attr", "document.body.setAttribute('style', 'display: none')"),
    ("img-src", "new Image().src = 'http://127.0.0.1:9/x.png'"),
    ("media-src", "new Audio('http://127.0.0.1:9/x.wav').play().catch(() => {})"),
    ("connect-src", "fetch('http://127.0.0.1:9/').catch(() => {})"),
    ("connect-src", "new WebSocket('ws://127.0.0.1:9/')"),
    ("connect-src", "navigator.sendBeacon('http://127.0.0.1:9/')"),
    ("frame-src", "const frame = document.createElement('iframe'); frame.src = '/sandbox'; document.body.append(frame)"),
    // Some engines see to it by trusted types.
    ("object-src", "const object = document.createElement('object'); object.data = '/sandbox'; document.body.append(object)"),
    ("font-src", "new FontFace('x', 'url(/x.woff2)').load().catch(() => {})"),
    (
        "manifest-src",
        "const link = document.createElement('link'); link.rel = 'manifest'; link.href = '/x.json'; document.head.append(link)",
    ),
    ("base-uri", "const base = document.createElement('base'); base.href = '/elsewhere/'; document.head.append(base)"),
    (
        "form-action",
        "const form = document.createElement('form'); form.action = '/sandbox'; form.method = 'post'; document.body.append(form); form.submit()",
    ),
];

async fn stops_what_it_forbids(stage: &Stage) -> Result<()> {
    for (directive, attempt) in ATTEMPTS {
        // Firefox fetches no manifest on a computer, WebKit neither that nor sounds that may not play.
        let is_idle = match stage.engine() {
            Engine::Chromium => false,
            Engine::Firefox => directive == "manifest-src",
            // … and of a socket it throws without a report.
            Engine::WebKit => matches!(directive, "manifest-src" | "media-src") || attempt.contains("WebSocket"),
        };
        if is_idle {
            continue;
        }
        stage.open_order(Spec::default()).await?;
        stage.until_code().await?;
        ensure!(stage.eval("window.stopped.length === 0").await? == true, "something was stopped before {attempt}");
        stage.eval(&format!("(() => {{ try {{ {attempt} }} catch {{}} return true; }})()")).await?;
        stage.until(&format!("window.stopped.some((stopped) => stopped === '{directive}' || ('{directive}' === 'object-src' && stopped === 'require-trusted-types-for'))")).await.with_context(|| attempt)?;
        ensure!(stage.eval("window.ran === undefined && getComputedStyle(document.body).display !== 'none'").await? == true, "{attempt}");
        ensure!(stage.eval("location.pathname.startsWith('/pay/') && document.baseURI === location.href").await? == true, "{attempt}");
    }
    // The console names all of it, which is wanted here.
    stage.console().await?;
    Ok(())
}

/// Each way from a text to markup, to code or to the address of a script.
const SINKS: [&str; 12] = [
    "document.body.innerHTML = '<b>x</b>'",
    "document.body.outerHTML = '<b>x</b>'",
    "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "document.write('<b>x</b>')",
    "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
    "document.createRange().createContextualFragment('<b>x</b>')",
    "document.createElement('iframe').srcdoc = '<b>x</b>'",
    "document.createElement('script').src = '/x.js'",
    "document.createElement('script').textContent = 'x'",
    "new Worker('/x.js')",
    "setTimeout('window.ran = true')",
    "document.body.setAttribute('onclick', 'window.ran = true')",
];

async fn lets_nobody_write_markup(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    ensure!(stage.eval("typeof trustedTypes").await? == "object", "the engine knows trusted types");
    for sink in SINKS {
        let thrown =
            stage.eval(&format!("(() => {{ try {{ {sink}; return 'nothing'; }} catch (error) {{ return error.name; }} }})()")).await?;
        ensure!(thrown == "TypeError", "{sink} throws {thrown}");
    }
    ensure!(stage.eval("window.ran === undefined").await? == true);
    stage.console().await?;
    Ok(())
}

/// Every file that the page names carries its hash.
async fn checks_what_is_loaded(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    let files = "document.querySelectorAll('#saoma-glue, #saoma-embedded, link[as=fetch], link[rel=saoma-draw]').length";
    ensure!(stage.eval(files).await? == 4, "the glue, the script for a frame, the application and what draws codes");
    let unsealed = "[...document.querySelectorAll('script[src], link[rel=stylesheet], link[as=fetch], link[rel=saoma-draw]')]
        .filter((element) => !/^sha256-/.test(element.getAttribute('integrity'))).map(({ outerHTML }) => outerHTML).filter((element) => !element.includes('/sandbox/'))";
    let unsealed = stage.eval(unsealed).await?;
    ensure!(unsealed == json!([]), "without a seal: {unsealed}");
    Ok(())
}
