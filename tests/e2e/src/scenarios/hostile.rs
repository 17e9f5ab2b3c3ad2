//! A gateway, or a link, that wants to harm the shopper: `tests/fixtures/hostile/texts.json` through every field.
//!
//! In each load every field holds another of the texts. The fields of an order have had all of them in the end, but for its way of paying;
//! those that exclude each other, are rarer, or are shown in the same way, share them.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use sandbox::{Audio, CASHIER, Call, Code, Fault, Kind, Spec, Stand, TOKEN};
use serde_json::{Value, json};

use crate::{
    Stage, Suite,
    scenarios::mapi_link,
    stage::{Agent, Look},
};

pub(super) fn add(suite: &mut Suite) {
    let phone = || Look { script: TRAPS, ..Look::phone() };
    suite.add("hostile_orders_on_a_computer", Look { script: TRAPS, ..Look::desktop() }, async |stage| orders(stage, 0).await);
    suite.add("hostile_orders_on_a_phone", phone(), async |stage| orders(stage, 1).await);
    suite.add("hostile_orders_in_a_wallet", Look { agent: Some(Agent::WeChat), ..phone() }, async |stage| orders(stage, 2).await);
    suite.add("hostile_words_are_words", phone(), words);
    suite.add("hostile_ends_lead_nowhere_else", phone(), ends);
    suite.add("hostile_addresses_ask_for_nothing_else", phone(), addresses);
    suite.add("hostile_sizes_are_borne", phone(), sizes);
    suite.add("hostile_answers_of_other_gateways", Look { settings: TOKEN_OF_COOKIE, ..phone() }, other_gateways);
    suite.add("what_is_asked_of_other_hosts_is_seen", Look::desktop(), is_seen);
}

/// What would be called, asked or said if a text were more than a text.
const TRAPS: &str = "
    window.caught = [];
    window.hit = () => window.caught.push('a script ran');
    for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = () => window.caught.push(name);
    addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) => window.caught.push(effectiveDirective + ' stopped ' + blockedURI));
    addEventListener('error', ({ message }) => message && window.caught.push(message), true);";

/// What is wrong with the page in a window as it stands; nothing, if it is right.
const FAULTS: &str = "(({ caught, document, location }) => {
    if (document.getElementById('app') === null) return ['another page: ' + location.href];
    const found = [...caught], root = document.documentElement;
    // `:` is no address at all: it leads nowhere.
    const own = new Set([':', 'http:', 'https:', 'tel:', 'mailto:', 'alipay:', 'alipayqr:', 'alipays:', 'mqqapi:', 'mqqwpa:', 'upwallet:', 'weixin:']);
    for (const element of document.querySelectorAll('#app, #app *, #shop, #shop *')) {
        const name = element.localName;
        if (/^(applet|audio|base|embed|frame|iframe|link|math|meta|object|picture|script|source|style|template|video)$/.test(name)) found.push('<' + name + '>');
        for (const { name: attribute } of element.attributes) if (/^(on|style$|srcset$|ping$|formaction$|xlink)/.test(attribute)) found.push(name + ' has ' + attribute);
        if (name === 'form' && element.hasAttribute('action')) found.push('a form that leads to ' + element.action);
        if (name === 'a' && element.hasAttribute('href') && !own.has(element.protocol)) found.push('a link to ' + element.href);
        if (name === 'a' && (element.username || element.password)) found.push('a link with a name in it: ' + element.href);
        if (name === 'img' && !/^(data:image\\/|$)/.test(element.src) && !element.src.startsWith(location.origin + '/')) found.push('a picture from ' + element.src);
    }
    if (root.scrollWidth > root.clientWidth) found.push('it is ' + root.scrollWidth + ' wide: ' + [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > root.clientWidth).map((element) => element.localName + '.' + element.className).slice(-3));
    if (root.dataset.start !== 'done') found.push('it has not started');
    return found;
})";

fn groups() -> Result<BTreeMap<String, Vec<String>>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/hostile/texts.json");
    Ok(serde_json::from_str(&fs::read_to_string(file)?)?)
}

/// The texts, in the order of their groups.
fn texts() -> Result<Vec<String>> {
    let texts: Vec<String> = groups()?.into_values().flatten().collect();
    ensure!(texts.len() >= 150, "only {} texts", texts.len());
    Ok(texts)
}

/// The one subresource that a gateway may have elsewhere is in the log that every scenario ends with: nothing else would be missed.
async fn is_seen(stage: &Stage) -> Result<()> {
    let picture = "https://pictures.example/code.png";
    stage.open_order(Spec { code: Code { qrcode: Some(picture.into()), ..Code::default() }, ..Spec::default() }).await?;
    stage.until("document.querySelector('img.code') === null && document.querySelector('[data-screen=awaiting]') !== null").await?;
    let asked = stage.asked_elsewhere().await?;
    // A proxy is told of the host alone.
    let is_it = |asked: &String| asked == picture || asked.starts_with("CONNECT pictures.example:443 ");
    ensure!(!asked.is_empty() && asked.iter().all(is_it), "asked: {asked:?}");
    Ok(())
}

async fn check(stage: &Stage, what: &str) -> Result<()> {
    let faults = stage.eval(&format!("{FAULTS}(window)")).await?;
    ensure!(faults == json!([]), "{what:?}: {faults}");
    Ok(())
}

/// A page to be opened.
struct Load {
    /// Whether another page than ours may come.
    may_be_another: bool,
    path: String,
    /// What is there once it stands.
    shows: &'static str,
    /// What is pressed then, and what is there afterwards.
    then: Option<(&'static str, &'static str)>,
    what: String,
}

impl Load {
    fn of_order(stage: &Stage, spec: Spec, shows: &'static str, what: &str) -> Self {
        Self { may_be_another: false, path: format!("/pay/{}", stage.order(spec)), shows, then: None, what: what.to_owned() }
    }
}

/// An order that waits, what it is paid with, and what stands below: its hints come last.
const STANDING_ORDER: &str = "[data-screen=awaiting]:has(.instrument, .covered, .notice) > .rest:has(.facts) .tips";
/// Anything but what is still to come.
const ANY_SCREEN: &str = "[data-screen]:not([data-screen=loading])";

/// So many pages stand beside each other.
const FRAMES: usize = 8;
/// How long all of them may take, each with a dozen files, in one of five browsers that have just been started.
const PATIENCE: Duration = Duration::from_secs(40);

/// Whether the page in a window stands: it has its words, and shows what it is to show. Another page than ours stands as soon as it is here.
const STANDS: &str = "(({ document, location }, shows) => document.getElementById('app') === null ? \
                      document.readyState === 'complete' && location.protocol !== 'about:' : \
                      document.querySelector('.page')?.dataset.words === 'here' && document.querySelector(shows) !== null)";

/// Presses something in the frames; where an amount is wanted, there is one.
const PRESS: &str = "((presses) => document.querySelectorAll('iframe').forEach(({ contentDocument }, at) => {
    if (!presses[at]) return;
    const field = contentDocument.querySelector('#entry');
    if (field) field.value = '1.00';
    contentDocument.querySelector(presses[at]).click();
}))";

/// Waits until each of the frames shows what it is to show.
async fn all_show(stage: &Stage, loads: &[Load], shows: impl Fn(&Load) -> &'static str) -> Result<()> {
    let all = json!(loads.iter().map(&shows).collect::<Vec<_>>());
    let standing = format!("[...document.querySelectorAll('iframe')].map(({{ contentWindow }}, at) => {STANDS}(contentWindow, {all}[at]))");
    if let Err(error) = stage.until_within(PATIENCE, &format!("{standing}.every(Boolean)")).await {
        let stands = stage.eval(&standing).await?;
        let fallen = loads.iter().enumerate().filter(|(at, _)| stands.get(at) != Some(&Value::Bool(true)));
        return Err(error.context(format!("{:?}", fallen.map(|(_, load)| (&load.what, shows(load))).collect::<Vec<_>>())));
    }
    Ok(())
}

/// Opens all of them, some at a time, each in a frame of its own: a browser takes half as long for a frame as for a tab. What is
/// shown in a frame is what is shown without one; only what would open by itself does not.
async fn all_stand(stage: &Stage, loads: &[Load]) -> Result<()> {
    // Any page of the sandbox that has no policy of its own.
    stage.open("/sandbox/probe/script.js").await?;
    let (width, height) = stage.size();
    for some in loads.chunks(FRAMES) {
        let paths: Vec<&str> = some.iter().map(|load| load.path.as_str()).collect();
        let open = format!(
            "document.body.replaceChildren(...{}.map((src) => Object.assign(document.createElement('iframe'), {{ \
             src, style: 'position: fixed; inset: 0 auto auto 0; border: 0; width: {width}px; height: {height}px' }}))) ?? true",
            json!(paths),
        );
        stage.eval(&open).await?;
        all_show(stage, some, |load| load.shows).await?;
        if some.iter().any(|load| load.then.is_some()) {
            let presses = json!(some.iter().map(|load| load.then.map(|(press, _)| press)).collect::<Vec<_>>());
            stage.eval(&format!("({PRESS}({presses}), true)")).await?;
            all_show(stage, some, |load| load.then.map_or(load.shows, |(_, shows)| shows)).await?;
        }
        let faults =
            stage.eval(&format!("[...document.querySelectorAll('iframe')].map(({{ contentWindow }}) => {FAULTS}(contentWindow))")).await?;
        for (at, load) in some.iter().enumerate() {
            let fault = faults.get(at).context("no judgement")?;
            let is_another = fault.pointer("/0").and_then(Value::as_str).is_some_and(|fault| fault.starts_with("another page: http"));
            ensure!(*fault == json!([]) || (load.may_be_another && is_another), "{:?}: {fault}", load.what);
        }
    }
    Ok(())
}

/// Every text of an order that waits, and what is to be encoded; every third load from `first` on: three scenarios share them.
async fn orders(stage: &Stage, first: usize) -> Result<()> {
    let texts = texts()?;
    let mut loads = Vec::new();
    for at in (first..texts.len()).step_by(3) {
        let text = |field: usize| texts.get((at + field * 17) % texts.len()).cloned().unwrap_or_default();
        // A recording may be elsewhere, as a picture of a code may: the gateway's documents have both on another host.
        let audio_url = Some(text(9)).filter(|url| !url.starts_with("http")).unwrap_or_default();
        let encoded = Some(text(17)).filter(|text| !(text.starts_with("https://") && text.ends_with(".png"))).unwrap_or_default();
        let code = Code {
            actual_account: text(1),
            actual_account_type: text(2),
            // What another currency is told in is looked at too, in every fourth.
            actual_amount: if at % 4 == 0 { text(3) } else { String::new() },
            content: text(4),
            scheme: text(5),
            uri: text(6),
            ..Code::default()
        };
        // It stands where a code stands, or where its data does.
        let code = match at / 3 % 2 {
            0 => Code { qrcode: Some(encoded), ..code },
            _ => Code { qrcode_data: Some(encoded), ..code },
        };
        let spec = Spec {
            // Something of it is left, whatever the rest is.
            account_tip: format!("Look: {}", text(7)),
            audio: Audio { audio_content: text(8), audio_enable: 1, audio_url },
            code,
            content: text(10),
            pay_tip: text(11),
            pay_type: if at % 5 == 0 { text(12) } else { "alipay".into() },
            pay_type_logo: text(13),
            pay_type_text: text(14),
            return_uri: Some(text(15)),
            service_qq: text(16),
            subject: text(0),
            tip_cover: 2,
            ..Spec::default()
        };
        loads.push(Load::of_order(stage, spec, STANDING_ORDER, &format!("{at}: {}", text(0))));
    }
    all_stand(stage, &loads).await
}

/// Every text as the words of an answer: where the order, its code, its ways to pay or the chosen one is refused, where words come in
/// place of a code, or where a cashier is named, is refused or refuses. And every text as a way to pay.
async fn words(stage: &Stage) -> Result<()> {
    let texts = texts()?;
    let refusal = |code: i64, text: &str| Kind::Replace { body: json!({ "code": code, "message": text, "data": null }).to_string() };
    let mut orders = Vec::new();
    // With what goes wrong for the first of them that asks: which does not matter, as they all have the same number.
    let mut cashiers: [(Call, Vec<Kind>, Vec<Load>); 3] =
        [Call::Cashier, Call::Cashier, Call::Create].map(|call| (call, Vec::new(), Vec::new()));
    for (at, text) in texts.iter().enumerate() {
        let refused = |call, code, pay_type: &str| Spec {
            faults: vec![Fault { call: Some(call), from: 1, times: 0, kind: refusal(code, text) }],
            pay_type: pay_type.into(),
            ..Spec::default()
        };
        let order = |spec, shows| Load::of_order(stage, spec, shows, text);
        let mut cashier = |group: usize, kind, shows, then| {
            if let Some((_, kinds, loads)) = cashiers.get_mut(group) {
                kinds.push(kind);
                loads.push(Load { may_be_another: false, path: format!("/cashier/{CASHIER}"), shows, then, what: text.clone() });
            }
        };
        match at % 8 {
            // An order whose gateway is out of order (500) would be asked for again.
            0 => orders.push(order(refused(Call::Info, 404, "alipay"), "[data-screen=not-found]")),
            // It stands in place of a code.
            1 => orders.push(order(refused(Call::Qrcode, 500, "alipay"), ".plate.covered, .notice")),
            2 => {
                let code = Code { content: text.clone(), r#type: "text".into(), ..Code::default() };
                orders.push(order(Spec { code, ..Spec::default() }, ".plate.covered, .notice"));
            }
            3 => orders.push(order(refused(Call::Types, 400, ""), ".warning")),
            4 => orders.push(Load { then: Some((".method", ".warning")), ..order(refused(Call::ChoseType, 400, ""), ".method") }),
            5 => cashier(0, refusal(404, text), "[data-screen=cashier-not-found]", None),
            6 => cashier(1, Kind::Merge { data: json!({ "title": text }) }, ENTRY, None),
            _ => cashier(2, refusal(400, text), ENTRY, Some(("[type=submit]", ".warning"))),
        }
    }
    for some in texts.chunks(20) {
        let way = |text: &String| json!({ "value": text, "label": text, "logo": text });
        let body = json!({ "code": 200, "message": "", "data": some.iter().map(way).collect::<Vec<_>>() }).to_string();
        let faults = vec![Fault { call: Some(Call::Types), from: 1, times: 0, kind: Kind::Replace { body } }];
        orders.push(Load::of_order(stage, Spec { faults, pay_type: String::new(), ..Spec::default() }, ".method", "ways to pay"));
    }
    all_stand(stage, &orders).await?;
    for (call, kinds, loads) in cashiers {
        let faults = kinds.into_iter().map(|kind| Fault { call: Some(call), from: 1, times: 1, kind });
        stage.sandbox.state().creation_faults().extend(faults);
        all_stand(stage, &loads).await?;
        ensure!(stage.sandbox.state().creation_faults().is_empty(), "some cashier was not asked");
    }
    Ok(())
}

/// Where an amount is entered.
const ENTRY: &str = "[data-screen=entering]:has(form)";

const TOKEN_OF_COOKIE: &str = r#"{"token": "cookie:sandbox_token"}"#;

/// Every text in the words, the codes and the addresses of the other gateways' answers.
async fn other_gateways(stage: &Stage) -> Result<()> {
    let texts = texts()?;
    stage.sign_in(TOKEN).await?;
    let mut loads = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let out = format!("H{at}");
        let (call, answer) = match at % 6 {
            0 => (Call::Mapi, json!({ "code": -1, "msg": text })),
            1 => (Call::Mapi, json!({ "code": 1, "msg": text, "type": text, "qrcode": text, "urlscheme": text, "payurl": text })),
            2 => (Call::Payment, json!({ "code": 777, "msg": text })),
            3 => (Call::Payment, json!({ "code": 0, "msg": text, "data": { "code_url": text, "jump_url": text } })),
            4 => (Call::Pay, json!({ "code": 777, "message": text, "msg": text })),
            _ => (Call::Pay, json!({ "code": 0, "msg": text, "data": { "pay_param": text, text: text } })),
        };
        let fault = Fault { call: Some(call), from: 1, times: 0, kind: Kind::Replace { body: answer.to_string() } };
        let id = stage.order(Spec { faults: vec![fault.clone()], order_id: (1000 + at).to_string(), ..Spec::default() });
        let path = match (call, at % 12 < 6) {
            (Call::Mapi, _) => {
                stage.sandbox.state().creation_faults().push(Fault { times: 1, ..fault });
                mapi_link(stage, &[("out_trade_no", &out)])
            }
            (Call::Payment, true) => format!("/?gateway=anqi&order_id={id}&pay_way=wechat"),
            (Call::Payment, false) => format!("/?gateway=anqi&order_id={id}&pay_way=alipay"),
            (_, true) => format!("/?gateway=instant&order_id={id}&pay_price=10.00&pay_method=2"),
            (_, false) => format!("/?gateway=instant&order_id={id}&pay_price=10.00&pay_method=1"),
        };
        // A link that makes an order meets a fault of all such links.
        if call != Call::Mapi {
            loads.push(Load { may_be_another: false, path, shows: ANY_SCREEN, then: None, what: format!("{call:?} says {text:?}") });
            continue;
        }
        stage.open(&path).await?;
        // A page for paying is gone to, where it is a web address.
        let shown = "document.getElementById('app') === null || (document.querySelector('.page')?.dataset.words === 'here' && \
                     document.querySelector('[data-screen]').dataset.screen !== 'loading')";
        stage.until(shown).await.with_context(|| format!("{call:?} says {text:?}"))?;
        if stage.eval("document.getElementById('app') === null").await? == true {
            ensure!(
                call == Call::Mapi && at % 6 == 1 && stage.eval("/^(https?|chrome-error):$/.test(location.protocol)").await? == true,
                "{text:?}"
            );
            stage.check_console().await.with_context(|| format!("{call:?} says {text:?}"))?;
            continue;
        }
        check(stage, text).await?;
    }
    all_stand(stage, &loads).await
}

/// Where a paid order leads: every text that could be an address. `tests/hostile.rs` tries many more without a browser.
async fn ends(stage: &Stage) -> Result<()> {
    let mut groups = groups()?;
    let mut loads = Vec::new();
    let addresses = ["scheme", "look-alike", "frame"].map(|group| groups.remove(group).with_context(|| format!("no {group}")));
    for text in addresses.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten() {
        let spec = Spec {
            pay_payed_wait_time: Some(600),
            return_uri: Some(text.clone()),
            status: Stand::Paid,
            subject: text.clone(),
            ..Spec::default()
        };
        loads.push(Load::of_order(stage, spec, "[data-screen=paid]", &text));
    }
    all_stand(stage, &loads).await
}

/// Every text in every part of a link: three in each.
async fn addresses(stage: &Stage) -> Result<()> {
    // Many name no order, or the same: pages beside each other cannot be told apart by what they ask for.
    stage.crowd();
    let texts: Vec<String> = texts()?.iter().map(|text| percent_encoded(text)).collect();
    let mut loads = Vec::new();
    for at in 0..texts.len().div_ceil(3) * 2 {
        let text = |field: usize| texts.get((at + field * texts.len().div_ceil(3)) % texts.len()).map_or("", String::as_str);
        let (one, two, three) = (text(0), text(1), text(2));
        let path = match at % 6 {
            0 => format!("/?order_id={one}&lang={two}&pid={three}"),
            1 => format!("/pay/{one}?lang={two}&gateway={three}"),
            2 => format!("/?out_order_id={one}&pid=1&lang={two}&{three}=1"),
            3 => format!("/?gateway={one}&order_id={two}&trade_no={three}"),
            4 => format!("/cashier/{CASHIER}?key={one}&name={two}&{three}={three}"),
            _ => format!(
                "/?gateway=mapi&name={one}&money=1.00&out_trade_no={two}&pid=1&type=alipay&return_url={three}&notify_url={two}&sign={one}&sign_type=MD5"
            ),
        };
        // A path of several parts is no page of ours.
        loads.push(Load { may_be_another: true, shows: ANY_SCREEN, then: None, what: path.clone(), path });
    }
    all_stand(stage, &loads).await
}

fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Values that are too long, too deep, or of another kind than they should be.
async fn sizes(stage: &Stage) -> Result<()> {
    let deep = |depth: usize| (0..depth).fold(json!("x"), |inner, _| json!([inner]));
    let wide: Vec<Value> = (0..20_000).map(|at| json!({ "code": format!("m{at}"), "label": "<b>" })).collect();
    let values = [
        json!("长".repeat(300_000)),
        json!("W".repeat(1_000_000)),
        json!("<b>".repeat(100_000)),
        json!(format!("<p>{}", "&amp;".repeat(100_000))),
        json!("e\u{301}".repeat(50_000)),
        deep(100),
        json!(wide),
        json!({ "__proto__": { "toString": 1 }, "constructor": "x" }),
        json!(1.0e300),
        json!(-1),
        json!(u64::MAX),
        json!(true),
        Value::Null,
    ];
    for value in values {
        for (call, fields) in [
            ("info", json!({ "subject": value, "pay_tip": value, "pay_type_text": value, "methods": value })),
            ("qrcode", json!({ "content": value })),
            ("qrcode", json!({ "qrcode": value })),
        ] {
            let what = format!("{call} {}", fields.to_string().chars().take(40).collect::<String>());
            let merge = [(call.to_owned(), fields)].into();
            stage.open_order(Spec { merge, ..Spec::default() }).await?;
            stage.until_words().await?;
            // What cannot be understood is asked for again.
            stage
                .until("document.querySelector('[data-screen]').dataset.screen !== 'loading' || document.body.innerText.includes('重试')")
                .await
                .context(what.clone())?;
            check(stage, &what).await?;
        }
    }
    Ok(())
}
