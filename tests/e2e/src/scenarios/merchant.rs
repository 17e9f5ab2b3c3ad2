//! What a merchant sets up: settings, the theme, and the pages without a code.

use anyhow::{Context, Result, ensure};
use sandbox::{CASHIER, Call, Fault, Kind, Spec, Stand, ThemeKind, check_theme};
use serde_json::json;
use thirtyfour::Key;

use crate::{
    Stage, Suite,
    stage::{Look, Rules, themes},
};

const SHOP: &str = r##"{
    "$schema": "settings.schema.json", "title": "茶馆 <b>Tea</b>", "logo": "/sandbox/logo/alipay.svg", "brand": "#ffd400", "preset": "jade",
    "radius": 4, "stylesheet": "/sandbox/custom.css", "font": "Georgia, serif", "back": "/sandbox/shop?back=1", "sound": false,
    "messages": {"awaiting": {"zh-CN": "当天发货", "en": "Sent today"}, "closed": "再来"},
    "support": {"wechat": "tea_shop", "phone": "+86 400 123", "email": "help@tea.example", "url": "/sandbox/shop?help=1", "qq": "123456"}
}"##;

const BAD: &str = r##"{
    "brand": "yellowish", "preset": "pink", "radius": "99px", "back": "javascript:alert(1)", "logo": "https://evil.example/x.png",
    "support": {"email": "a@b?cc=c", "fax": "1"}, "stylesheet": "//evil.example/x.css", "embed_origins": ["https://*.example"], "colour": "red"
}"##;

/// Notes the page's events before anything else runs.
const LISTENS: &str = "window.heard = []; document.addEventListener('saoma:screen', ({ detail }) => window.heard.push(detail));";

pub(super) fn add(suite: &mut Suite) {
    suite.add("settings_make_the_page_the_shops", Look { settings: SHOP, ..Look::desktop() }, settings_make_the_page_the_shops);
    suite.add("settings_that_are_no_good_are_named", Look { settings: BAD, ..Look::desktop() }, settings_that_are_no_good_are_named);
    suite.add(
        "settings_that_are_no_json_are_named",
        Look { settings: "{\"title\": \"x\",}", ..Look::desktop() },
        settings_that_are_no_json,
    );
    suite.add(
        "a_shopper_goes_to_hosts_of_the_shop_only",
        Look { settings: r#"{"return_hosts": ["shop.example"]}"#, ..Look::desktop() },
        a_shopper_goes_to_hosts_of_the_shop_only,
    );
    suite.add("a_shop_is_told_which_screen_is_shown", Look { script: LISTENS, ..Look::desktop() }, a_shop_is_told_which_screen_is_shown);
    suite.add("a_method_is_chosen_by_keyboard", Look::desktop(), a_method_is_chosen_by_keyboard);
    suite.add("a_choice_that_fails_can_be_made_again", Look::phone(), a_choice_that_fails_can_be_made_again);
    suite.add("a_cashier_takes_an_amount_to_the_fen", Look::phone(), a_cashier_takes_an_amount_to_the_fen);
    suite.add("a_cashier_takes_an_amount_without_envelope", Look { flat: true, ..Look::phone() }, a_cashier_takes_an_amount_to_the_fen);
    suite.add("an_unknown_cashier_is_said_to_be", Look::desktop(), an_unknown_cashier_is_said_to_be);
    suite.add("a_link_that_claims_a_payment_is_not_believed", Look::desktop(), a_link_that_claims_a_payment_is_not_believed);
    let theme = || Look { theme: true, ..Look::desktop() };
    suite.add("the_theme_shows_the_order_before_it_asks", theme(), the_theme_shows_the_order_before_it_asks);
    suite.add("the_theme_is_paid_through", Look { theme: true, ..Look::phone() }, the_theme_is_paid_through);
    suite.add("the_theme_works_without_an_order", theme(), the_theme_works_without_an_order);
    suite.add("the_theme_of_a_cashier_is_paid_through", Look { theme: true, ..Look::phone() }, a_cashier_takes_an_amount_to_the_fen);
}

async fn settings_make_the_page_the_shops(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.getElementById('shop').innerText.trim()").await? == "茶馆 <b>Tea</b>", "the name is text");
    stage.until("document.getElementById('shop-logo').naturalWidth > 0").await?;
    ensure!(stage.eval("document.documentElement.dataset.preset").await? == "jade");
    let style = |name: &str| format!("getComputedStyle(document.documentElement).getPropertyValue('{name}').trim()");
    ensure!(stage.eval(&style("--radius")).await? == "4px" && stage.eval(&style("--brand")).await? == "#ffd400");
    stage.until(&format!("{} === '33rem'", style("--card-width"))).await?;
    let accent = stage.eval(&style("--brand-light")).await?;
    ensure!(accent != "#ffd400", "yellow cannot be read on white: {accent}");
    ensure!(stage.eval("getComputedStyle(document.body).fontFamily").await?.as_str().unwrap_or_default().contains("Georgia"));
    stage.until_text("当天发货").await?;
    for (selector, href) in [
        ("a[href^='tel:']", "tel:+86400123"),
        ("a[href^='mailto:']", "mailto:help@tea.example"),
        ("a[href*='help=1']", "/sandbox/shop?help=1"),
        ("a[href*='uin=123456']", "https://wpa.qq.com/msgrd?v=3&uin=123456&site=qq&menu=yes"),
        ("a[href*='back=1']", "/sandbox/shop?back=1"),
    ] {
        stage.until(&format!("document.querySelector(\"{selector}\") !== null")).await?;
        ensure!(stage.eval(&format!("document.querySelector(\"{selector}\").getAttribute('href')")).await? == href, "{selector}");
    }
    stage.until_text("tea_shop").await?;
    stage.until("document.querySelector('[data-sound-switch]').innerText.includes('语音提示已关闭')").await.context("no sound at first")?;
    stage.choose_language("en").await?;
    stage.until_text("Sent today").await?;
    stage.change(&id, |spec| spec.status = Stand::Closed)?;
    stage.until_screen("closed").await?;
    stage.until_text("再来").await?;
    stage.press("a.button[href*='back=1']").await?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

async fn settings_that_are_no_good_are_named(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    let console = stage.console().await?.join("\n");
    for wanted in [
        "settings: brand: yellowish is no value for it; the default is used",
        "settings: preset: pink",
        "settings: radius: 99px",
        "settings: back: javascript:alert(1)",
        "settings: logo: https://evil.example/x.png",
        "settings: support.email: a@b?cc=c",
        "settings: support.fax: 1 is no setting; it is ignored",
        "settings: stylesheet: //evil.example/x.css",
        "settings: embed_origins[]: https://*.example",
        "settings: colour: red is no setting",
    ] {
        ensure!(console.contains(wanted), "{wanted} is missing in {console}");
    }
    ensure!(!console.contains("Content Security Policy"), "nothing was fetched for them: {console}");
    Ok(())
}

async fn settings_that_are_no_json(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    let console = stage.console().await?.join("\n");
    // … and what the engine says of it.
    let (_, why) = console.split_once("the settings are not read, and the defaults are used: ").context(console.clone())?;
    ensure!(why.contains("JSON"), "{console}");
    Ok(())
}

async fn a_shopper_goes_to_hosts_of_the_shop_only(stage: &Stage) -> Result<()> {
    let spec = |uri: &str| Spec { return_uri: Some(uri.into()), status: Stand::Paid, ..Spec::default() };
    stage.open_order(spec("https://shop.example.evil/back")).await?;
    stage.until_screen("paid").await?;
    ensure!(!stage.has("#app a.button").await?, "there is no way there");
    ensure!(stage.console().await?.iter().any(|line| line.contains("not among return_hosts")), "the merchant is told");
    // The page's own host always may.
    let own = format!("{}/sandbox/shop", stage.sandbox.origin());
    stage.open_order(spec(&own)).await?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

async fn a_shop_is_told_which_screen_is_shown(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { return_uri: Some(String::new()), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    let heard = stage.eval("JSON.stringify(window.heard)").await?;
    let told = |screen: &str, method: &str| format!(r#"{{"screen":"{screen}","method":{method},"ended":false}}"#);
    let wanted = format!("[{},{},{}]", told("loading", "null"), told("awaiting", r#""alipay""#), told("paid", r#""alipay""#));
    ensure!(heard == wanted.as_str(), "{heard}");
    Ok(())
}

async fn a_method_is_chosen_by_keyboard(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { pay_type: String::new(), ..Spec::default() });
    stage.open(&format!("/pay/separate/{id}")).await?;
    stage.until_text("请选择支付方式").await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.until("[...document.querySelectorAll('.method img')].every((logo) => logo.naturalWidth > 0)").await?;
    ensure!(stage.count(&id, Call::Qrcode) + stage.count(&id, Call::Status) == 0, "there is nothing to scan or to wait for yet");
    for _ in 0..12 {
        stage.press_key(Key::Tab).await?;
        if stage.eval("document.activeElement.dataset.method ?? ''").await? == "wxpay" {
            break;
        }
    }
    stage.press_key(Key::Enter).await?;
    stage.until(&format!("location.pathname === '/pay/{id}'")).await?;
    stage.until_code().await?;
    stage.until_text("请使用微信扫码付款").await?;
    // Back, and another one.
    stage.back().await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".method[data-method=alipay]").await?;
    stage.until_text("请使用支付宝扫码付款").await
}

async fn a_choice_that_fails_can_be_made_again(stage: &Stage) -> Result<()> {
    let fault = |call, from, kind| Fault { call: Some(call), from, times: 1, kind };
    let refusal = Kind::Replace { body: r#"{"code":500,"message":"通道维护中"}"#.into() };
    let faults = vec![
        fault(Call::Types, 1, Kind::Html),
        fault(Call::ChoseType, 1, Kind::Status { body: None, code: 502, retry_after: None }),
        fault(Call::ChoseType, 2, refusal),
    ];
    let id = stage.order(Spec { faults, pay_type: String::new(), ..Spec::default() });
    stage.open(&format!("/pay/separate/{id}")).await?;
    for words in ["暂时无法连接支付服务", "通道维护中"] {
        stage.until("document.querySelector('.method[data-method=alipay]') !== null").await?;
        stage.press(".method[data-method=alipay]").await?;
        stage.until_text(words).await?;
        stage.until(&format!("document.getElementById('announcer').innerText.includes('{words}')")).await?;
    }
    stage.press(".method[data-method=alipay]").await?;
    stage.until_code().await
}

async fn a_cashier_takes_an_amount_to_the_fen(stage: &Stage) -> Result<()> {
    stage.open(&format!("/cashier/{CASHIER}")).await?;
    stage.until("document.querySelector('#entry') !== null").await?;
    stage.until_text("茶馆收银台").await?;
    ensure!(stage.axe(Rules::All).await?.is_empty(), "{:?}", stage.axe(Rules::All).await?);
    // One that is too much before each other one: what is said of it has to change.
    let bad = ["", "12.345", "abc", "-1", "0", "0.001", "1,000"];
    for (bad, wanted) in bad.iter().flat_map(|bad| [("5000.01", "5,000.00"), (*bad, "例如 12.34")]) {
        stage.eval("document.querySelector('#entry').value = '', true").await?;
        let entry = stage.find("#entry").await?;
        // A driver may refuse to type nothing.
        if !bad.is_empty() {
            entry.send_keys(bad).await?;
        }
        entry.send_keys(Key::Enter + "").await?;
        let said = format!("document.querySelector('#entry-fault')?.innerText.includes('{wanted}')");
        stage.until(&said).await.with_context(|| format!("{bad:?}"))?;
        ensure!(stage.eval("document.querySelector('#entry').getAttribute('aria-invalid')").await? == "true", "{bad:?}");
        ensure!(stage.eval("document.activeElement.id").await? == "entry");
    }
    stage.eval("document.querySelector('#entry').value = '', true").await?;
    stage.find("#entry").await?.send_keys("４１.1").await?;
    stage.press("form button").await?;
    stage.until("location.pathname.startsWith('/pay/separate/')").await?;
    stage.until_text("41.10").await?;
    stage.until("document.querySelector('.method[data-method=alipay]') !== null").await?;
    stage.press(".method[data-method=alipay]").await?;
    stage.until_code().await?;
    let id = stage.eval("location.pathname.split('/').pop()").await?.as_str().unwrap_or_default().to_owned();
    ensure!(stage.sandbox.state().orders().get(&id).is_some_and(|order| order.spec.amount == 4110), "no fen is lost");
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

async fn an_unknown_cashier_is_said_to_be(stage: &Stage) -> Result<()> {
    stage.open("/cashier/NOPE").await?;
    stage.until_screen("cashier-not-found").await?;
    stage.until_text("收银台不存在").await
}

async fn a_link_that_claims_a_payment_is_not_believed(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { out_order_id: "E1".into(), pid: 7, ..Spec::default() });
    let query = "pid=7&out_trade_no=E1&name=%3Cb%3ETea%3C%2Fb%3E&money=10.01&trade_status=TRADE_SUCCESS&sign=x";
    stage.open(&format!("/pay/status?{query}")).await?;
    stage.until_text("付款尚未确认").await?;
    stage.until_text("<b>Tea</b>").await?;
    ensure!(stage.count(&id, Call::Qrcode) + stage.count(&id, Call::Audio) == 0, "nothing to pay with is asked for");
    ensure!(stage.axe(Rules::All).await?.is_empty(), "{:?}", stage.axe(Rules::All).await?);
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    ensure!(stage.eval("location.pathname").await? == "/pay/status", "who came to look stays");
    ensure!(stage.has("a.button[href*='/sandbox/shop']").await?, "and can go on by hand");
    Ok(())
}

/// What an engine may be given, and what must not break out of anything.
const HOSTILE: &str = "\"'></script><script>alert(1)</script>${1}&#39;\u{2028}%41 茶";

async fn the_theme_shows_the_order_before_it_asks(stage: &Stage) -> Result<()> {
    for kind in [(ThemeKind::Pay, "pay"), (ThemeKind::Cashier, "cashier")] {
        check_theme(&themes().join(kind.1).join("saoma"), kind.0).map_err(anyhow::Error::msg)?;
    }
    let faults = vec![Fault { call: Some(Call::Info), from: 1, times: 1, kind: Kind::Delay { ms: 2500 } }];
    let spec = Spec {
        amount: 123_456,
        faults,
        pay_tip: "<b>Hint</b>".into(),
        subject: HOSTILE.into(),
        merge: [("info".to_owned(), json!({ "pay_tip": "", "subject": "" }))].into(),
        ..Spec::default()
    };
    let id = stage.open_order(spec).await?;
    stage.until("document.querySelector('.skeleton .amount')?.innerText.includes('1,234.56')").await?;
    stage.until(&format!("document.querySelector('.skeleton h1')?.textContent === {}", json!(HOSTILE))).await?;
    ensure!(stage.count(&id, Call::Info) <= 1 && stage.count(&id, Call::Status) == 0, "info first, and alone");
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('.awaiting h1').textContent").await? == HOSTILE, "what the answer leaves out is filled");
    stage.until_text("Hint").await?;
    ensure!(stage.eval("document.getElementById('shop').textContent").await? == "茶馆 & \"Tea\" </title>", "the site's title, as text");
    let elsewhere = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)\
        .filter((path) => !path.startsWith('/api/') && !path.startsWith('/templates/pay/saoma/assets/') && !path.startsWith('/sandbox/'))";
    ensure!(stage.eval(elsewhere).await? == json!([]), "every file comes from where the engine says: {}", stage.eval(elsewhere).await?);
    Ok(())
}

async fn the_theme_is_paid_through(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { pay_type: String::new(), ..Spec::default() }).await?;
    stage.until(&format!("location.pathname === '/pay/separate/{id}'")).await?;
    stage.until("document.querySelector('.method[data-method=wxpay]') !== null").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    stage.open(&format!("/pay/status?order_id={id}")).await?;
    stage.until_text("付款尚未确认").await?;
    stage.press("a.button[href*='/pay/']").await?;
    stage.until_code().await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until("location.pathname === '/sandbox/shop'").await
}

async fn the_theme_works_without_an_order(stage: &Stage) -> Result<()> {
    stage.open("/pay/NOPE").await?;
    stage.until_screen("not-found").await?;
    stage.open("/pay/status").await?;
    stage.until_screen("link-incomplete").await
}
