//! What is on the screen before the application has come, and how the application takes it over.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Code, Fault, Kind, Spec, Stand};
use serde_json::{Value, json};

use crate::{
    Stage, Suite,
    engine::Engine,
    stage::{Agent, Look, Rules},
};

pub(super) fn add(suite: &mut Suite) {
    suite.add("first_paint_shows_what_the_application_shows", Look::desktop(), shows_what_the_application_shows);
    suite.add("first_paint_shows_what_the_application_shows_on_a_phone", Look::phone(), shows_what_the_application_shows);
    suite.add("first_paint_speaks_the_language_of_the_application", Look::desktop(), speaks_the_language_of_the_application);
    suite.add("first_paint_is_taken_over_without_a_second_question", Look { script: WATCH, ..Look::desktop() }, is_taken_over);
    suite.add("first_paint_is_taken_over_on_a_phone", Look { script: WATCH, ..Look::phone() }, is_taken_over);
    suite.add("first_paint_may_come_after_the_application", Look { script: WATCH, ..Look::desktop() }, may_come_late);
    suite.add("first_paint_waits_for_nobody_to_look", Look { script: UNSEEN, ..Look::desktop() }, waits_for_nobody_to_look);
    suite.add("first_paint_that_fails_is_made_up_for", Look::desktop(), that_fails_is_made_up_for);
    for (name, script) in BROKEN {
        // A language for which the browser is asked how amounts are written.
        suite.add(name, Look { language: "de-DE", script, ..Look::desktop() }, is_not_needed);
    }
    suite.add("first_paint_may_break_down_at_once", Look { script: NO_SHELL, ..Look::desktop() }, may_break_down);
    suite.add(
        "first_paint_shows_no_code_without_its_amount",
        Look { blocked: &["*/saoma-*.wasm"], language: "de-DE", script: NO_FORMATS, ..Look::desktop() },
        shows_no_code_without_its_amount,
    );
    suite.add("first_paint_writes_amounts_as_the_browser_does", Look::desktop(), writes_amounts_as_the_browser_does);
    suite.add("first_paint_is_payable_without_the_application", Look { blocked: &["*/saoma-*.wasm"], ..Look::desktop() }, is_payable);
    suite.add("first_paint_is_laid_out_once_the_code_is_asked_for", Look { script: ASKED, ..Look::phone() }, is_laid_out_in_time);
    suite.add("first_paint_covers_what_is_over", Look { blocked: &["*/saoma-*.wasm"], ..Look::desktop() }, covers_what_is_over);
    suite.add("first_paint_asks_no_other_gateway", Look { blocked: &["*/saoma-*.wasm"], ..Look::desktop() }, asks_no_other_gateway);
    suite.add("first_paint_leaves_a_second_visit_to_the_order_calls", Look::desktop(), second_visit);
    let wechat = Look { agent: Some(Agent::WeChat), script: WATCH, ..Look::phone() };
    suite.add("first_paint_draws_no_code_inside_an_app", wechat, draws_no_code_inside_an_app);
}

/// Each breaks something that the first paint needs and the application does not.
const BROKEN: [(&str, &str); 5] = [
    ("first_paint_without_url_search_params", "delete window.URLSearchParams;"),
    (
        "first_paint_without_its_module",
        "const ask = fetch; window.fetch = (url, ...rest) => (/draw-/.test(url) ? Promise.reject(new TypeError('gone')) : ask(url, ...rest));",
    ),
    (
        "first_paint_without_an_end_of_its_module",
        "const ask = fetch; window.fetch = (url, ...rest) => (/draw-/.test(url) ? new Promise(() => {}) : ask(url, ...rest));",
    ),
    (
        "first_paint_without_json",
        "const parse = JSON.parse; JSON.parse = (text) => { if (text.includes('trade_amount')) throw new Error('broken'); return parse(text); };",
    ),
    (
        "first_paint_without_number_formats",
        "const format = Intl.NumberFormat; let made = 0; Intl.NumberFormat = function (...all) { if (!made++) throw new Error('broken'); return new format(...all); };",
    ),
];

/// What draws finds nothing to draw into: once, so that the application finds it.
const NO_SHELL: &str = "const find = Document.prototype.getElementById; let asked = 0;
Document.prototype.getElementById = function (id) { if (id === 'shell' && !asked++) throw new Error('broken'); return find.call(this, id); };";

const NO_FORMATS: &str = "Intl.NumberFormat = function () { throw new Error('broken'); };";

/// Keeps every layout shift that no press has brought about, and the image that was drawn first.
const WATCH: &str = "window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((shift) => [shift.value, ...shift.sources.map((source) => source.node?.className ?? 'gone')])))
    .observe({ type: 'layout-shift', buffered: true });
new MutationObserver((changes, observer) => {
    const image = document.querySelector('img.code');
    if (!image) return;
    window.drawnFirst = image;
    window.drawnBefore = document.documentElement.dataset.start !== 'done';
    observer.disconnect();
}).observe(document, { childList: true, subtree: true });";

/// A page that is not seen until `see` is called; until then, a timer without a delay never comes, as one of a page that has long not
/// been seen comes late.
const UNSEEN: &str = "let isSeen = false;
const get = (name, get) => Object.defineProperty(Document.prototype, name, { configurable: true, get });
get('hidden', () => !isSeen);
get('visibilityState', () => (isSeen ? 'visible' : 'hidden'));
window.see = () => { isSeen = true; document.dispatchEvent(new Event('visibilitychange')); return true; };
const later = setTimeout;
window.setTimeout = (act, delay, ...rest) => later(isSeen || delay > 0 ? act : () => {}, delay, ...rest);";

/// The application never comes. Keeps when each call is made, and whether the card is laid out then.
const ASKED: &str = "window.asked = {};
const ask = fetch;
window.fetch = (url, ...rest) => {
    const call = /order\\/(\\w+)/.exec(url);
    if (call) asked[call[1]] = [performance.now(), document.getElementById('app')?.offsetHeight ?? null];
    return /saoma-.*\\.wasm/.test(url) ? new Promise(() => {}) : ask(url, ...rest);
};";

/// What a shopper sees of an order: the amount, what it is for, and the code with where it stands.
const SEEN: &str = "(() => {
    const image = document.querySelector('#app img.code'), place = image?.getBoundingClientRect();
    return {
        amount: [document.querySelector('#app .amount')?.textContent, document.querySelector('#app .amount')?.className],
        subject: document.querySelector('#app h1')?.textContent,
        code: image && [image.getAttribute('src'), image.parentElement.className, place.x, place.y, place.width],
    };
})()";

/// Answers, by what is merged into that of `info` and what is paid with; and whether the first paint draws a code of it.
fn answers() -> Vec<(Value, Code, [bool; 2])> {
    let text = |text: &str| Code { qrcode: Some(text.into()), ..Code::default() };
    let ready = |data: &str| Code { qrcode_data: Some(data.into()), ..Code::default() };
    let kind = |kind: &str| Code { r#type: kind.into(), content: "words".into(), ..text("wxp://f2f0AbC") };
    const PICTURE: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E";
    const BOTH: [bool; 2] = [true, true];
    const NONE: [bool; 2] = [false, false];
    const COMPUTER: [bool; 2] = [true, false];
    vec![
        (json!({}), text("https://qr.alipay.com/bax0"), BOTH),
        (json!({}), text("wxp://f2f0AbC"), BOTH),
        (json!({}), text(" wxp://f2f0AbC "), BOTH),
        (json!({}), text("/pay/h5/1?a=b"), BOTH),
        (json!({}), text("//elsewhere.example/x.png"), BOTH),
        (json!({}), text(&"x".repeat(181)), BOTH),
        (json!({}), text(&"x".repeat(2331)), NONE),
        (json!({}), text(&"x".repeat(2000)), BOTH),
        (json!({}), text("茶"), NONE),
        (json!({}), text("data:text/html,x"), NONE),
        (json!({}), ready(PICTURE), BOTH),
        (json!({}), ready("/sandbox/logo/alipay.svg?v=1#x"), BOTH),
        (json!({}), ready("https://qr.alipay.com/bax0?a=.png"), BOTH),
        (json!({}), ready("http://a@b.example/x.png"), NONE),
        (json!({}), Code { qrcode: Some("wxp://x".into()), ..ready("data:text/plain,x") }, BOTH),
        (json!({}), opened_by("alipays://platformapi/startapp?appId=1"), BOTH),
        // One that only starts the app, one that cannot be followed, and pages.
        (json!({}), opened_by("alipays://platformapi/startapp?saId=10000007"), BOTH),
        (json!({}), opened_by("javascript:alert(1)"), BOTH),
        (json!({}), opened_by(" HTTPS://pay.example/h5"), COMPUTER),
        (json!({}), Code { uri: "https://pay.example/h5".into(), ..text("https://pay.example/x") }, COMPUTER),
        (json!({}), Code { actual_amount: "1.5".into(), ..text("TXyz") }, NONE),
        (json!({}), Code { actual_account: "TXyz".into(), ..text("TXyz") }, NONE),
        (json!({}), kind("qrcode"), BOTH),
        (json!({}), kind("text"), NONE),
        (json!({}), kind("tip_error"), NONE),
        (json!({}), kind("error"), NONE),
        (json!({ "trade_amount": "123456", "amount": 1 }), text("wxp://x"), BOTH),
        // A time in milliseconds: one that is over, and one that is to come.
        (json!({ "expire_time": 1_717_220_000_123_i64 }), text("wxp://x"), NONE),
        (json!({ "expire_time": 4_102_444_800_000_i64 }), text("wxp://x"), BOTH),
        (json!({ "trade_amount": 0, "amount": 12_345_678_900_i64 }), text("wxp://x"), BOTH),
        (json!({ "subject": " 一杯 <b>茶</b> " }), text("wxp://x"), BOTH),
        (json!({ "status": "1" }), text("wxp://x"), BOTH),
        (json!({ "status": 2 }), text("wxp://x"), NONE),
        (json!({ "status": 7 }), text("wxp://x"), NONE),
        (json!({ "trade_amount": "1e3" }), text("wxp://x"), NONE),
        (json!({ "expire_time": 1 }), text("wxp://x"), NONE),
    ]
}

/// A code that a link stands for too.
fn opened_by(scheme: &str) -> Code {
    Code { qrcode: Some("https://qr.alipay.com/bax0".into()), scheme: scheme.into(), ..Code::default() }
}

/// The same answers, shown by the first paint alone and by the application alone.
async fn shows_what_the_application_shows(stage: &Stage) -> Result<()> {
    let on_phone = stage.size().0 < 600;
    for (info, code, draws) in answers() {
        let [on_computer, on_touch] = draws;
        let draws = if on_phone { on_touch } else { on_computer };
        let about = format!("{info} {code:?}");
        let spec = || Spec {
            code: code.clone(),
            merge: [("info".to_owned(), info.clone())].into(),
            return_uri: Some(String::new()),
            ..Spec::default()
        };
        stage.block(&["*/saoma-*.wasm"]);
        let id = stage.open_order(spec()).await?;
        stage.until("document.documentElement.dataset.start === 'failed'").await.with_context(|| about.clone())?;
        stage.until("saomaFirstPaint.done.then(() => true)").await.with_context(|| about.clone())?;
        let first = stage.eval(SEEN).await?;
        ensure!(first.get("code").is_some_and(Value::is_array) == draws, "{about}: drawn is {first}");
        stage.block(&[]);
        if !draws {
            continue;
        }
        // The number stands in no picture, but may in an address.
        stage.change(&id, |spec| spec.faults.clear())?;
        stage.run_before("delete window.URLSearchParams;");
        stage.reload().await?;
        stage
            .until("document.documentElement.dataset.start === 'done' && document.querySelector('.page')?.dataset.words === 'here'")
            .await?;
        stage.until("document.querySelector('img.code')?.getAttribute('src') != null").await.with_context(|| about.clone())?;
        let then = stage.eval(SEEN).await?;
        ensure!(first == then, "{about}:\nthe first paint shows {first}\nthe application shows {then}");
        stage.run_before("");
    }
    Ok(())
}

/// Languages of the browser, of the link and of the settings: the first paint writes amounts as the application does.
async fn speaks_the_language_of_the_application(stage: &Stage) -> Result<()> {
    for (query, languages, settings) in [
        ("", "zh-CN", ""),
        ("", "zh-HK,en", ""),
        ("", "zh-Hans-TW", ""),
        ("", "de-AT", ""),
        ("", "en-US", ""),
        ("", "ko", ""),
        ("", "ms", ""),
        ("", "th", ""),
        ("", "in", ""),
        ("", "pt-PT", ""),
        ("", "xx,fr", ""),
        ("", "xx", ""),
        ("", "ar-EG", ""),
        ("?lang=ja", "de", ""),
        ("?lang=zh_tw", "de", ""),
        ("?lang=xx", "hi", ""),
        ("", "de", r#"{"locale":"TH"}"#),
        ("?lang=fa", "de", r#"{"locale":"th"}"#),
        ("", "vi", r#"{"locale":"en-GB"}"#),
    ] {
        *stage.sandbox.state().page_settings() = (!settings.is_empty()).then(|| settings.to_owned());
        stage.speak(languages).await?;
        let id = stage.order(Spec { amount: 123_456, ..Spec::default() });
        stage.open(&format!("/pay/{id}{query}")).await?;
        stage.until("saomaFirstPaint.done.then(() => true)").await?;
        let first = stage.eval("saomaFirstPaint.code?.image.alt").await?;
        ensure!(first.is_string(), "{query} {languages} {settings}: nothing is drawn");
        stage.until_words().await?;
        stage.until("document.querySelector('[data-screen]')?.dataset.screen === 'awaiting'").await?;
        let then = stage.eval("document.querySelector('.amount').textContent").await?;
        let shown = stage.eval("saomaFirstPaint.amount").await?;
        ensure!(shown == then, "{query} {languages} {settings}: first {shown}, then {then}");
    }
    Ok(())
}

/// … and not only in the languages in which it is asked.
async fn writes_amounts_as_the_browser_does(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_languages().await?;
    let other = "[...document.querySelectorAll('option')].map(({ value }) => value).flatMap((tag) => {
        const format = new Intl.NumberFormat(tag + '-u-nu-latn', { style: 'currency', currency: 'CNY' });
        return ['1', '10', '100', '1001', '99999', '100000', '123456789', '9999999999999'].map((fen) => [
            tag, saomaFirstPaint.money(tag, fen), format.format(fen.padStart(3, '0').replace(/(..)$/, '.$1'))]);
    })";
    let written = stage.eval(other).await?;
    let written = written.as_array().context("no list")?.clone();
    ensure!(written.len() >= 20 * 8, "only {} are compared", written.len());
    for amount in written {
        ensure!(amount.get(1) == amount.get(2), "{amount}");
    }
    Ok(())
}

/// Nobody is to pay what is not said.
async fn shows_no_code_without_its_amount(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until("document.documentElement.dataset.start === 'failed'").await?;
    ensure!(!stage.has("img.code").await?);
    ensure!(!stage.text().await?.contains("您可以扫描上方二维码付款"));
    Ok(())
}

async fn is_taken_over(stage: &Stage) -> Result<()> {
    let with = |code: &str, spec: Spec| Spec { code: Code { qrcode: Some(code.into()), ..Code::default() }, ..spec };
    for spec in [
        with("https://qr.alipay.com/bax0", Spec::default()),
        with("wxp://f2f0AbC", Spec { pay_type: "wxpay".into(), trade_amount: Some(999), subject: "一杯茶".into(), ..Spec::default() }),
        with("https://qr.alipay.com/bax0", Spec { subject: "很长的名字".repeat(12), service_qq: "12345".into(), ..Spec::default() }),
        Spec { code: opened_by("alipays://platformapi/startapp?saId=10000007&qrcode=x"), ..Spec::default() },
        Spec { code: opened_by("alipays://platformapi/startapp?saId=10000007"), ..Spec::default() },
    ] {
        let id = stage.open_order(spec).await?;
        stage.until_code().await?;
        stage.until("document.querySelector('[data-screen]')?.dataset.screen === 'awaiting'").await?;
        stage.until_here("status is asked", |stage| stage.count(&id, Call::Status) >= 1).await?;
        for call in [Call::Info, Call::Qrcode, Call::Audio] {
            ensure!(stage.count(&id, call) == 1, "{call:?} is asked {} times", stage.count(&id, call));
        }
        ensure!(stage.eval("drawnBefore").await? == json!(true), "the code was there before the application");
        ensure!(stage.eval("drawnFirst === document.querySelector('img.code')").await? == json!(true), "and is the same one still");
        // A name of two lines in place of one moves itself, by half a line; and the row of the prompt, which is asked for last,
        // moves what is below it.
        let shifts = stage.eval("shifts").await?;
        let code = "shifts.filter(([_, ...moved]) => moved.some((name) => /amount|due|lead|pay|plate|scan/.test(name)))";
        ensure!(stage.eval(code).await? == json!([]), "the code and the amount stay where they are: {shifts}");
        let moved: f64 = stage.eval("shifts.reduce((sum, [value]) => sum + value, 0)").await?.as_f64().context("no sum")?;
        ensure!(moved < 0.01, "hardly anything moves: {shifts}");
        let words =
            stage.eval("performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/locales/')).length").await?;
        ensure!(words == json!(1), "the words are loaded once, not {words} times");
        stage.change(&id, |spec| spec.status = Stand::Paid)?;
        stage.until_screen("paid").await?;
    }
    Ok(())
}

/// The order is slow, and the application is there first: it waits for the same answers.
async fn may_come_late(stage: &Stage) -> Result<()> {
    let late = |call| Fault { call: Some(call), from: 1, times: 1, kind: Kind::Delay { ms: 2500 } };
    for call in [Call::Info, Call::Qrcode] {
        let id = stage.open_order(Spec { faults: vec![late(call)], ..Spec::default() }).await?;
        stage.until("document.documentElement.dataset.start === 'done'").await?;
        ensure!(!stage.has("img.code").await?, "the application is first");
        stage.until_code().await?;
        for call in [Call::Info, Call::Qrcode, Call::Audio] {
            ensure!(stage.count(&id, call) == 1, "{call:?} is asked {} times", stage.count(&id, call));
        }
    }
    Ok(())
}

/// A page that was opened in a tab behind is ready when the shopper comes to it, and asks at once whether the order is paid.
async fn waits_for_nobody_to_look(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec::default()).await?;
    stage.until("document.documentElement.dataset.start === 'done'").await?;
    stage.until_code().await?;
    stage.until_words().await?;
    ensure!(stage.count(&id, Call::Info) == 1 && stage.count(&id, Call::Qrcode) == 1, "nothing is asked twice");
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    let asked = stage.count(&id, Call::Status);
    ensure!(stage.eval("see()").await? == true);
    stage.until_screen("paid").await?;
    ensure!(stage.count(&id, Call::Status) == asked + 1, "asked once more, when it is seen");
    Ok(())
}

/// An early question that fails is asked again; a refusal is the gateway's word.
async fn that_fails_is_made_up_for(stage: &Stage) -> Result<()> {
    let fails = |call, kind| vec![Fault { call: Some(call), from: 1, times: 1, kind }];
    for (faults, call) in [
        (fails(Call::Info, Kind::Truncate), Call::Info),
        (fails(Call::Info, Kind::Html), Call::Info),
        (fails(Call::Qrcode, Kind::Truncate), Call::Qrcode),
        (fails(Call::Qrcode, Kind::Status { body: None, code: 502, retry_after: None }), Call::Qrcode),
        (fails(Call::Audio, Kind::Truncate), Call::Audio),
    ] {
        let id = stage.open_order(Spec { faults: faults.clone(), ..Spec::default() }).await?;
        stage.until_code().await.with_context(|| format!("{faults:?}"))?;
        stage.until_here("it is asked again", |stage| stage.count(&id, call) >= 2).await.with_context(|| format!("{faults:?}"))?;
        ensure!(stage.count(&id, call) == 2, "{faults:?}: asked {} times", stage.count(&id, call));
    }
    Ok(())
}

/// Whatever is missing for the first paint, the application does it all.
async fn is_not_needed(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { code: Code { qrcode: Some("wxp://f2f0AbC".into()), ..Code::default() }, ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.scan().await? == ["wxp://f2f0AbC"]);
    ensure!(stage.count(&id, Call::Info) == 1 && stage.count(&id, Call::Qrcode) <= 2);
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

/// What draws throws in its first line: the application draws, and has its words.
async fn may_break_down(stage: &Stage) -> Result<()> {
    stage.open_order(Spec { code: Code { qrcode: Some("wxp://f2f0AbC".into()), ..Code::default() }, ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.until_words().await?;
    ensure!(stage.scan().await? == ["wxp://f2f0AbC"]);
    let said = stage.console().await?;
    ensure!(said.iter().any(|line| line.contains("broken")), "the console says {said:?}");
    Ok(())
}

async fn is_payable(stage: &Stage) -> Result<()> {
    let code = Code { qrcode: Some("https://qr.alipay.com/bax0".into()), ..Code::default() };
    stage.open_order(Spec { code, subject: "一杯茶".into(), amount: 1000, ..Spec::default() }).await?;
    stage.until("document.documentElement.dataset.start === 'failed'").await?;
    stage.until("document.querySelector('img.code')?.naturalWidth > 0").await?;
    ensure!(stage.scan().await? == ["https://qr.alipay.com/bax0"], "the code can be scanned");
    let text = stage.text().await?;
    for part in ["一杯茶", "10.00", "您可以扫描上方二维码付款"] {
        ensure!(text.contains(part), "{part} is missing: {text}");
    }
    ensure!(stage.axe(Rules::All).await?.is_empty(), "{:?}", stage.axe(Rules::All).await?);
    Ok(())
}

/// Layout does not stand between the order and its code, but where the gateway is slow, what there is is shown meanwhile.
async fn is_laid_out_in_time(stage: &Stage) -> Result<()> {
    const CODE: &str = "document.querySelector('img.code')?.naturalWidth > 0";
    stage.open_order(Spec::default()).await?;
    stage.until(CODE).await?;
    let height = stage.eval("asked.qrcode[1]").await?;
    let waited = stage.eval("asked.qrcode[0] - asked.info[0]").await?;
    ensure!(height == 0 || waited.as_f64() > Some(300.0), "after {waited} ms it is {height} high before the code is asked for");
    let late = |call| Fault { call: Some(call), from: 1, times: 1, kind: Kind::Delay { ms: 2500 } };
    stage.open_order(Spec { amount: 1000, faults: vec![late(Call::Info), late(Call::Qrcode)], ..Spec::default() }).await?;
    stage.until("document.querySelector('#shell .plate')?.offsetWidth > 0").await?;
    ensure!(stage.eval("asked.qrcode === undefined").await? == true, "there is something to see before the order is known");
    stage.until("document.querySelector('#shell .amount')?.innerText.includes('10.00')").await?;
    ensure!(!stage.has("img.code").await?, "the amount is seen before the code");
    stage.until(CODE).await
}

/// Without the application nobody else would take the code away.
async fn covers_what_is_over(stage: &Stage) -> Result<()> {
    stage.open_order(Spec { expires_in: 13, ..Spec::default() }).await?;
    stage.until("document.querySelector('img.code') !== null").await?;
    stage.until_within(Duration::from_secs(20), "document.querySelector('img.code') === null").await?;
    ensure!(!stage.text().await?.contains("您可以扫描上方二维码付款"));
    // Of one that is over by the time its code comes there is none.
    let late = Fault { call: Some(Call::Qrcode), from: 1, times: 1, kind: Kind::Delay { ms: 5000 } };
    stage.open_order(Spec { expires_in: 14, faults: vec![late], ..Spec::default() }).await?;
    stage.until("saomaFirstPaint.done.then(() => true)").await?;
    ensure!(!stage.has("img.code").await?, "nine seconds are left");
    // Of one that is nearly over there is none to begin with.
    stage.open_order(Spec { expires_in: 4, ..Spec::default() }).await?;
    stage.until("saomaFirstPaint.done.then(() => true)").await?;
    ensure!(!stage.has("img.code").await?);
    Ok(())
}

async fn asks_no_other_gateway(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec::default());
    for (path, settings) in [
        (format!("/pay/{id}?gateway=mapi"), ""),
        (format!("/pay/{id}?gateway=%20anqi"), ""),
        (format!("/pay/{id}"), r#"{"gateway":"instant"}"#),
        (format!("/pay/{id}"), r#"{"gateway":7}"#),
        (format!("/pay/{id}"), r#"{"api":"//elsewhere.example"}"#),
        (format!("/pay/{id}"), r#"{"api":"/x?y"}"#),
        (format!("/pay/separate/{id}"), ""),
        (format!("/pay/status?order_id={id}"), ""),
        ("/cashier/K1".to_owned(), ""),
        ("/".to_owned(), ""),
        ("/?order_id=a%20b".to_owned(), ""),
        ("/?order_id=%E8%8C%B6".to_owned(), ""),
    ] {
        *stage.sandbox.state().page_settings() = (!settings.is_empty()).then(|| settings.to_owned());
        stage.open(&path).await?;
        stage.until("saomaFirstPaint.done.then(() => true)").await?;
        let asked = stage
            .eval("performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/order/')).map((entry) => entry.name)")
            .await?;
        ensure!(asked == json!([]), "{path} {settings}: {asked}");
        // Other gateways have more words.
        let words = if stage.eval("saomaFirstPaint.isKnown").await? == true { "zh-CN-" } else { "zh-CN.full-" };
        let is_here = format!("performance.getEntriesByType('resource').some((entry) => entry.name.includes('/locales/{words}'))");
        stage.until(&is_here).await.with_context(|| format!("{path} {settings}"))?;
    }
    Ok(())
}

/// The second load takes nothing over the network but the page itself, which is asked whether it has changed, and the calls.
async fn second_visit(stage: &Stage) -> Result<()> {
    let asked = || stage.sandbox.state().probe().take_asked();
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    stage.until_languages().await?;
    let first = asked();
    let each: BTreeSet<&String> = first.iter().collect();
    ensure!(each.len() >= 4 && each.len() == first.len(), "each file is asked for once: {first:?}");
    // Browsers write their caches when they have nothing else to do.
    tokio::time::sleep(Duration::from_secs(1)).await;
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    stage.until_languages().await?;
    // WebKit keeps no words.
    let second: Vec<String> = asked().into_iter().filter(|path| stage.engine() != Engine::WebKit || !path.contains("/locales/")).collect();
    ensure!(second.is_empty(), "{second:?}");
    Ok(())
}

async fn draws_no_code_inside_an_app(stage: &Stage) -> Result<()> {
    stage.open_order(Spec { pay_type: "wxpay".into(), ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.eval("drawnBefore").await? == json!(false));
    Ok(())
}
