//! The gateways other than the template API, from the link of a shop to its page behind the payment.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use sandbox::{Call, Code, Fault, GUEST_TOKEN, Kind, Spec, Stand, TOKEN, signed_query};
use serde_json::{Value, json};

use crate::{
    Stage, Suite,
    stage::{Look, dist},
};

/// Everything that the gateways with customers need.
const SHOP: &str = r#"{"confirm": "/api/order/info", "return_page": "/sandbox/shop?out_order_id={order_id}", "sign_in": "/sandbox/sign-in",
    "token": "cookie:sandbox_token"}"#;
/// The same shop, with nobody who tells what is paid.
const SILENT: &str = r#"{"return_page": "/sandbox/shop?out_order_id={order_id}", "token": "cookie:sandbox_token"}"#;
/// An app around the page that keeps what it is handed, and answers when it is told to.
const HOST: &str = "window.handed = []; window.SaomaHost = { pay: (request) => { window.handed.push(JSON.parse(request)); return new Promise((resolve) => { window.answer = resolve; }); } };";
/// An app that breaks down: a browser's own errors have the code 0, which is WeChat's for "done".
const REFUSES: &str = "window.handed = []; window.SaomaHost = { pay: (request) => { window.handed.push(JSON.parse(request)); return new Promise((_, reject) => { window.refuse = reject; }); } };";
const IOS: &str = "window.handed = []; window.webkit = { messageHandlers: { saoma: { postMessage: (request) => { window.handed.push(JSON.parse(request)); } } } };";
const ANDROID: &str = "window.handed = []; window.SaomaAndroid = { pay: (request) => { window.handed.push(JSON.parse(request)); } };";
const REACT_NATIVE: &str =
    "window.handed = []; window.ReactNativeWebView = { postMessage: (request) => { window.handed.push(JSON.parse(request)); } };";
const WEAPP: &str = "window.handed = []; window.__wxjs_environment = 'miniprogram'; window.wx = { miniProgram: { navigateTo: ({ url }) => { window.handed.push(url); } } };";
const BRIDGE: &str = "window.handed = []; window.__wxjs_environment = 'miniprogram'; window.WeixinJSBridge = { invoke: (name, { arg }) => { window.handed.push(arg.url); } };";
/// The shopper's token in the storage, where an app may have put it.
const STORED: &str = "try { localStorage.setItem('token', 'TEA-TOKEN'); } catch {}";

/// As docs/host.md shows it.
const ORDER: &str = "window.handed = []; window.SaomaHost = { order: { order_id: 7001, pay_price: '12.00', address_id: 3 }, pay: (text) => { window.handed.push(JSON.parse(text)); throw { resultStatus: '8000' }; } };";

const AT_THE_SHOP: &str = "location.pathname === '/sandbox/shop'";

pub(super) fn add(suite: &mut Suite) {
    suite.add("mapi_from_the_link_to_the_shop", Look::desktop(), mapi_from_the_link_to_the_shop);
    suite.add("mapi_another_amount_is_agreed_to_first", Look::phone(), mapi_another_amount_is_agreed_to_first);
    suite.add("mapi_makes_one_payment", Look::desktop(), mapi_makes_one_payment);
    suite.add("mapi_refusals_say_what_to_do", Look::desktop(), mapi_refusals_say_what_to_do);
    suite.add("mapi_of_the_first_epay", Look::phone(), mapi_of_the_first_epay);
    suite.add("mapi_lost_answers_make_no_second_payment", Look::desktop(), mapi_lost_answers_make_no_second_payment);
    suite.add("mapi_by_the_settings", Look { settings: r#"{"gateway": "mapi"}"#, ..Look::desktop() }, mapi_by_the_settings);
    suite.add("links_are_read_strictly", Look::desktop(), links_are_read_strictly);
    suite.add("hostile_links_are_shown_as_text", Look::phone(), hostile_links_are_shown_as_text);
    suite.add("no_key_is_in_the_page", Look::desktop(), no_key_is_in_the_page);
    suite.add("anqi_from_signing_in_to_the_order", Look { settings: SHOP, ..Look::desktop() }, anqi_from_signing_in_to_the_order);
    suite.add("anqi_pays_at_once_by_a_picture", Look { settings: SHOP, ..Look::phone() }, anqi_pays_at_once_by_a_picture);
    suite.add("anqi_is_paid_only_when_it_is_confirmed", Look { settings: SHOP, ..Look::desktop() }, anqi_is_paid_only_when_it_is_confirmed);
    suite.add("anqi_is_paid_while_the_shopper_chooses_again", Look { settings: SHOP, ..Look::phone() }, anqi_is_paid_while_choosing);
    suite.add("anqi_finishes_where_nobody_confirms", Look { settings: SILENT, ..Look::desktop() }, anqi_finishes_where_nobody_confirms);
    suite.add("anqi_refusals_say_what_to_do", Look { settings: SHOP, ..Look::desktop() }, anqi_refusals_say_what_to_do);
    let some = r#"{"methods": ["wechat", "alipay", "weapp"], "token": "local:token"}"#;
    suite.add(
        "anqi_offers_what_the_shop_offers",
        Look { script: STORED, settings: some, ..Look::desktop() },
        anqi_offers_what_the_shop_offers,
    );
    suite.add("anqi_jumps_only_when_asked_and_only_safely", Look { settings: SILENT, ..Look::desktop() }, anqi_jumps_only_when_asked);
    suite.add("anqi_in_a_mini_program", Look { script: WEAPP, settings: SILENT, ..Look::phone() }, anqi_in_a_mini_program);
    suite.add("anqi_in_a_mini_program_by_its_bridge", Look { script: BRIDGE, settings: SILENT, ..Look::phone() }, anqi_in_a_mini_program);
    suite.add("anqi_needs_the_mini_program_for_its_payment", Look { settings: SILENT, ..Look::phone() }, anqi_needs_the_mini_program);
    suite.add(
        "instant_from_the_link_to_the_order",
        Look { script: HOST, settings: SHOP, ..Look::phone() },
        instant_from_the_link_to_the_order,
    );
    for (name, script) in
        [("instant_in_an_ios_app", IOS), ("instant_in_an_android_app", ANDROID), ("instant_in_react_native", REACT_NATIVE)]
    {
        suite.add(name, Look { script, settings: SILENT, ..Look::phone() }, instant_in_an_app);
    }
    suite.add("instant_points_pay_alone", Look { settings: SHOP, ..Look::desktop() }, instant_points_pay_alone);
    suite.add("instant_points_where_nobody_confirms", Look { settings: SILENT, ..Look::desktop() }, instant_points_where_nobody_confirms);
    suite.add("instant_takes_the_order_from_the_app", Look { script: ORDER, settings: SILENT, ..Look::phone() }, instant_takes_the_order);
    suite.add("instant_points_and_money", Look { script: HOST, settings: SHOP, ..Look::phone() }, instant_points_and_money);
    suite.add("instant_what_is_no_code_is_not_done", Look { script: REFUSES, settings: SHOP, ..Look::phone() }, instant_what_is_no_code);
    suite.add("instant_without_an_app", Look { settings: SHOP, ..Look::phone() }, instant_without_an_app);
    suite.add("instant_refusals_say_what_to_do", Look { settings: SHOP, ..Look::desktop() }, instant_refusals_say_what_to_do);
    suite.add("instant_is_never_sent_twice_by_itself", Look { settings: SHOP, ..Look::desktop() }, instant_is_never_sent_twice);
    let framed = r#"{"embed_origins": ["ORIGIN"], "token": "cookie:sandbox_token"}"#;
    suite.add("instant_in_an_embedding_site", Look { settings: framed, ..Look::desktop() }, instant_in_an_embedding_site);
}

// The signed form

/// A signed link; `changed` fields take the place of the usual ones.
pub(crate) fn mapi_link(stage: &Stage, changed: &[(&str, &str)]) -> String {
    let origin = stage.sandbox.origin();
    let (notify, shop) = (format!("{origin}/sandbox/notify/2"), format!("{origin}/sandbox/shop"));
    let mut fields = vec![
        ("pid", "1001"),
        ("type", "alipay"),
        ("out_trade_no", "M1"),
        ("notify_url", notify.as_str()),
        ("return_url", &shop),
        ("name", "Tea & cake + 茶"),
        ("money", "10.00"),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    format!("/?gateway=mapi&{}", signed_query(&fields))
}

/// The number that the gateway gave to the order that a shop calls so.
fn made(stage: &Stage, out: &str) -> Result<String> {
    let orders = stage.sandbox.state().orders();
    let order = orders.iter().find(|order| order.spec.out_order_id == out).context("the gateway has no such order")?;
    Ok(order.spec.order_id.clone())
}

fn pay(stage: &Stage, id: &str) -> Result<()> {
    stage.change(id, |spec| spec.status = Stand::Paid)
}

async fn until_verdict(stage: &Stage, verdict: &str) -> Result<()> {
    stage.until(&format!("document.querySelector('[data-verdict]')?.dataset.verdict === '{verdict}'")).await
}

async fn mapi_from_the_link_to_the_shop(stage: &Stage) -> Result<()> {
    stage.open(&mapi_link(stage, &[("ext", "user=1")])).await?;
    stage.until_code().await?;
    let id = made(stage, "M1")?;
    ensure!(stage.scan().await? == [format!("{}/sandbox/wallet/{id}", stage.sandbox.origin())]);
    let text = stage.text().await?;
    ensure!(text.contains("10.00") && text.contains("Tea & cake + 茶") && text.contains("M1"), "{text}");
    stage.until_here("status is asked twice", |stage| stage.count(&id, Call::Status) >= 2).await?;
    let records = stage.records(&id);
    let asked = records.iter().find(|record| record.call == Call::Status).context("no status")?;
    let expected = json!({ "order_id": id }).to_string();
    ensure!(asked.body == expected, "it is asked by trade_no: {}", asked.body);
    ensure!(stage.count(&id, Call::Mapi) == 1 && stage.count(&id, Call::Info) == 0 && stage.count(&id, Call::Qrcode) == 0);
    pay(stage, &id)?;
    stage.until_screen("paid").await?;
    stage.until(AT_THE_SHOP).await?;
    stage.until_text("signature: right").await?;
    stage.until_text("M1").await?;
    stage
        .until_here("the shop has heard of it the third time", |stage| {
            let told = stage.sandbox.state().notifications();
            let answers: Vec<&str> = told.iter().map(|told| told.answer.as_str()).collect();
            answers == ["(not success)", "(not success)", "success"]
        })
        .await
}

async fn mapi_another_amount_is_agreed_to_first(stage: &Stage) -> Result<()> {
    stage.order(Spec { amount: 1000, ..Spec::default() });
    stage.open(&mapi_link(stage, &[])).await?;
    stage.until("document.querySelector('.agreement') !== null").await?;
    stage.until_words().await?;
    let text = stage.text().await?;
    ensure!(text.contains("10.00") && text.contains("10.01"), "both amounts are there: {text}");
    tokio::time::sleep(Duration::from_millis(2500)).await;
    ensure!(!stage.has("img.code").await? && !stage.has("[data-wallet]").await?, "nothing to pay with before the yes");
    stage.press(".agreement .button.primary").await?;
    stage.until_code().await?;
    let id = made(stage, "M1")?;
    pay(stage, &id)?;
    stage.until(AT_THE_SHOP).await
}

/// Loaded again, opened twice: it is the same payment.
async fn mapi_makes_one_payment(stage: &Stage) -> Result<()> {
    let link = mapi_link(stage, &[]);
    stage.open(&link).await?;
    stage.until_code().await?;
    let first = stage.scan().await?;
    stage.reload().await?;
    stage.until_code().await?;
    ensure!(stage.scan().await? == first, "the same code");
    stage.open_tab(&link).await?;
    stage.until_code().await?;
    ensure!(stage.scan().await? == first, "the same code in another tab");
    ensure!(stage.sandbox.state().orders().iter().count() == 1, "one payment");
    let id = made(stage, "M1")?;
    ensure!(stage.count(&id, Call::Mapi) == 3 && stage.count(&id, Call::Info) == 2, "{:?}", stage.records(&id));
    Ok(())
}

async fn mapi_refusals_say_what_to_do(stage: &Stage) -> Result<()> {
    let channels = |code: i64| stage.sandbox.state().channels().insert("alipay".into(), code);
    let wrong = mapi_link(stage, &[]).replace("sign=", "sign=0");
    // Which link, what the gateway says, which screen, and words of the next step.
    let cases: [(String, i64, &str, &str); 10] = [
        (mapi_link(stage, &[]), 700, "incomplete", "商家的链接缺少"),
        (wrong, 0, "bad-signature", "请不要付款"),
        (mapi_link(stage, &[]), 702, "maintenance", "几分钟后重试"),
        (mapi_link(stage, &[]), 703, "no-code-for-amount", "修改金额"),
        (mapi_link(stage, &[("money", "0.00")]), 0, "amount-too-small", "0.01"),
        (mapi_link(stage, &[]), 705, "duplicate", "是否已付款"),
        (mapi_link(stage, &[("pid", "4242")]).replace("&sign=&", "&sign=0&"), 0, "bad-merchant", "联系商家"),
        (mapi_link(stage, &[("type", "bank")]), 0, "no-channel", "稍后重试"),
        (mapi_link(stage, &[]), 901, "no-channel", "稍后重试"),
        (mapi_link(stage, &[]), 777, "other", "通道暂不可用"),
    ];
    for (link, code, verdict, words) in cases {
        stage.sandbox.state().channels().clear();
        if code > 0 {
            channels(code);
        }
        stage.open(&link).await?;
        until_verdict(stage, verdict).await?;
        stage.until_text(words).await?;
        ensure!(!stage.has("img.code").await?, "{verdict}");
    }
    // What passes can be tried again.
    stage.sandbox.state().channels().insert("alipay".into(), 702);
    stage.open(&mapi_link(stage, &[])).await?;
    until_verdict(stage, "maintenance").await?;
    stage.sandbox.state().channels().clear();
    stage.press(".button.primary").await?;
    stage.until_code().await
}

/// `code` 1, and a page, a code or a scheme.
async fn mapi_of_the_first_epay(stage: &Stage) -> Result<()> {
    stage.open(&mapi_link(stage, &[("pid", "1002"), ("type", "qqpay"), ("out_trade_no", "Q1")])).await?;
    stage.until_code().await?;
    stage.open(&mapi_link(stage, &[("pid", "1002"), ("type", "wxpay"), ("out_trade_no", "W1")])).await?;
    let scheme = format!("weixin://dl/business/?ticket={}", {
        stage.until("document.querySelector('a[data-wallet]') !== null").await?;
        made(stage, "W1")?
    });
    ensure!(stage.eval("document.querySelector('a[data-wallet]').getAttribute('href')").await? == scheme);
    stage.open(&mapi_link(stage, &[("pid", "1002"), ("out_trade_no", "P1")])).await?;
    stage.until_text("支付 10.00 元").await?;
    ensure!(stage.eval("location.pathname").await? == format!("/sandbox/wallet/{}", made(stage, "P1")?), "the page for paying");
    Ok(())
}

async fn mapi_lost_answers_make_no_second_payment(stage: &Stage) -> Result<()> {
    stage.sandbox.state().creation_faults().push(Fault { call: Some(Call::Mapi), from: 1, times: 1, kind: Kind::Truncate });
    stage.open(&mapi_link(stage, &[])).await?;
    stage.until_code().await?;
    ensure!(stage.sandbox.state().orders().iter().count() == 1, "one payment");
    Ok(())
}

async fn mapi_by_the_settings(stage: &Stage) -> Result<()> {
    stage.open(&mapi_link(stage, &[]).replace("gateway=mapi&", "")).await?;
    stage.until_code().await
}

// Links

async fn links_are_read_strictly(stage: &Stage) -> Result<()> {
    for (link, screen, field) in [
        ("/?gateway=anqi", "link-incomplete", "order_id"),
        ("/?gateway=anqi&order_id=1&token=x", "link-invalid", "token"),
        ("/?gateway=anqi&order_id=1&pay_way=cash", "link-invalid", "pay_way"),
        ("/?gateway=anqi&order_id=1&order_id=2", "link-invalid", "order_id"),
        ("/?gateway=instant&order_id=x&pay_price=1", "link-invalid", "order_id"),
        ("/?gateway=instant&order_id=1&pay_price=1.005", "link-invalid", "pay_price"),
        ("/?gateway=instant&order_id=1&pay_price=1&pay_method=6", "link-invalid", "pay_method"),
        ("/?gateway=instant&order_id=1&pay_price=1&freight_mode=2", "link-incomplete", "freight_json_arr_key"),
        ("/?gateway=mapi&pid=1001", "link-incomplete", "out_trade_no"),
        ("/?gateway=mapi&key=secret", "link-invalid", "key"),
        ("/?gateway=paypal&order_id=1", "link-invalid", "gateway"),
    ] {
        stage.console().await?;
        stage.open(link).await?;
        stage.until_screen(screen).await?;
        stage.until_words().await?;
        let console = stage.console().await?;
        ensure!(console.iter().any(|line| line.contains(&format!("the link: {field} "))), "{link}: {console:?}");
        ensure!(screen == "link-incomplete" || stage.text().await?.contains(field), "{link} names the field on the page");
    }
    ensure!(stage.sandbox.state().records().iter().count() == 0, "and nothing is asked");
    Ok(())
}

async fn hostile_links_are_shown_as_text(stage: &Stage) -> Result<()> {
    let long = "长".repeat(5000);
    let names =
        ["<img src=x onerror=\"document.title='owned'\">", "${7*7}{{7*7}}", "javascript:alert(1)", "\u{202e}gnp.exe", long.as_str()];
    for (at, name) in names.into_iter().enumerate() {
        let (out, money) = (format!("H{at}"), format!("1{at}.00"));
        stage.open(&mapi_link(stage, &[("name", name), ("out_trade_no", &out), ("money", &money)])).await?;
        stage.until_code().await?;
        ensure!(stage.eval("document.querySelectorAll('main img:not(.code):not(.logo)').length").await? == 0, "no picture of {name}");
        ensure!(stage.eval("document.title === 'owned'").await? == false);
        ensure!(
            stage.eval("document.documentElement.scrollWidth <= document.documentElement.clientWidth").await? == true,
            "nothing sticks out for {}",
            name.len()
        );
    }
    // The gateway's own words are text too.
    let words = json!({ "code": 777, "msg": "<script>document.title='owned'</script><b>no</b>" }).to_string();
    let faults = vec![Fault { call: Some(Call::Payment), from: 1, times: 0, kind: Kind::Replace { body: words } }];
    stage.sign_in(TOKEN).await?;
    let id = stage.order(Spec { faults, ..Spec::default() });
    *stage.sandbox.state().page_settings() = Some(SILENT.to_owned());
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=wechat")).await?;
    until_verdict(stage, "other").await?;
    stage.until_text("<b>no</b>").await
}

/// Neither a key nor what would use one.
async fn no_key_is_in_the_page(stage: &Stage) -> Result<()> {
    // The first constants of MD5, as a program holds them, and what a form for a key would say.
    let sines = [0xd76a_a478_u32, 0xe8c7_b756, 0x2420_70db].map(u32::to_le_bytes);
    let words = ["SANDBOX-KEY", "secret", "private_key", "md5"];
    let mut folders = vec![dist()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_some_and(|extension| extension == "br" || extension == "gz") {
                continue;
            }
            let content = fs::read(&path)?;
            files += 1;
            let has = |part: &[u8]| content.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
            ensure!(!sines.iter().all(|sine| has(sine)), "{} computes MD5", path.display());
            for word in words {
                ensure!(!has(word.as_bytes()), "{} says {word}", path.display());
            }
        }
    }
    ensure!(files > 40, "only {files} files were searched");
    stage.open(&mapi_link(stage, &[])).await?;
    stage.until_code().await?;
    ensure!(!stage.has("input").await?, "and nothing asks for one");
    Ok(())
}

// The order payment of a signed-in customer

async fn anqi_from_signing_in_to_the_order(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec { amount: 2500, pay_type: String::new(), ..Spec::default() });
    stage.open(&format!("/?gateway=anqi&order_id={id}&lang=en")).await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    ensure!(stage.count(&id, Call::Payment) == 0, "nothing is paid before the choice");
    stage.press(".method[data-method=wxpay]").await?;
    until_verdict(stage, "sign-in").await?;
    stage.until_text("Please sign in").await?;
    stage.press("a.button.primary").await?;
    stage.until("location.pathname === '/sandbox/sign-in'").await?;
    stage.press("#sign-in").await?;
    stage.until("location.search.includes('gateway=anqi') && location.search.includes('lang=en')").await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    ensure!(stage.text().await?.contains("25.00"), "the amount is that of the source that confirms");
    let wallet = format!("{}/sandbox/wallet/{id}", stage.sandbox.origin());
    ensure!(stage.scan().await? == [wallet]);
    // Another choice is another question.
    stage.press("button.service").await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    let bodies: Vec<String> =
        stage.records(&id).iter().filter(|record| record.call == Call::Payment).map(|record| record.body.clone()).collect();
    let expected = json!({ "order_id": id, "pay_way": "wechat" }).to_string();
    ensure!(bodies.iter().all(|body| *body == expected), "{bodies:?}");
    pay(stage, &id)?;
    stage.until_screen("paid").await?;
    stage.until(AT_THE_SHOP).await?;
    stage.until_text("EXT").await
}

async fn anqi_pays_at_once_by_a_picture(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    // A GIF of one pixel.
    let picture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    let id = stage.order(Spec { code: Code { qrcode_data: Some(picture.into()), ..Code::default() }, ..Spec::default() });
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=wechat")).await?;
    stage.until_code().await?;
    ensure!(stage.eval("document.querySelector('img.code').src").await? == picture);
    stage.until_here("the long poll is under way", |stage| stage.count(&id, Call::Check) == 1).await?;
    tokio::time::sleep(Duration::from_secs(6)).await;
    ensure!(stage.count(&id, Call::Payment) == 1 && stage.count(&id, Call::Check) == 1, "it is held, and asked once at a time");
    Ok(())
}

/// 0 is said of a cancelled order too.
async fn anqi_is_paid_only_when_it_is_confirmed(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let id = stage.order(Spec::default());
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=wechat")).await?;
    stage.until_code().await?;
    stage.until_here("the long poll is under way", |stage| stage.count(&id, Call::Check) == 1).await?;
    stage.change(&id, |spec| spec.status = Stand::Closed)?;
    stage.until_screen("closed").await?;
    // The source that confirms fails for a while: nothing can be paid meanwhile, and nothing is called paid.
    let fault = Fault { call: Some(Call::Info), from: 2, times: 2, kind: Kind::Html };
    let id = stage.order(Spec { faults: vec![fault], ..Spec::default() });
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=wechat")).await?;
    stage.until_code().await?;
    stage.until_here("the long poll is under way", |stage| stage.count(&id, Call::Check) == 1).await?;
    pay(stage, &id)?;
    stage.until("document.querySelector('.plate.covered') !== null").await?;
    ensure!(!stage.has("img.code").await?, "an order that waits no more cannot be scanned");
    stage.until_screen("paid").await
}

/// Who has scanned the code and then looks for another way is not led to pay twice.
async fn anqi_is_paid_while_choosing(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let id = stage.order(Spec { pay_type: String::new(), ..Spec::default() });
    stage.open(&format!("/?gateway=anqi&order_id={id}")).await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await?;
    stage.press("button.service").await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    pay(stage, &id)?;
    stage.until_screen("paid").await?;
    ensure!(stage.count(&id, Call::Payment) == 1);
    stage.until(AT_THE_SHOP).await
}

async fn anqi_finishes_where_nobody_confirms(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    for stand in [Stand::Paid, Stand::Closed] {
        let id = stage.order(Spec::default());
        stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=wechat")).await?;
        stage.until_code().await?;
        ensure!(!stage.has(".due").await?, "an amount that nobody has said is not shown");
        ensure!(!stage.text().await?.contains("undefined"));
        stage.until_here("the long poll is under way", |stage| stage.count(&id, Call::Check) == 1).await?;
        stage.change(&id, |spec| spec.status = stand)?;
        stage.until_screen("finished").await?;
        stage.until_text("已不再等待付款").await?;
        stage.until(AT_THE_SHOP).await?;
        stage.until_text(&id).await?;
    }
    Ok(())
}

async fn anqi_refusals_say_what_to_do(stage: &Stage) -> Result<()> {
    let link = |id: &str| format!("/?gateway=anqi&order_id={id}&pay_way=wechat");
    let id = stage.order(Spec::default());
    stage.sign_in(GUEST_TOKEN).await?;
    stage.open(&link(&id)).await?;
    until_verdict(stage, "not-allowed").await?;
    stage.until_text("下单的账号").await?;
    stage.sign_in("EXPIRED").await?;
    stage.open(&link(&id)).await?;
    until_verdict(stage, "sign-in").await?;
    let back = stage.eval("new URL(document.querySelector('a.button.primary').href).searchParams.get('return_to')").await?;
    ensure!(back == format!("{}{}", stage.sandbox.origin(), link(&id)), "{back}");
    stage.sign_in(TOKEN).await?;
    stage.open(&link("NOPE")).await?;
    until_verdict(stage, "unknown-order").await?;
    // Paid, and not told so by the source yet.
    let late = Fault { call: Some(Call::Info), from: 1, times: 1, kind: Kind::Html };
    let paid = stage.order(Spec { faults: vec![late], status: Stand::Paid, ..Spec::default() });
    stage.open(&link(&paid)).await?;
    stage.until_screen("paid").await?;
    let only = stage.order(Spec { pay_ways: vec!["alipay".into()], ..Spec::default() });
    stage.open(&link(&only)).await?;
    stage.until("document.querySelectorAll('.method').length === 3").await?;
    stage.until_text("不支持的支付方式").await?;
    ensure!(!stage.has(".method[data-method=wxpay]").await?, "what is not supported is offered no more");
    stage.press(".method[data-method=alipay]").await?;
    stage.until("document.querySelector('a[data-wallet]') !== null").await?;
    let free = stage.order(Spec { amount: 0, ..Spec::default() });
    stage.open(&link(&free)).await?;
    stage.until_screen("free").await?;
    stage.until_text("无需付款").await?;
    stage.until(AT_THE_SHOP).await?;
    let kind = Kind::Replace { body: r#"{"code": -1, "msg": "余额 <b>不足</b>"}"#.into() };
    let odd = stage.order(Spec { faults: vec![Fault { call: Some(Call::Payment), from: 1, times: 1, kind }], ..Spec::default() });
    stage.open(&link(&odd)).await?;
    until_verdict(stage, "other").await?;
    stage.until_text("余额 <b>不足</b>").await?;
    stage.press(".button.primary").await?;
    stage.until_code().await
}

async fn anqi_offers_what_the_shop_offers(stage: &Stage) -> Result<()> {
    let id = stage.order(Spec::default());
    stage.open(&format!("/?gateway=anqi&order_id={id}")).await?;
    stage.until("document.querySelectorAll('.method').length === 2").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await
}

async fn anqi_jumps_only_when_asked(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    for bad in ["javascript:document.title='owned'", "http://pay.example/x", "//evil.example/", "data:text/html,x", " https://pay.example/"]
    {
        let id = stage.order(Spec { code: Code { uri: bad.into(), ..Code::default() }, ..Spec::default() });
        stage.console().await?;
        stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=alipay")).await?;
        stage.until_here("the payment is asked for", |stage| stage.count(&id, Call::Payment) > 0).await?;
        stage.until_words().await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        ensure!(!stage.has("a[data-wallet]").await?, "{bad} leads nowhere");
        ensure!(stage.console().await?.iter().any(|line| line.contains("jump_url")), "the merchant is told of {bad}");
    }
    let uri = "https://openapi.alipay.example/gateway.do?sign=a%2Bb";
    let id = stage.order(Spec { code: Code { uri: uri.into(), ..Code::default() }, ..Spec::default() });
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=alipay")).await?;
    stage.until_text("openapi.alipay.example").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(stage.eval("document.querySelector('a[data-wallet]').getAttribute('href')").await? == uri);
    ensure!(stage.eval("location.pathname").await? == "/" && !stage.has("img.code").await?, "nobody is sent there, and it is no code");
    // Without an address of its own it is the sandbox's wallet, on the same host.
    let id = stage.order(Spec::default());
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=stripe")).await?;
    stage.until("document.querySelector('a[data-wallet]') !== null").await?;
    stage.press("a[data-wallet]").await?;
    stage.until(&format!("location.pathname === '/sandbox/wallet/{id}'")).await
}

async fn anqi_in_a_mini_program(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let id = stage.order(Spec::default());
    stage.open(&format!("/?gateway=anqi&order_id={id}")).await?;
    stage.until("document.querySelectorAll('.method').length === 5").await?;
    stage.press(".methods li:nth-child(2) .method").await?;
    stage.until("window.handed.length === 1").await?;
    let url = stage.eval("window.handed[0]").await?.as_str().unwrap_or_default().to_owned();
    ensure!(url.starts_with("/pages/pay/pay?request="), "{url}");
    let request: Value =
        serde_json::from_str(stage.eval("decodeURIComponent(window.handed[0].split('request=')[1])").await?.as_str().unwrap_or_default())?;
    let expected = json!({ "saoma": 1, "type": "pay", "app": "weapp", "param": {
        "timeStamp": "1672531200", "nonceStr": "abc123def456", "package": "prepay_id=wx2023010123456789", "signType": "MD5", "paySign": "A8E3A1C5F7" } });
    ensure!(request == expected, "{request}");
    Ok(())
}

async fn anqi_needs_the_mini_program(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let id = stage.order(Spec::default());
    stage.open(&format!("/?gateway=anqi&order_id={id}&pay_way=weapp")).await?;
    stage.until_text("小程序").await?;
    stage.press("button.service").await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_code().await
}

// Immediate payment

/// An order with a number as the gateway wants it, and its link.
fn instant(stage: &Stage, spec: Spec, more: &str) -> (String, String) {
    static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
    let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
    let price = format!("{}.{:02}", spec.amount / 100, spec.amount % 100);
    let id = stage.order(Spec { order_id: number, ..spec });
    let link = format!("/?gateway=instant&order_id={id}&pay_price={price}{more}");
    (id, link)
}

async fn until_handed(stage: &Stage) -> Result<Value> {
    stage.until("window.handed.length === 1").await?;
    stage.eval("window.handed[0]").await
}

async fn instant_from_the_link_to_the_order(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let (id, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "&address_id=7&freight_mode=2&freight_json_arr_key=1");
    stage.open(&link).await?;
    stage.until("document.querySelectorAll('.method').length === 2").await?;
    stage.until_text("到付").await?;
    stage.press(".method[data-method=wxpay]").await?;
    let handed = until_handed(stage).await?;
    ensure!(handed.pointer("/app") == Some(&json!("wxpay")) && handed.pointer("/param/package") == Some(&json!("Sign=WXPay")), "{handed}");
    let records = stage.records(&id);
    let body = &records.iter().find(|record| record.call == Call::Pay).context("nothing was posted")?.body;
    let expected = json!([
        ["order_id", id],
        ["pay_method", "1"],
        ["pay_price", "12.00"],
        ["pay_integral", "0"],
        ["address_id", "7"],
        ["freight_mode", "2"],
        ["freight_json_arr_key", "1"]
    ]);
    ensure!(serde_json::from_str::<Value>(body)? == expected, "{body}");
    // The shopper changes their mind, tries again, and the wallet says that it is done: that is not "paid".
    stage.eval("window.answer({ errCode: -2 }), true").await?;
    stage.until_text("您取消了付款").await?;
    stage.press(".plate .button.primary").await?;
    stage.until("window.handed.length === 2").await?;
    stage.eval("window.answer(0), true").await?;
    stage.until_text("正在确认付款结果").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(!stage.has("[data-screen=paid]").await?, "a wallet's word is not the gateway's");
    pay(stage, &id)?;
    stage.until_screen("paid").await?;
    stage.until(AT_THE_SHOP).await?;
    ensure!(stage.count(&id, Call::Pay) == 1, "one payment");
    Ok(())
}

/// What is no whole number says nothing, and what breaks down has not paid.
async fn instant_what_is_no_code(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let (id, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "&pay_method=1");
    stage.open(&link).await?;
    until_handed(stage).await?;
    for code in ["NaN", "0.4", "-0.1", "Infinity", "1e300", "null"] {
        stage.eval(&format!("(document.dispatchEvent(new CustomEvent('saoma:result', {{ detail: {{ code: {code} }} }})), true)")).await?;
        let text = stage.text().await?;
        ensure!(!text.contains("正在确认付款结果") && !text.contains("付款结果尚不确定"), "{code} is taken for an answer: {text}");
    }
    stage.eval("(refuse(new DOMException('broken', 'NotAllowedError')), true)").await?;
    stage.until_text("付款结果尚不确定").await?;
    pay(stage, &id)?;
    stage.until_screen("paid").await
}

/// An app that is handed the payment, and answers by an event; nobody tells what is paid.
async fn instant_in_an_app(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let (id, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "&pay_method=2");
    stage.open(&link).await?;
    let handed = until_handed(stage).await?;
    let text = |name: &str| handed.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    ensure!(text("app") == "alipay" && text("param").contains("biz_content={\"body\""), "as the gateway gave it: {handed}");
    ensure!(text("order_string").contains("biz_content=%7B%22body%22%3A%22%E5%9C%A8"), "and value by value encoded: {handed}");
    let answer = |code: &str| format!("document.dispatchEvent(new CustomEvent('saoma:result', {{ detail: '{code}' }})), true");
    stage.eval(&answer("4000")).await?;
    stage.until_text("支付宝未能完成付款").await?;
    stage.press(".plate .button.primary").await?;
    stage.until("window.handed.length === 2").await?;
    // Loaded again, nothing is asked for and nothing is handed over before the shopper wants it.
    stage.reload().await?;
    until_verdict(stage, "unsure").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(stage.eval("window.handed.length").await? == 0 && stage.count(&id, Call::Pay) == 1);
    stage.press("button.button").await?;
    stage.until("window.handed.length === 1").await?;
    // An app that has said nothing when the shopper is back may have paid: there is nothing else to pay with.
    stage.eval("window.dispatchEvent(new Event('focus')), true").await?;
    stage.until_text("付款结果尚不确定").await?;
    ensure!(!stage.has("a[data-wallet]").await? && !stage.has("button.service").await?, "no second way to pay meanwhile");
    pay(stage, &id)?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(!stage.has("[data-screen=paid]").await?, "nobody has said so");
    stage.eval(&answer("9000")).await?;
    stage.until_screen("finished").await?;
    stage.until(AT_THE_SHOP).await?;
    ensure!(stage.records(&id).len() == 2, "and nobody was asked: {:?}", stage.records(&id));
    Ok(())
}

async fn instant_points_pay_alone(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let spec = || Spec { amount: 1200, points_needed: 100, points_owned: 140, ..Spec::default() };
    // The link's method is not what the rule allows: the shopper is asked.
    let (id, link) = instant(stage, spec(), "&pay_integral=100&points_owned=140&pay_method=1");
    stage.open(&link).await?;
    stage.until("document.querySelectorAll('.method').length === 1").await?;
    stage.until_text("所需积分").await?;
    let text = stage.text().await?;
    ensure!(text.contains("140") && text.contains("12.00"), "{text}");
    ensure!(stage.count(&id, Call::Pay) == 0 && !stage.has(".due .amount").await?, "no money is due");
    stage.press(".method[data-method=points]").await?;
    stage.until_screen("paid").await?;
    stage.until(AT_THE_SHOP).await?;
    ensure!(stage.count(&id, Call::Pay) == 1);
    Ok(())
}

/// Nobody says "paid", and nobody pays twice.
async fn instant_points_where_nobody_confirms(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let spec = || Spec { amount: 1200, points_needed: 100, points_owned: 240, ..Spec::default() };
    let (id, link) = instant(stage, spec(), "&pay_integral=100&points_owned=240&pay_method=3");
    stage.open(&link).await?;
    stage.until_screen("finished").await?;
    stage.until(AT_THE_SHOP).await?;
    // The browser may bring the page back as it was; loaded again, it has to know what it did.
    stage.back().await?;
    stage.reload().await?;
    until_verdict(stage, "unsure").await?;
    ensure!(stage.count(&id, Call::Pay) == 1, "back is not paid again");
    let lost = Fault { call: Some(Call::Pay), from: 1, times: 1, kind: Kind::Truncate };
    let (id, link) = instant(stage, Spec { faults: vec![lost], ..spec() }, "&pay_integral=100&points_owned=240&pay_method=3");
    stage.open(&link).await?;
    until_verdict(stage, "unsure").await?;
    stage.reload().await?;
    until_verdict(stage, "unsure").await?;
    ensure!(
        stage.eval("document.querySelector('a.button.primary').pathname").await? == "/sandbox/shop",
        "to look is what is asked for first"
    );
    ensure!(stage.count(&id, Call::Pay) == 1, "nor is a page that is loaded again");
    Ok(())
}

async fn instant_takes_the_order(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    stage.order(Spec { amount: 1200, order_id: "7001".into(), ..Spec::default() });
    stage.open("/?gateway=instant&pay_method=1").await?;
    until_handed(stage).await?;
    stage.until_text("付款结果尚不确定").await?;
    let records = stage.records("7001");
    let body = &records.iter().find(|record| record.call == Call::Pay).context("nothing was posted")?.body;
    ensure!(body.contains(r#"["order_id","7001"]"#) && body.contains(r#"["address_id","3"]"#), "{body}");
    Ok(())
}

async fn instant_points_and_money(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let spec = Spec { amount: 1200, points_needed: 100, points_owned: 40, ..Spec::default() };
    let (id, link) = instant(stage, spec, "&pay_integral=100&points_owned=40");
    stage.open(&link).await?;
    stage.until("document.querySelectorAll('.method').length === 4").await?;
    stage.press(".methods li:nth-child(3) .method").await?;
    until_handed(stage).await?;
    stage.until_text("将使用 40 积分").await?;
    let records = stage.records(&id);
    let body = &records.iter().find(|record| record.call == Call::Pay).context("nothing was posted")?.body;
    ensure!(body.contains(r#"["pay_method","4"]"#) && body.contains(r#"["pay_integral","40"]"#), "{body}");
    Ok(())
}

async fn instant_without_an_app(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let (_, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "&pay_method=2");
    stage.open(&link).await?;
    stage.until_text("只能在商家的 App 中付款").await?;
    let href = stage.eval("document.querySelector('a[data-wallet]').getAttribute('href')").await?.as_str().unwrap_or_default().to_owned();
    ensure!(href.starts_with("alipays://platformapi/startApp?appId=20000125&orderSuffix=alipay_sdk%3D"), "{href}");
    let inner = "decodeURIComponent(new URL(document.querySelector('a[data-wallet]').href).searchParams.get('orderSuffix').split('biz_content=')[1].split('&')[0])";
    let content = stage.eval(inner).await?;
    let content: Value = serde_json::from_str(content.as_str().unwrap_or_default())?;
    ensure!(content.pointer("/product_code") == Some(&json!("QUICK_MSECURITY_PAY")), "encoded twice, and no more: {content}");
    stage.press("button.service").await?;
    stage.until("document.querySelectorAll('.method').length === 2").await
}

async fn instant_refusals_say_what_to_do(stage: &Stage) -> Result<()> {
    let (_, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "&pay_method=1");
    stage.sign_in("EXPIRED").await?;
    stage.open(&link).await?;
    until_verdict(stage, "sign-in").await?;
    stage.until_text("token过期").await?;
    stage.press("a.button.primary").await?;
    stage.until("location.pathname === '/sandbox/sign-in'").await?;
    stage.sign_in(TOKEN).await?;
    // The link says another price than the order's.
    stage.open(&link.replace("12.00", "0.01")).await?;
    until_verdict(stage, "other").await?;
    stage.until_text("支付金额不正确").await
}

/// A lost answer may have been a payment.
async fn instant_is_never_sent_twice(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let fault = Fault { call: Some(Call::Pay), from: 1, times: 1, kind: Kind::Truncate };
    let spec = Spec { amount: 1200, faults: vec![fault], points_needed: 100, points_owned: 140, ..Spec::default() };
    let (id, link) = instant(stage, spec, "&pay_integral=100&points_owned=140&pay_method=3");
    stage.open(&link).await?;
    until_verdict(stage, "unsure").await?;
    stage.until_text("再决定是否重试").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(stage.count(&id, Call::Pay) == 1, "it is not sent again by itself");
    // Trying again looks first: it is paid.
    stage.press("button.button").await?;
    stage.until_screen("paid").await?;
    ensure!(stage.count(&id, Call::Pay) == 1);
    Ok(())
}

/// The site around the page makes the payment, or the app that it is in.
async fn instant_in_an_embedding_site(stage: &Stage) -> Result<()> {
    stage.sign_in(TOKEN).await?;
    let site = format!("http://localhost:{}", stage.sandbox.address().port());
    *stage.sandbox.state().page_settings() =
        Some(format!(r#"{{"embed_origins": ["{site}"], "token": "cookie:sandbox_token", "confirm": "/api/order/info"}}"#));
    let (id, link) = instant(stage, Spec { amount: 1200, ..Spec::default() }, "");
    // Cookies of another site do not come along: the token is taken from the storage of the frame's own.
    *stage.sandbox.state().page_settings() = Some(format!(
        r#"{{"embed_origins": ["{site}"], "token": "local:token", "confirm": "/api/order/info", "return_page": "/sandbox/shop"}}"#
    ));
    stage.open_url(&format!("{site}/sandbox/store")).await?;
    stage.until("window.Saoma !== undefined").await?;
    let open = format!(
        "(window.asked = [], window.opened = Saoma.open('{}{link}', {{ onpay: (request) => {{ window.asked.push(request); return '-2'; }} }}), true)",
        stage.sandbox.origin()
    );
    stage.eval(&open).await?;
    stage.within_frame("dialog iframe").await?;
    stage.until("document.querySelectorAll('.method').length === 2").await?;
    stage.eval("(localStorage.setItem('token', 'TEA-TOKEN'), true)").await?;
    stage.press(".method[data-method=wxpay]").await?;
    stage.until_text("您取消了付款").await?;
    stage.out_of_frame().await?;
    ensure!(stage.eval("window.asked[0].app").await? == "wxpay");
    // A message that claims to be the site's is not believed by the frame, nor is a result that nobody asked for "paid".
    stage
        .eval("(document.querySelector('dialog iframe').contentWindow.postMessage({ saoma: 1, type: 'result', code: '0' }, '*'), true)")
        .await?;
    stage.within_frame("dialog iframe").await?;
    stage.until_text("正在确认付款结果").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    ensure!(!stage.has("[data-screen=paid]").await?, "a wallet's word is not the gateway's");
    pay(stage, &id)?;
    stage.until_screen("paid").await?;
    stage.out_of_frame().await
}
