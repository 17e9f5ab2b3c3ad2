//! Every answer of the template API, as the specification prints it and as gateways are known to vary it.
//!
//! `info-flat.json`, `audio.json`, `status.json` and `qrcode.json` are the examples of `003_37d426c7333ebf8e.txt`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{fs, path::Path, time::Duration};

use saoma::{
    gateway::{self, Reply},
    order::{
        Answer, AudioUrl, Call, Cashier, CashierKey, Code, End, Failure, Fault, Fen, Info, Instrument, Node, Offer, OrderId, OrderRef,
        OutOrderId, PayMethod, Picture, Prompt, Refusal, ReturnTarget, Returning, ServiceQq, Standing, Tone, UnixSeconds, WalletLink,
    },
};

fn decode_with(http_status: u16, call: &Call, file: &str) -> Answer {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xarr").join(file);
    let body = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    gateway::decode_xarr(call, Ok(Reply { body: &body, http_status }), "https://pay.example")
}

fn by_id() -> OrderRef {
    OrderRef::from_address("/pay/202406010001", "").unwrap()
}

fn info(file: &str) -> Result<Box<Info>, Failure> {
    match decode_with(200, &Call::Info(by_id()), file) {
        Answer::Info(info) => info,
        other => panic!("{other:?}"),
    }
}

fn status(file: &str) -> Result<Standing, Failure> {
    match decode_with(200, &Call::Status(by_id()), file) {
        Answer::Status(standing) => standing,
        other => panic!("{other:?}"),
    }
}

fn audio(file: &str) -> Result<Option<Prompt>, Failure> {
    match decode_with(200, &Call::Audio(by_id()), file) {
        Answer::Audio(prompt) => prompt,
        other => panic!("{other:?}"),
    }
}

fn offer(file: &str) -> Result<Offer, Failure> {
    match decode_with(200, &Call::QrCode { id: OrderId::decode("202406010001").unwrap(), method: None }, file) {
        Answer::QrCode(offer) => offer,
        other => panic!("{other:?}"),
    }
}

fn instrument(file: &str) -> Instrument {
    match offer(file).unwrap() {
        Offer::Instrument(instrument) => instrument,
        other => panic!("{other:?}"),
    }
}

fn to_shop() -> Returning {
    Returning::To(ReturnTarget::decode("/order/return").unwrap())
}

/// The texts of a hint, in their order.
fn texts(nodes: &[Node]) -> Vec<String> {
    nodes
        .iter()
        .flat_map(|node| match node {
            Node::Break => Vec::new(),
            Node::Element { children, .. } => texts(children),
            Node::Text(text) => vec![text.clone()],
        })
        .collect()
}

fn tips(info: &Info) -> Vec<String> {
    info.order.tips.read().iter().flat_map(|tip| texts(tip.nodes())).collect()
}

#[test]
fn info_is_read_flat_enveloped_and_with_numbers_as_text() {
    for file in ["info-flat.json", "info-envelope.json", "info-text-numbers.json"] {
        let info = info(file).unwrap();
        assert_eq!(info.standing, Standing::Paid { redirect_wait: Some(Duration::from_secs(5)), returning: to_shop() }, "{file}");
        assert_eq!(info.redirect_wait, Some(Duration::from_secs(5)));
        assert_eq!(tips(&info), ["请核对账号信息"]);
        let order = info.order;
        assert_eq!((order.amount, order.trade_amount), (Fen::decode(1000), Fen::decode(1000)));
        assert_eq!(order.differing_amount(), None);
        assert_eq!(order.id, OrderId::decode("202406010001"));
        assert_eq!(order.out_order_id, OutOrderId::decode("EXT20240601"));
        assert_eq!(order.subject.as_deref(), Some("商品购买"));
        assert_eq!(order.content.as_deref(), Some("订单内容"));
        assert_eq!(order.create_time.as_deref(), Some("2024-06-01 12:00:00"));
        assert_eq!(order.service_qq, ServiceQq::decode("123456"));
        let logo = Picture::decode_local("/assets/alipay.png");
        assert_eq!(order.method, Some(PayMethod { code: "alipay".into(), label: Some("支付宝".into()), logo }));
    }
}

#[test]
fn a_waiting_order_knows_no_return_target() {
    let info = info("info-waiting.json").unwrap();
    assert_eq!(info.standing, Standing::Waiting { expires: UnixSeconds::decode(1_717_220_000), opens_wallet: false });
    assert_eq!(info.order.differing_amount(), Fen::decode(1000));
    assert_eq!(info.order.method.unwrap().logo, None, "a logo from another host is not fetched");
}

#[test]
fn absent_fields_are_absent_however_they_are_written() {
    let info = info("info-nulls.json").unwrap();
    let order = info.order;
    assert_eq!((order.amount, order.trade_amount), (None, Fen::decode(5)));
    assert_eq!((order.subject, order.content, order.create_time, order.service_qq), (None, None, None, None));
    assert!(order.tips.is_empty());
    assert_eq!(info.standing, Standing::Waiting { expires: None, opens_wallet: false });
    assert_eq!(info.redirect_wait, None);
    assert_eq!(order.method.unwrap().label, None);
}

#[test]
fn a_method_may_not_be_chosen_yet() {
    assert_eq!(info("info-no-method.json").unwrap().order.method, None);
}

#[test]
fn milliseconds_are_taken_for_what_they_are() {
    let expected = Standing::Waiting { expires: UnixSeconds::decode(1_717_220_000), opens_wallet: false };
    assert_eq!(info("info-milliseconds.json").unwrap().standing, expected);
}

#[test]
fn the_accounts_tip_covers_the_merchants_unless_both_are_wanted() {
    assert_eq!(tips(&info("info-envelope.json").unwrap()), ["请核对账号信息"]);
    assert_eq!(tips(&info("info-tips-both.json").unwrap()), ["账号提示", "请及时支付"]);
    assert_eq!(tips(&info("info-tips-own.json").unwrap()), ["请及时支付"]);
}

#[test]
fn what_is_no_answer_is_a_fault_for_every_call() {
    for file in ["login.html", "info-truncated.json", "status-twice.json"] {
        assert!(matches!(info(file), Err(Failure::Fault(Fault::Undecodable(_)))), "{file}");
        assert!(matches!(status(file), Err(Failure::Fault(Fault::Undecodable(_)))), "{file}");
        assert!(matches!(audio(file), Err(Failure::Fault(Fault::Undecodable(_)))), "{file}");
        assert!(matches!(offer(file), Err(Failure::Fault(Fault::Undecodable(_)))), "{file}");
    }
    for file in ["info-unknown-status.json", "info-no-amount.json"] {
        assert!(matches!(info(file), Err(Failure::Fault(Fault::Undecodable(_)))), "{file}");
    }
}

#[test]
fn a_refusal_carries_the_gateways_words_whatever_the_http_status() {
    for http_status in [200, 400, 404, 409, 422] {
        let expected = Refusal { code: 404, message: Some("未能找到订单信息或失效".into()), verdict: None };
        let answer = decode_with(http_status, &Call::Info(by_id()), "info-not-found.json");
        assert_eq!(answer, Answer::Info(Err(Failure::Refused(expected))), "{http_status}");
    }
}

#[test]
fn a_bad_status_line_is_never_a_success() {
    for http_status in [301, 403, 500, 502] {
        let answer = decode_with(http_status, &Call::Status(by_id()), "status-envelope.json");
        assert_eq!(answer, Answer::Status(Err(Failure::Fault(Fault::HttpStatus(http_status)))));
    }
}

#[test]
fn status_says_where_the_order_stands() {
    let paid = Standing::Paid { redirect_wait: Some(Duration::from_secs(5)), returning: to_shop() };
    for (file, expected) in [
        ("status.json", paid.clone()),
        ("status-envelope.json", paid),
        ("status-waiting.json", Standing::Waiting { expires: UnixSeconds::decode(1_717_220_000), opens_wallet: true }),
        ("status-closed.json", Standing::Ended(End::Closed)),
        ("status-timed-out.json", Standing::Ended(End::TimedOut)),
        ("status-creation-failed.json", Standing::Ended(End::CreationFailed)),
        ("status-paid-nowhere.json", Standing::Paid { redirect_wait: None, returning: Returning::Nowhere }),
        ("status-hostile-return.json", Standing::Paid { redirect_wait: Some(Duration::ZERO), returning: Returning::Refused }),
    ] {
        assert_eq!(status(file), Ok(expected), "{file}");
    }
    for file in ["status-unknown.json", "status-null.json"] {
        assert!(matches!(status(file), Err(Failure::Fault(_))), "{file}");
    }
}

#[test]
fn a_prompt_is_a_recording_or_words() {
    let words = |words: &str| Some(words.to_owned());
    for file in ["audio.json", "audio-envelope.json"] {
        let url = AudioUrl::decode("https://cdn.example.com/audio/123.mp3");
        assert_eq!(audio(file), Ok(Some(Prompt { url, words: words("您有一笔新订单,请及时处理。") })), "{file}");
    }
    assert_eq!(audio("audio-words.json"), Ok(Some(Prompt { url: None, words: words("请支付0.01") })));
    assert_eq!(audio("audio-off.json"), Ok(None));
    assert_eq!(audio("audio-hostile.json"), Ok(None));
}

#[test]
fn the_specs_code_is_encoded_and_keeps_all_its_fields() {
    for file in ["qrcode.json", "qrcode-envelope.json"] {
        let instrument = instrument(file);
        assert_eq!(instrument.code, Some(Code::Text("xxxxxx".into())));
        assert_eq!(instrument.wallet, WalletLink::decode("alipays://platformapi/startapp?saId=10000007"));
        assert_eq!(instrument.content.as_deref(), Some("请使用支付宝扫码支付"));
        assert_eq!(instrument.actual_amount.as_deref(), Some("10.00"));
        assert_eq!(instrument.account.as_deref(), Some("alipay@xxx"));
        assert_eq!(instrument.account_type.as_deref(), Some("支付宝"));
    }
}

#[test]
fn a_ready_picture_wins_and_a_text_is_encoded() {
    let picture = Picture::decode("data:image/png;base64,iVBORw0KGgo=").map(Code::Picture);
    assert_eq!(instrument("qrcode-practice.json").code, picture);
    assert_eq!(instrument("qrcode-text.json").code, Some(Code::Text("weixin://wxpay/bizpayurl?pr=AbC".into())));
    assert_eq!(instrument("qrcode-path.json").code, Some(Code::Text("https://pay.example/pay/h5/1".into())));
    assert!(instrument("qrcode-empty.json").is_empty());
}

#[test]
fn an_amount_in_another_currency_keeps_its_digits() {
    assert_eq!(instrument("qrcode-usdt.json").actual_amount.as_deref(), Some("1.350"));
}

#[test]
fn the_type_says_what_to_do() {
    let link = |raw| WalletLink::decode(raw).unwrap();
    let notice = |copyable, tone, words: &str| Offer::Notice { copyable, tone, words: words.into() };
    for (file, expected) in [
        ("qrcode-jump.json", Offer::Jump(link("https://pay.example/h5"))),
        ("qrcode-jump-scheme.json", Offer::Jump(link("alipays://x"))),
        ("qrcode-html.json", Offer::Elsewhere),
        ("qrcode-form.json", Offer::Elsewhere),
        ("qrcode-text-notice.json", notice(true, Tone::Info, "请转账到 6222…")),
        ("qrcode-error.json", notice(false, Tone::Error, "通道维护中")),
        ("qrcode-tip-warning.json", notice(false, Tone::Warning, "请更换支付方式")),
    ] {
        assert_eq!(offer(file), Ok(expected), "{file}");
    }
    let unknown = instrument("qrcode-unknown.json");
    assert_eq!((unknown.wallet, unknown.content.as_deref()), (WalletLink::decode("https://pay.example/h5"), Some("x")));
}

/// A reply that stands here rather than in a file: its variations are a word each.
fn decoded(call: &Call, body: &str) -> Answer {
    gateway::decode_xarr(call, Ok(Reply { body, http_status: 200 }), "https://pay.example")
}

#[test]
fn methods_are_a_list_of_what_can_be_chosen() {
    let call = Call::Methods(OrderId::decode("A1").unwrap());
    let entries = r#"[{"value":"alipay","label":"支付宝","logo":"/a.png"},{"value":"usdt","label":"","logo":"https://cdn.example/u.png"},{"label":"x"},7]"#;
    for body in [format!(r#"{{"code":200,"data":{entries}}}"#), entries.to_owned()] {
        let Answer::Methods(Ok(methods)) = decoded(&call, &body) else { panic!("{body}") };
        let read: Vec<_> = methods.iter().map(|method| (method.code.as_str(), method.label.as_deref(), method.logo.is_some())).collect();
        assert_eq!(read, [("alipay", Some("支付宝"), true), ("usdt", None, false)]);
    }
    for body in [r#"{"code":200,"data":{}}"#, r#"{"code":200,"data":null}"#, r#"{"code":200}"#, "<html>", "null"] {
        assert!(matches!(decoded(&call, body), Answer::Methods(Err(Failure::Fault(_)))), "{body}");
    }
}

#[test]
fn a_choice_is_taken_by_the_code_alone() {
    let call = Call::Choose { id: OrderId::decode("A1").unwrap(), method: "alipay".into() };
    for body in [r#"{"code":200,"message":"success","data":null}"#, r#"{"code":"200"}"#, r#"{"code":200,"data":[]}"#, "{}"] {
        assert_eq!(decoded(&call, body), Answer::Chosen(Ok(())), "{body}");
    }
    let refused = Refusal { code: 400, message: Some("no".into()), verdict: None };
    assert_eq!(decoded(&call, r#"{"code":400,"message":"no","data":null}"#), Answer::Chosen(Err(Failure::Refused(refused))));
    assert!(matches!(decoded(&call, "<html>"), Answer::Chosen(Err(Failure::Fault(_)))));
}

#[test]
fn a_cashier_has_limits_and_makes_orders() {
    let key = CashierKey::decode("K1").unwrap();
    let cashier = |highest, lowest, title: Option<&str>| {
        Answer::Cashier(Ok(Cashier {
            highest: Fen::decode(highest).filter(|_| highest > 0),
            lowest: Fen::decode(lowest).unwrap(),
            title: title.map(Into::into),
        }))
    };
    let call = Call::Cashier(key.clone());
    let full = r#"{"code":200,"data":{"title":"茶","min_amount":"100","max_amount":5000}}"#;
    assert_eq!(decoded(&call, full), cashier(5000, 100, Some("茶")));
    assert_eq!(decoded(&call, r#"{"code":200,"data":{"name":"x","min_amount":0,"max_amount":-1}}"#), cashier(0, 1, Some("x")));
    let call = Call::Create { amount: Fen::decode(1234).unwrap(), key };
    assert_eq!(gateway::request_xarr(&call, "").body.as_deref(), Some(r#"{"key":"K1","amount":1234}"#));
    assert_eq!(decoded(&call, r#"{"code":200,"data":{"order_id":77}}"#), Answer::Created(Ok(OrderId::decode("77").unwrap())));
    assert!(matches!(decoded(&call, r#"{"code":200,"data":{"order_id":""}}"#), Answer::Created(Err(Failure::Fault(_)))));
}

#[test]
fn a_text_is_a_code_where_the_first_paint_can_draw_it() {
    let code = |length| Code::decode(&"x".repeat(length), "https://pay.example");
    assert!(code(first_paint::LONGEST_TEXT).is_some() && code(first_paint::LONGEST_TEXT + 1).is_none());
    assert!(!code(Code::DENSE_BYTES).unwrap().is_dense() && code(Code::DENSE_BYTES + 1).unwrap().is_dense());
    let picture = Code::decode(&format!("data:image/png;base64,{}", "A".repeat(Code::DENSE_BYTES)), "https://pay.example");
    assert!(!picture.unwrap().is_dense());
    assert!(include_str!("../first-paint/draw.js").contains(&format!("shown.text.length > {}", Code::DENSE_BYTES)));
}
