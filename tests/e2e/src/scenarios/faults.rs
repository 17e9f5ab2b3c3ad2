//! Bad networks, bad answers, bad clocks, late payments, hostile texts.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Code, Fault, Kind, Spec, Stand};

use crate::{Stage, Suite, screens, stage::Look};

pub(super) fn add(suite: &mut Suite) {
    suite.add("status_faults_are_survived", Look::desktop(), status_faults_are_survived);
    suite.add("the_line_to_the_gateway_lies_over_no_code", Look { height: 600, ..Look::phone() }, lies_over_no_code);
    suite.add("info_faults_are_survived", Look::desktop(), info_faults_are_survived);
    suite.add("a_dead_gateway_leaves_the_shopper_a_way", Look::desktop(), a_dead_gateway_leaves_the_shopper_a_way);
    suite.add("a_code_that_fails_can_be_asked_for_again", Look::desktop(), a_code_that_fails_can_be_asked_for_again);
    suite.add("a_slow_gateway_is_asked_once_at_a_time", Look::desktop(), a_slow_gateway_is_asked_once_at_a_time);
    suite.add("retry_after_is_kept_in_seconds_and_as_a_date", Look::desktop(), retry_after_is_kept);
    suite.add("an_expired_order_is_covered_and_still_paid_late", Look::desktop(), an_expired_order_is_covered_and_still_paid_late);
    suite.add("a_clock_that_is_a_day_off_changes_nothing", Look::desktop(), a_clock_that_is_a_day_off_changes_nothing);
    suite.add("a_device_that_slept_shows_no_old_code", Look { script: SLEEPS, ..Look::desktop() }, a_device_that_slept);
    for (name, blocked) in [
        ("an_order_is_paid_without_what_is_beside_the_page", &["*/saoma-beside-*"][..]),
        ("an_order_is_paid_without_its_hints", &["*/saoma-hints-*"]),
    ] {
        suite.add(name, Look { blocked, ..Look::desktop() }, an_order_is_paid_without_a_part);
    }
    suite.add("a_server_need_not_know_modules", Look::desktop(), a_server_need_not_know_modules);
    suite.add("hostile_texts_are_shown_as_text", Look::desktop(), hostile_texts_are_shown_as_text);
    suite.add("an_application_that_does_not_come_is_reported", Look { blocked: &["*.wasm"], ..Look::desktop() }, no_application);
    suite.add("an_application_that_is_broken_is_reported", Look { script: NO_MEMORY, ..Look::desktop() }, no_application);
    suite.add("a_browser_without_webassembly_is_told", Look { script: "delete window.WebAssembly;", ..Look::desktop() }, no_application);
    suite.add(
        "an_application_that_breaks_down_leaves_the_code",
        Look { script: CRASHES, ..Look::desktop() },
        an_application_that_breaks_down_leaves_the_code,
    );
}

fn fault(call: Call, from: u32, times: u32, kind: Kind) -> Fault {
    Fault { call: Some(call), from, times, kind }
}

fn replace(body: &str) -> Kind {
    Kind::Replace { body: body.into() }
}

fn status_code(code: u16) -> Kind {
    Kind::Status { body: None, code, retry_after: None }
}

/// Each of these, for one status question, and then a payment: the page must still be there to see it.
async fn status_faults_are_survived(stage: &Stage) -> Result<()> {
    let kinds = [
        status_code(500),
        Kind::Html,
        Kind::Truncate,
        Kind::Reset,
        Kind::Double,
        replace(""),
        replace("null"),
        replace(r#"{"code":200,"data":null}"#),
        replace(r#"{"code":200,"data":{"status":7}}"#),
        replace(r#"{"code":500,"message":"busy"}"#),
        Kind::Status {
            body: Some(r#"{"code":200,"data":{"status":2,"return_uri":"/x"}}"#.into()),
            code: 503,
            retry_after: Some("1".into()),
        },
    ];
    for kind in kinds {
        // A request that is cut on a used connection is sent again by the browser itself.
        let times = if kind == Kind::Reset { 2 } else { 1 };
        let spec = Spec { faults: vec![fault(Call::Status, 1, times, kind.clone())], pay_payed_wait_time: Some(60), ..Spec::default() };
        let id = stage.open_order(spec).await?;
        stage.until_code().await?;
        stage.until_here("status is asked again", |stage| stage.count(&id, Call::Status) >= 2).await?;
        ensure!(stage.has("img.code").await?, "the code stays after {kind:?}");
        stage.change(&id, |spec| spec.status = Stand::Paid)?;
        stage.until_screen("paid").await.with_context(|| format!("after {kind:?}"))?;
    }
    // Two in a row are said, and one good answer takes that back. What is being scanned does not move by it.
    const TOP: &str = "document.querySelector('img.code').getBoundingClientRect().top";
    let id = stage.open_order(Spec { faults: vec![fault(Call::Status, 1, 2, Kind::Html)], ..Spec::default() }).await?;
    stage.until_code().await?;
    let top = stage.eval(TOP).await?;
    stage.until_text("正在重新连接。如果您已经付款，付款不受影响，请勿重复付款。").await?;
    ensure!(stage.eval(TOP).await? == top, "the code has moved from {top}");
    stage.until("!document.body.innerText.includes('正在重新连接')").await?;
    ensure!(stage.count(&id, Call::Status) == 3);
    Ok(())
}

/// On the lowest screen on which it lies over the page, and in words that take three lines there.
async fn lies_over_no_code(stage: &Stage) -> Result<()> {
    const ROOM: &str = "document.querySelector('.connection').getBoundingClientRect().top - document.querySelector('img.code').getBoundingClientRect().bottom";
    for (query, words) in [("", "正在重新连接"), ("?lang=de", "Verbindung wird wiederhergestellt.")] {
        let id = stage.order(Spec { faults: vec![fault(Call::Status, 1, 99, Kind::Html)], ..screens::full() });
        stage.open(&format!("/pay/{id}{query}")).await?;
        stage.until_text(words).await?;
        ensure!(stage.eval("getComputedStyle(document.querySelector('.connection')).position").await? == "fixed");
        let room = stage.eval(ROOM).await?;
        ensure!(room.as_f64() > Some(0.0), "{words}: {room} px are between it and the code");
        ensure!(!stage.scan().await?.is_empty(), "{words}: the code can be scanned");
    }
    Ok(())
}

async fn info_faults_are_survived(stage: &Stage) -> Result<()> {
    for kind in [status_code(502), Kind::Html, Kind::Truncate, Kind::Reset, replace(r#"{"code":200,"data":{"status":9,"amount":1}}"#)] {
        let id = stage.open_order(Spec { faults: vec![fault(Call::Info, 1, 1, kind.clone())], ..Spec::default() }).await?;
        stage.until_code().await.with_context(|| format!("after {kind:?}"))?;
        ensure!(stage.count(&id, Call::Info) == 2 || kind == Kind::Reset);
    }
    Ok(())
}

async fn a_dead_gateway_leaves_the_shopper_a_way(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { faults: vec![fault(Call::Info, 1, 5, status_code(502))], ..Spec::default() }).await?;
    stage.until_text("网络不太顺畅，正在重试…").await?;
    stage.until_within(Duration::from_secs(30), "document.querySelector('[data-screen]')?.dataset.screen === 'unreachable'").await?;
    ensure!(stage.count(&id, Call::Info) == 5 && stage.records(&id).len() == 5);
    stage.until_text(&id).await?;
    stage.press(".button.primary").await?;
    stage.until_code().await
}

async fn a_code_that_fails_can_be_asked_for_again(stage: &Stage) -> Result<()> {
    let refusal = replace(r#"{"code":500,"message":"通道维护中","data":null}"#);
    let id = stage.open_order(Spec { faults: vec![fault(Call::Qrcode, 1, 1, refusal)], ..Spec::default() }).await?;
    stage.until_text("通道维护中").await?;
    stage.until_text("10.01").await?;
    stage.until_here("status is asked all the same", |stage| stage.count(&id, Call::Status) >= 1).await?;
    stage.press(".pay .button").await?;
    stage.until_code().await
}

async fn a_slow_gateway_is_asked_once_at_a_time(stage: &Stage) -> Result<()> {
    let slow = fault(Call::Status, 1, 0, Kind::Delay { ms: 3000 });
    let id = stage.open_order(Spec { faults: vec![slow], ..Spec::default() }).await?;
    stage.until_code().await?;
    // The shopper comes and goes meanwhile.
    for _ in 0..4 {
        stage.eval("window.dispatchEvent(new Event('focus'))").await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    stage.until_here("status is asked twice", |stage| stage.count(&id, Call::Status) >= 2).await?;
    Ok(())
}

async fn retry_after_is_kept(stage: &Stage) -> Result<()> {
    for (is_date, clock_offset) in [(false, 0), (true, 3600)] {
        // By the gateway's clock, which is an hour ahead of this machine's, that is in nine seconds.
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600 + 9));
        let retry_after = if is_date { date } else { "6".to_owned() };
        let kind = Kind::Status { body: None, code: 503, retry_after: Some(retry_after.clone()) };
        let spec = Spec { clock_offset, faults: vec![fault(Call::Status, 1, 1, kind)], ..Spec::default() };
        let id = stage.open_order(spec).await?;
        stage.until_code().await?;
        stage.until_here("status is asked", |stage| stage.count(&id, Call::Status) == 1).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        stage.eval("window.dispatchEvent(new Event('focus'))").await?;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        ensure!(stage.count(&id, Call::Status) == 1, "it is left alone for {retry_after}");
        stage.until_here("status is asked again", |stage| stage.count(&id, Call::Status) == 2).await?;
    }
    Ok(())
}

async fn an_expired_order_is_covered_and_still_paid_late(stage: &Stage) -> Result<()> {
    let code = Code { scheme: "https://pay.example/h5".into(), ..Code::default() };
    // Time enough for a browser that starts slowly, and too little for the first paint.
    let id = stage.open_order(Spec { code, expires_in: 8, pay_payed_wait_time: Some(60), ..Spec::default() }).await?;
    stage.until_code().await?;
    ensure!(stage.scan().await?.len() == 1);
    // Once it is covered it is not uncovered for a moment, when the gateway's clock is known better than before.
    let watch = "let isCovered = false; window.flashes = 0; new MutationObserver(() => {\
                 isCovered ||= document.querySelector('.plate.covered') !== null;\
                 window.flashes += isCovered && document.querySelector('img.code') !== null;\
                 }).observe(document.body, { childList: true, subtree: true })";
    stage.eval(&format!("(() => {{ {watch}; return true; }})()")).await?;
    stage.until_text("正在确认付款结果").await?;
    ensure!(!stage.has("img.code, a[data-wallet]").await?, "nothing to scan, nothing to open");
    ensure!(stage.scan().await?.is_empty(), "not even by a camera");
    let asked = stage.count(&id, Call::Status);
    tokio::time::sleep(Duration::from_secs(4)).await;
    ensure!(stage.eval("window.flashes").await? == 0, "it was uncovered again");
    ensure!(stage.count(&id, Call::Status) <= asked + 1, "the pace is slow now");
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_within(Duration::from_secs(15), "document.querySelector('[data-screen]')?.dataset.screen === 'paid'").await
}

/// The wall clock goes on while the device sleeps for so many milliseconds, and the monotonic one does not, as on some devices.
const SLEEPS: &str = "let slept = 0; const now = Date.now; Date.now = () => now() + slept; window.sleep = (ms) => (slept += ms);";

/// Nothing is answered after a sleep, and the code may be over: it is covered until the gateway says that it is not.
async fn a_device_that_slept(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { expires_in: 900, ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.until_here("its status is asked", |stage| stage.count(&id, Call::Status) >= 1).await?;
    stage.change(&id, |spec| spec.faults = vec![fault(Call::Status, 1, 0, Kind::Reset)])?;
    stage.eval("sleep(20 * 60 * 1000)").await?;
    stage.until("document.querySelector('img.code') === null && document.querySelector('.plate.covered') !== null").await?;
    stage.change(&id, |spec| spec.faults.clear())?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

async fn a_clock_that_is_a_day_off_changes_nothing(stage: &Stage) -> Result<()> {
    for clock_offset in [-86_400, 86_400] {
        let id = stage.open_order(Spec { clock_offset, expires_in: 600, ..Spec::default() }).await?;
        stage.until_code().await?;
        stage.until_whole().await?;
        let read = "(() => { const [m, s] = document.querySelector('.countdown bdi').textContent.split(':'); return m * 60 + +s; })()";
        let (shown, truth) = {
            let shown = stage.eval(read).await?.as_i64().context("the countdown is a number")?;
            let orders = stage.sandbox.state().orders();
            let order = orders.get(&id).context("the order is there")?;
            (shown, order.expire_time() - order.gateway_now())
        };
        ensure!((shown - truth).abs() <= 1, "{shown} s are shown, {truth} s are left");
    }
    Ok(())
}

/// Sound, the lock on the screen, other tabs, hints: a file that does not come costs what is in it, and nothing else.
async fn an_order_is_paid_without_a_part(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { pay_tip: "<b>x</b>".into(), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.until_whole().await?;
    for shown in [".countdown", ".sound", ".facts .copy"] {
        stage.until(&format!("document.querySelector('{shown}') !== null")).await?;
    }
    stage.press(".sound").await?;
    stage.until_here("it is asked where the order stands", |stage| stage.count(&id, Call::Status) >= 2).await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await
}

/// Old servers know nothing of WebAssembly.
async fn a_server_need_not_know_modules(stage: &Stage) -> Result<()> {
    stage.sandbox.state().probe().is_ignorant = true;
    an_order_is_paid_without_a_part(stage).await?;
    let kind = "fetch(document.querySelector('link[as=fetch]').href).then(({ headers }) => headers.get('content-type'))";
    stage.until(&format!("{kind}.then((kind) => kind === 'application/octet-stream')")).await?;
    let said = stage.console().await?;
    ensure!(said.iter().any(|line| line.contains("not as application/wasm")), "the merchant is told: {said:?}");
    Ok(())
}

async fn hostile_texts_are_shown_as_text(stage: &Stage) -> Result<()> {
    let markup = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\"'${alert(1)}";
    let text = || markup.to_owned();
    let code = Code { actual_account: text(), actual_account_type: text(), actual_amount: text(), content: text(), ..Code::default() };
    let spec = Spec {
        account_tip: text(),
        code,
        content: text(),
        pay_type: text(),
        pay_type_text: text(),
        subject: text(),
        tip_cover: 2,
        pay_tip: text(),
        ..Spec::default()
    };
    stage.open_order(spec).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('h1').textContent").await? == markup);
    ensure!(stage.eval("document.querySelectorAll('#app script, #app img:not(.code)').length").await? == 0);
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(stage.eval("window.hacked === undefined").await? == true);
    Ok(())
}

/// Instantiation fails, as it does for a file that breaks off or a device without memory.
const NO_MEMORY: &str = "
    const fail = () => Promise.reject(new RangeError('WebAssembly.Memory(): could not allocate memory'));
    WebAssembly.instantiate = fail;
    WebAssembly.instantiateStreaming = fail;
";

async fn no_application(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec::default()).await?;
    stage.until("document.documentElement.dataset.start === 'failed'").await?;
    let text = stage.text().await?;
    for part in ["页面无法运行", "The page cannot run", "刷新", id.as_str()] {
        ensure!(text.contains(part), "{part} is missing in\n{text}");
    }
    // What the first paint asks, and nothing more.
    ensure!(stage.sandbox.state().records().iter().all(|record| record.call != Call::Status));
    Ok(())
}

/// What the browser does when the application traps.
const CRASHES: &str =
    "window.crash = () => dispatchEvent(new ErrorEvent('error', { error: new WebAssembly.RuntimeError('out of bounds') }));";

/// A crash of the running application is said, and what was drawn can still be scanned.
async fn an_application_that_breaks_down_leaves_the_code(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    stage.eval("window.crash()").await?;
    stage.until_text("页面无法运行").await?;
    ensure!(stage.scan().await?.len() == 1, "the code is still there");
    // The console names the crash, which is wanted here.
    stage.console().await?;
    Ok(())
}
