//! The gateways other than the template API: their links, their requests, and every answer as the specifications print it
//! and as the gateways are known to vary it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{collections::BTreeSet, fs, path::Path};

use proptest::prelude::*;
use saoma::{
    gateway::{Gateway, LinkFault, Mistake, NAMES, Premises, Reply, Request, Start, Step, points_methods},
    order::{
        Answer, Call, CashierKey, Code, Failure, Fault, Fen, Freight, HostApp, Info, Instrument, Offer, OrderId, OrderRef, Points, Refusal,
        Standing, Terms, Verdict, Visit, WalletLink,
    },
};
use serde_json::{Value, json};

const ORIGIN: &str = "https://pay.example";

fn start_with(name: &str, premises: Premises) -> Result<Start, LinkFault> {
    Gateway::start(name, &Premises { api: "/api".into(), ..premises })
}

fn start(name: &str, query: &str) -> Start {
    start_with(name, Premises { query: query.into(), ..Premises::default() }).unwrap()
}

fn confirmed(name: &str, query: &str) -> Gateway {
    let premises = Premises { confirm: Some("/confirm".into()), query: query.into(), ..Premises::default() };
    start_with(name, premises).unwrap().gateway
}

fn fault_in(name: &str, query: &str) -> (String, Mistake) {
    let LinkFault { field, mistake } = start_with(name, Premises { query: query.into(), ..Premises::default() }).map(|_| ()).unwrap_err();
    (field, mistake)
}

fn fixture(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn asked(gateway: &Gateway, call: &Call) -> Request {
    match gateway.ask(call, "/api") {
        Step::Ask(request) => request,
        Step::Answer(answer) => panic!("{call:?} is answered at once: {answer:?}"),
    }
}

fn told(gateway: &Gateway, call: &Call) -> Answer {
    match gateway.ask(call, "/api") {
        Step::Answer(answer) => answer,
        Step::Ask(request) => panic!("{call:?} asks {request:?}"),
    }
}

fn hear(gateway: &Gateway, call: &Call, round: u8, body: &str) -> Step {
    gateway.hear(call, round, Ok(Reply { body, http_status: 200 }), ORIGIN, "/api")
}

fn answer(gateway: &Gateway, call: &Call, round: u8, body: &str) -> Answer {
    match hear(gateway, call, round, body) {
        Step::Answer(answer) => answer,
        Step::Ask(request) => panic!("it goes on with {request:?}"),
    }
}

fn offer(gateway: &Gateway, call: &Call, body: &str) -> Result<Offer, Failure> {
    match answer(gateway, call, 0, body) {
        Answer::QrCode(offer) => offer,
        other => panic!("{other:?}"),
    }
}

fn instrument(gateway: &Gateway, call: &Call, body: &str) -> Instrument {
    match offer(gateway, call, body) {
        Ok(Offer::Instrument(instrument)) => instrument,
        other => panic!("{other:?}"),
    }
}

fn verdict_of<T: std::fmt::Debug>(result: Result<T, Failure>) -> (Option<Verdict>, Option<String>) {
    match result {
        Err(Failure::Refused(Refusal { message, verdict, .. })) => (verdict, message),
        other => panic!("{other:?}"),
    }
}

fn by_id(id: &str) -> OrderRef {
    OrderRef::Id(OrderId::decode(id).unwrap())
}

fn paying(id: &str, method: &str) -> Call {
    Call::QrCode { id: OrderId::decode(id).unwrap(), method: Some(method.into()) }
}

// mapi

const FORM: &str = "pid=1000&type=alipay&out_trade_no=20160806151343349&notify_url=http%3A%2F%2Fx%2Fn&return_url=http%3A%2F%2Fx%2Fr&name=%E5%A5%A5%E5%88%A9%E5%A5%A5+%26&money=1.00&sign=202cb962ac59075b964b07152d234b70&sign_type=MD5";

fn mapi() -> (Gateway, Call) {
    let Start { gateway, visit, .. } = start("mapi", &format!("?gateway=mapi&{FORM}&lang=en"));
    let Visit::Pay(order) = visit else { panic!("{visit:?}") };
    (gateway, Call::Info(order))
}

fn created(body: &str) -> Result<Box<Info>, Failure> {
    let (gateway, call) = mapi();
    match answer(&gateway, &call, 0, body) {
        Answer::Info(info) => info,
        other => panic!("{other:?}"),
    }
}

#[test]
fn mapi_posts_the_form_as_it_was_signed() {
    let Start { amount, subject, terms, visit, .. } = start("mapi", &format!("?gateway=mapi&{FORM}"));
    assert_eq!((amount, subject.as_deref()), (Fen::decode(100), Some("奥利奥 &")));
    assert_eq!(terms, Terms { asked: Fen::decode(100), ..Terms::default() });
    assert_eq!(visit.order().map(OrderRef::as_str), Some("20160806151343349"));
    let (gateway, call) = mapi();
    let request = asked(&gateway, &call);
    assert_eq!((request.path.as_str(), request.content_type), ("/pay/mapi.php", "application/x-www-form-urlencoded"));
    assert!(!request.is_signed_in);
    // The same fields with the same values: written otherwise, they would not bear the signature.
    let body = request.body.unwrap();
    let fields = |query: &str| {
        let decode = |text: &str| saoma::order::query_param(&format!("x={text}"), "x").unwrap_or_default();
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), decode(value))).collect::<Vec<_>>()
    };
    assert_eq!(fields(&body), fields(FORM));
    let status = asked(&gateway, &Call::Status(by_id("T1")));
    assert_eq!((status.path.as_str(), status.body.as_deref()), ("/api/order/status", Some(r#"{"order_id":"T1"}"#)));
}

#[test]
fn mapi_takes_what_the_shop_has_set() {
    let premises = Premises { pay_path: Some("/epay/mapi.php".into()), query: FORM.into(), ..Premises::default() };
    let Start { gateway, visit, .. } = start_with("mapi", premises).unwrap();
    assert_eq!(asked(&gateway, &Call::Info(visit.order().unwrap().clone())).path, "/epay/mapi.php");
}

#[test]
fn mapi_answers_are_read_as_printed_and_as_varied() {
    let Info { offer, order, standing, .. } = *created(&fixture("mapi/created.json")).unwrap();
    assert_eq!((order.amount, order.trade_amount), (Fen::decode(100), Fen::decode(100)));
    assert_eq!(order.id.map(|id| id.as_str().to_owned()).as_deref(), Some("20160806151343349"));
    assert_eq!(order.method.map(|method| method.code).as_deref(), Some("alipay"));
    assert!(standing.is_waiting());
    let text = "wxp://f2f15IaTGck0xvm7vug4lqx-sMpJ0xiUB8fWTDwCQk-jYBxS6Yl1A_fOdPGNNGKwPnOt";
    assert_eq!(offer, Some(Offer::Instrument(Instrument { code: Some(Code::Text(text.into())), ..Instrument::default() })));

    let Info { order, .. } = *created(&fixture("mapi/numbers-as-numbers.json")).unwrap();
    assert_eq!((order.trade_amount, order.id.unwrap().as_str()), (Fen::decode(102), "20160806151343349"));
    assert_eq!(created(&fixture("mapi/enveloped.json")).unwrap().order.id.unwrap().as_str(), "T1");
    let page = WalletLink::decode("https://pay.example/pay/T1").unwrap();
    assert_eq!(created(&fixture("mapi/epay-payurl.json")).unwrap().offer, Some(Offer::Jump(page)));
    let code = Some(Code::Text("weixin://wxpay/bizpayurl?pr=x".into()));
    assert_eq!(
        created(&fixture("mapi/epay-qrcode.json")).unwrap().offer,
        Some(Offer::Instrument(Instrument { code, ..Instrument::default() }))
    );
    let wallet = WalletLink::decode("weixin://dl/business/?ticket=x");
    assert_eq!(
        created(&fixture("mapi/epay-urlscheme.json")).unwrap().offer,
        Some(Offer::Instrument(Instrument { wallet, ..Instrument::default() }))
    );
    // An amount that cannot be read is no amount to pay.
    assert!(matches!(created(r#"{"code":200,"money":"1.001","qrcode":"x"}"#), Err(Failure::Fault(Fault::Undecodable(_)))));
    // A page for paying is a web page.
    assert!(matches!(
        created(r#"{"code":1,"payurl":"javascript:alert(1)"}"#).unwrap().offer,
        Some(Offer::Instrument(instrument)) if instrument.is_empty()
    ));
}

#[test]
fn mapi_codes_have_meanings_and_success_is_never_guessed() {
    for (code, verdict) in [
        (700, Verdict::Incomplete),
        (701, Verdict::BadSignature),
        (702, Verdict::Maintenance),
        (703, Verdict::NoCodeForAmount),
        (704, Verdict::AmountTooSmall),
        (800, Verdict::BadMerchant),
        (901, Verdict::NoChannel),
        (0, Verdict::Other),
        (-1, Verdict::Other),
        (2, Verdict::Other),
    ] {
        for (http_status, name) in [(200, "msg"), (400, "message"), (422, "msg")] {
            let (gateway, call) = mapi();
            let body = json!({ "code": code.to_string(), name: "words" }).to_string();
            let mut step = gateway.hear(&call, 0, Ok(Reply { body: &body, http_status }), ORIGIN, "/api");
            let is_of_the_link = matches!(verdict, Verdict::AmountTooSmall | Verdict::BadSignature | Verdict::Incomplete);
            assert_eq!(matches!(step, Step::Answer(_)), is_of_the_link, "{code}: it is looked whether there is such an order");
            if !is_of_the_link {
                step = hear(&gateway, &call, 1, r#"{"code":404,"message":"未能找到订单信息或失效"}"#);
            }
            let Step::Answer(Answer::Info(result)) = step else { panic!("{step:?}") };
            assert_eq!(verdict_of(result), (Some(verdict), Some("words".into())), "{code}");
        }
    }
    for body in ["<html>", "{}", "[]", r#"{"qrcode":"x","money":"1.00"}"#, r#"{"code":null}"#, r#"{"code":"ok"}"#] {
        assert!(matches!(created(body), Err(Failure::Fault(_))), "{body}");
    }
}

#[test]
fn mapi_resumes_an_order_of_the_same_number() {
    let (gateway, call) = mapi();
    let duplicate = r#"{"code":705,"msg":"duplicate"}"#;
    let Step::Ask(request) = hear(&gateway, &call, 0, duplicate) else { panic!("it does not look") };
    assert_eq!(request.path, "/api/order/info");
    assert_eq!(request.body.as_deref(), Some(r#"{"out_order_id":"20160806151343349","pid":1000}"#));
    let order = r#"{"code":200,"data":{"status":1,"amount":100,"trade_amount":101,"order_id":"T1","pay_type":"alipay"}}"#;
    let Answer::Info(Ok(info)) = answer(&gateway, &call, 1, order) else { panic!("it is not resumed") };
    assert_eq!((info.offer, info.order.trade_amount), (None, Fen::decode(101)), "its code is asked for");
    let again = || hear(&gateway, &call, 0, duplicate);
    again();
    let Answer::Info(result) = answer(&gateway, &call, 1, r#"{"code":404,"message":"未能找到订单信息或失效"}"#) else {
        panic!()
    };
    assert_eq!(verdict_of(result).0, Some(Verdict::Duplicate));
    // What is no answer decides nothing: it is all tried again.
    again();
    let Answer::Info(lost) = answer(&gateway, &call, 1, "<html>") else { panic!() };
    assert!(matches!(lost, Err(Failure::Fault(_))));
    // A channel that is full now may have taken the order before.
    hear(&gateway, &call, 0, r#"{"code":702,"msg":"full"}"#);
    let Answer::Info(paid) = answer(&gateway, &call, 1, r#"{"code":200,"data":{"status":2,"amount":100,"order_id":"T1"}}"#) else {
        panic!()
    };
    assert!(matches!(paid.unwrap().standing, Standing::Paid { .. }));
}

// AnqiCMS

#[test]
fn anqi_asks_as_the_specification_prints_it() {
    let Start { gateway, terms, visit, .. } = start("anqi", "?gateway=anqi&order_id=202211232209080046&pay_way=alipay");
    assert!(terms.chooses_here && !terms.confirms && terms.status_timeout.is_some_and(|timeout| timeout.as_secs() > 20));
    assert_eq!(visit, Visit::Pay(by_id("202211232209080046")));
    let request = asked(&gateway, &paying("202211232209080046", "alipay"));
    assert_eq!((request.path.as_str(), request.is_signed_in), ("/api/order/payment", true));
    assert_eq!(
        serde_json::from_str::<Value>(&request.body.unwrap()).unwrap(),
        json!({ "order_id": "202211232209080046", "pay_way": "alipay" })
    );
    let check = asked(&gateway, &Call::Status(by_id("a/b")));
    assert_eq!((check.path.as_str(), check.body), ("/api/payment/check?order_id=a%2Fb", None));
    let Answer::Info(Ok(info)) = told(&gateway, &Call::Info(by_id("1"))) else { panic!("nobody is asked") };
    assert_eq!((info.order.trade_amount, info.order.method.unwrap().code.as_str()), (None, "alipay"));
    assert_eq!(told(&gateway, &Call::Audio(by_id("1"))), Answer::Audio(Ok(None)));
}

#[test]
fn anqi_offers_the_methods_of_the_shop_that_work_here() {
    let offered = |methods: &[&str], in_mini_program| {
        let premises = Premises {
            in_mini_program,
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            query: "order_id=1".into(),
            ..Premises::default()
        };
        let Start { gateway, visit, .. } = start_with("anqi", premises).unwrap();
        assert_eq!(visit, Visit::Choose(by_id("1")));
        match told(&gateway, &Call::Methods(OrderId::decode("1").unwrap())) {
            Answer::Methods(Ok(methods)) => methods.into_iter().map(|method| method.code).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(offered(&[], false), ["wechat", "alipay", "paypal", "stripe"]);
    assert_eq!(offered(&[], true), ["wechat", "weapp", "alipay", "paypal", "stripe"]);
    assert_eq!(offered(&["stripe", "weapp", "wechat"], false), ["wechat", "stripe"]);
}

#[test]
fn anqi_answers_are_read_as_printed_and_as_varied() {
    let gateway = start("anqi", "order_id=1").gateway;
    let text = Code::Text("weixin://wxpay/bizpayurl?pr=...".into());
    assert_eq!(instrument(&gateway, &paying("1", "wechat"), &fixture("anqi/wechat.json")).code, Some(text));
    let picture = instrument(&gateway, &paying("1", "wechat"), &fixture("anqi/wechat-picture.json")).code;
    assert!(matches!(picture, Some(Code::Picture(_))));
    for way in ["alipay", "paypal", "stripe"] {
        let jump = instrument(&gateway, &paying("1", way), &fixture("anqi/alipay.json"));
        assert_eq!(jump.wallet, WalletLink::decode("https://openapi.alipay.com/gateway.do?..."));
        assert_eq!(jump.code, None, "never a code");
    }
    let host = instrument(&gateway, &paying("1", "weapp"), &fixture("anqi/weapp.json")).host.unwrap();
    assert_eq!(host.app, HostApp::MiniProgram);
    let request: Value = serde_json::from_str(&host.request).unwrap();
    assert_eq!(
        request,
        json!({ "saoma": 1, "type": "pay", "app": "weapp", "param": { "timeStamp": "1672531200", "nonceStr": "abc123def456",
            "package": "prepay_id=wx2023010123456789", "signType": "MD5", "paySign": "A8E3A1C5F7..." } })
    );
    let flat = r#"{"code":"0","msg":"","code_url":"wxp://f2f0"}"#;
    assert_eq!(instrument(&gateway, &paying("1", "wechat"), flat).code, Some(Code::Text("wxp://f2f0".into())));
    let own = instrument(&gateway, &paying("1", "alipay"), r#"{"code":0,"data":{"jump_url":"https://pay.example/x"}}"#);
    assert!(own.wallet.is_some());
}

#[test]
fn anqi_jumps_are_https_or_the_pages_own() {
    let gateway = start("anqi", "order_id=1").gateway;
    for bad in [
        "javascript:alert(1)",
        "http://openapi.alipay.com/x",
        "//evil.example/",
        "https://pay.example@evil.example/",
        "https:\\\\evil.example",
        " https://openapi.alipay.com/",
        "data:text/html,x",
        "alipays://x",
        "",
    ] {
        let body = json!({ "code": 0, "data": { "jump_url": bad } }).to_string();
        assert!(matches!(offer(&gateway, &paying("1", "alipay"), &body), Err(Failure::Fault(Fault::Undecodable(_)))), "{bad}");
    }
    let http_page = gateway.hear(
        &paying("1", "alipay"),
        0,
        Ok(Reply { body: r#"{"code":0,"data":{"jump_url":"http://127.0.0.1:8088.evil.example/x"}}"#, http_status: 200 }),
        "http://127.0.0.1:8088",
        "/api",
    );
    assert!(matches!(http_page, Step::Answer(Answer::QrCode(Err(_)))), "a host that only begins alike");
}

#[test]
fn anqi_codes_have_meanings() {
    let gateway = start("anqi", "order_id=1").gateway;
    for (code, verdict) in [
        (1001, Verdict::SignIn),
        (1002, Verdict::NotAllowed),
        (4001, Verdict::UnknownOrder),
        (4002, Verdict::NotPayable),
        (4003, Verdict::Unsupported),
        (4004, Verdict::NothingToPay),
        (-1, Verdict::Other),
        (200, Verdict::Other),
        (7, Verdict::Other),
    ] {
        for name in ["msg", "message"] {
            let body = json!({ "code": code, name: "words", "data": null }).to_string();
            assert_eq!(
                verdict_of(offer(&gateway, &paying("1", "wechat"), &body)),
                (Some(verdict), Some("words".into())),
                "{code}: 200 is no success here"
            );
        }
    }
    for body in ["<html>", "{}", r#"{"data":{"code_url":"x"}}"#, r#"{"code":0,"data":[]}"#, r#"{"code":0,"data":{"code_url":""}}"#] {
        assert!(matches!(offer(&gateway, &paying("1", "wechat"), body), Err(Failure::Fault(_))), "{body}");
    }
}

#[test]
fn anqi_says_no_more_than_that_an_order_waits_no_more() {
    let status = |gateway: &Gateway, round, body: &str| match answer(gateway, &Call::Status(by_id("1")), round, body) {
        Answer::Status(status) => status,
        other => panic!("{other:?}"),
    };
    let gateway = start("anqi", "order_id=1").gateway;
    let waiting = Ok(Standing::Waiting { expires: None, opens_wallet: false });
    assert_eq!(status(&gateway, 0, r#"{"code":-1,"msg":"未支付"}"#), waiting);
    assert_eq!(status(&gateway, 0, r#"{"code":0,"msg":""}"#), Ok(Standing::Over { heard: true }));
    for odd in ["", "<html>", r#"{"code":1001,"msg":"no"}"#, r#"{"msg":"paid"}"#] {
        assert!(status(&gateway, 0, odd).is_err(), "{odd}");
    }
    // With a source that confirms, that source is asked, and nothing else means paid.
    let gateway = confirmed("anqi", "order_id=1");
    let Step::Ask(request) = hear(&gateway, &Call::Status(by_id("1")), 0, r#"{"code":0}"#) else { panic!("it is not confirmed") };
    assert_eq!((request.path.as_str(), request.body.as_deref()), ("/confirm", Some(r#"{"order_id":"1"}"#)));
    assert!(matches!(status(&gateway, 1, r#"{"code":200,"data":{"status":2}}"#), Ok(Standing::Paid { .. })));
    assert!(matches!(status(&gateway, 1, r#"{"code":200,"data":{"status":3}}"#), Ok(Standing::Ended(_))));
    assert_eq!(status(&gateway, 1, r#"{"code":200,"data":{"status":1}}"#), Ok(Standing::Over { heard: true }));
    for unclear in ["<html>", r#"{"code":404}"#, r#"{"code":200,"data":{"status":9}}"#] {
        assert_eq!(status(&gateway, 1, unclear), Ok(Standing::Over { heard: false }), "{unclear} says nothing");
    }
}

// Immediate payment

const CART: &str = "order_id=7&pay_price=12.5&address_id=3&freight_mode=2&freight_json_arr_key=2";

#[test]
fn instant_posts_all_fields_of_the_specification() {
    let Start { amount, gateway, terms, visit, .. } =
        start("instant", &format!("?gateway=instant&{CART}&pay_integral=100&points_owned=40&pay_method=4"));
    assert_eq!((amount, visit), (Fen::decode(1250), Visit::Pay(by_id("7"))));
    assert!(terms.chooses_here && !terms.confirms && terms.status_timeout.is_none());
    let request = asked(&gateway, &paying("7", "wxpay+points"));
    assert_eq!((request.path.as_str(), request.content_type), ("/api/order/pay", "application/x-www-form-urlencoded"));
    assert!(request.is_signed_in);
    assert_eq!(
        request.body.as_deref(),
        Some("order_id=7&pay_method=4&pay_price=12.50&pay_integral=40&address_id=3&freight_mode=2&freight_json_arr_key=2")
    );
    let short = start("instant", "order_id=7&pay_price=12.5").gateway;
    assert_eq!(asked(&short, &paying("7", "alipay")).body.as_deref(), Some("order_id=7&pay_method=2&pay_price=12.50&pay_integral=0"));
    let Answer::Info(Ok(info)) = told(&gateway, &Call::Info(by_id("7"))) else { panic!("nobody is asked") };
    assert_eq!(info.order.points, Some(Points { needed: 100, owned: 40 }));
    assert_eq!((info.order.freight, info.order.trade_amount), (Some(Freight::MerchantsChoice), Fen::decode(1250)));
    let covered = start("instant", "order_id=7&pay_price=12.5&pay_integral=100&points_owned=100").gateway;
    let Answer::Info(Ok(info)) = told(&covered, &Call::Info(by_id("7"))) else { panic!("nobody is asked") };
    assert_eq!((info.order.amount, info.order.trade_amount), (Fen::decode(1250), None), "points pay: no money is due");
}

#[test]
fn instant_takes_the_link_and_then_the_host() {
    let host = |fields: &[(&str, &str)]| fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let premises = Premises {
        host_fields: host(&[("order_id", "8"), ("pay_price", "3.00"), ("pay_method", "2"), ("theme", "dark")]),
        pay_path: Some("/app/pay".into()),
        query: "gateway=instant&order_id=7".into(),
        ..Premises::default()
    };
    let Start { amount, gateway, visit, .. } = start_with("instant", premises).unwrap();
    assert_eq!((amount, visit), (Fen::decode(300), Visit::Pay(by_id("7"))));
    assert_eq!(asked(&gateway, &paying("7", "alipay")).path, "/app/pay");
}

#[test]
fn instant_answers_are_read_as_printed_and_as_varied() {
    let gateway = start("instant", "order_id=7&pay_price=12.5").gateway;
    let host = |method, file| {
        let Instrument { host, wallet, .. } = instrument(&gateway, &paying("7", method), &fixture(file));
        let host = host.unwrap();
        (host.app, serde_json::from_str::<Value>(&host.request).unwrap(), wallet)
    };
    for method in ["wxpay", "wxpay+points"] {
        let (app, request, wallet) = host(method, "instant/wechat.json");
        let param: Value = serde_json::from_str::<Value>(&fixture("instant/wechat.json")).unwrap()["data"]["pay_param"].clone();
        assert_eq!((app, &request["param"], wallet), (HostApp::WeChat, &param, None), "as it came: {request}");
        assert_eq!(request["app"], "wxpay");
    }
    let (app, request, wallet) = host("alipay", "instant/alipay.json");
    let raw = serde_json::from_str::<Value>(&fixture("instant/alipay.json")).unwrap()["data"]["pay_param"].clone();
    assert_eq!((app, &request["param"]), (HostApp::Alipay, &raw));
    let order_string = request["order_string"].as_str().unwrap();
    assert!(order_string.contains("&timestamp=2019-12-12%2020%3A10%3A46&version=1.0&sign=s4lALt1mhGwP7NkWHgDgjQiQEvEdDhInWbR8YkBzj%2BcJ"));
    let link = wallet.unwrap();
    let suffix = link.as_str().strip_prefix("alipays://platformapi/startApp?appId=20000125&orderSuffix=").unwrap();
    assert_eq!(saoma::order::query_param(&format!("x={suffix}"), "x").as_deref(), Some(order_string), "encoded once more as a whole");
    assert_eq!(offer(&gateway, &paying("7", "points"), &fixture("instant/points.json")), Ok(Offer::Nothing));
    assert_eq!(
        verdict_of(offer(&gateway, &paying("7", "wxpay"), &fixture("instant/expired.json"))),
        (Some(Verdict::SignIn), Some("token过期".into()))
    );
    let refused = r#"{"status":0,"msg":"积分不足","data":[]}"#;
    assert_eq!(verdict_of(offer(&gateway, &paying("7", "wxpay"), refused)), (Some(Verdict::Other), Some("积分不足".into())));
}

#[test]
fn instant_takes_nothing_for_an_answer_that_is_none() {
    let Start { gateway, terms, .. } = start("instant", "order_id=7&pay_price=12.5");
    assert!(terms.asks_once, "what got lost may have been taken on: it is not sent again");
    let swapped = [("wxpay", fixture("instant/alipay.json")), ("alipay", fixture("instant/wechat.json"))];
    for (method, body) in swapped.iter().map(|(method, body)| (*method, body.as_str())).chain([
        ("wxpay", "<html>"),
        ("wxpay", "{}"),
        ("wxpay", r#"{"code":200,"data":{"pay_param":{"a":1}}}"#),
        ("alipay", r#"{"status":200,"data":{"pay_param":""}}"#),
        ("alipay", r#"{"status":200,"data":[]}"#),
    ]) {
        assert!(matches!(offer(&gateway, &paying("7", method), body), Err(Failure::Fault(_))), "{method} {body}");
    }
    // Whether it is paid has to be known before it is paid, where somebody knows.
    let gateway = confirmed("instant", "order_id=7&pay_price=12.5&pay_method=1");
    let call = Call::Info(by_id("7"));
    for lost in [Err(Fault::Network), Ok(Reply { body: "<html>", http_status: 502 })] {
        let step = gateway.hear(&call, 0, lost, ORIGIN, "/api");
        assert!(matches!(step, Step::Answer(Answer::Info(Err(Failure::Fault(_))))), "{step:?}");
    }
    assert!(asked(&gateway, &call).is_signed_in, "the source may want to know who asks");
    // What is paid is the order of the link, whatever number the source has for it.
    let body = r#"{"code":200,"data":{"order_id":"X99","status":1,"trade_amount":1250}}"#;
    let step = gateway.hear(&call, 0, Ok(Reply { body, http_status: 200 }), ORIGIN, "/api");
    let Step::Answer(Answer::Info(Ok(info))) = step else { panic!("{step:?}") };
    assert_eq!(info.order.id, OrderId::decode("7"));
}

#[test]
fn links_say_which_field_is_wrong() {
    for (name, query, field, mistake) in [
        ("mapi", "pid=1&x=2", "x", Mistake::Unknown),
        ("mapi", "type=alipay", "pid", Mistake::Missing),
        ("mapi", &FORM.replace("pid=1000", "pid=x"), "pid", Mistake::Unusable),
        ("mapi", &FORM.replace("money=1.00", "money=1.001"), "money", Mistake::Unusable),
        ("mapi", &FORM.replace("&sign=202cb962ac59075b964b07152d234b70", ""), "sign", Mistake::Missing),
        ("mapi", &format!("{FORM}&ext={}", "x".repeat(101)), "ext", Mistake::Unusable),
        ("mapi", &format!("{FORM}&pid=1"), "pid", Mistake::Twice),
        ("anqi", "", "order_id", Mistake::Missing),
        ("anqi", "order_id=1&pay_way=balance", "pay_way", Mistake::Unusable),
        ("anqi", "order_id=1&token=x", "token", Mistake::Unknown),
        ("instant", "order_id=7", "pay_price", Mistake::Missing),
        ("instant", "order_id=-7&pay_price=1", "order_id", Mistake::Unusable),
        ("instant", "order_id=7&pay_price=1&pay_method=0", "pay_method", Mistake::Unusable),
        ("instant", "order_id=7&pay_price=1&pay_integral=-1", "pay_integral", Mistake::Unusable),
        ("instant", "order_id=7&pay_price=1&freight_mode=2", "freight_json_arr_key", Mistake::Missing),
        ("instant", "order_id=7&pay_price=1&freight_mode=2&freight_json_arr_key=0", "freight_json_arr_key", Mistake::Unusable),
        ("instant", "order_id=7&pay_price=1&freight_mode=3", "freight_mode", Mistake::Unusable),
        ("xarr", "order_id=7", "gateway", Mistake::Unusable),
    ] {
        assert_eq!(fault_in(name, query), (field.to_owned(), mistake), "{name} {query}");
    }
    // What the rule does not allow is no mistake: the shopper is shown what it does.
    let not_allowed = start("instant", "order_id=7&pay_price=1&pay_method=3");
    assert_eq!(not_allowed.visit, Visit::Choose(by_id("7")));
}

/// Whoever adds a gateway finds all of it in one place.
#[test]
fn what_a_gateway_does_not_have_fails_at_once() {
    let key = || CashierKey::decode("K1").unwrap();
    let id = || OrderId::decode("A1").unwrap();
    let calls = [
        Call::Cashier(key()),
        Call::Create { amount: Fen::decode(100).unwrap(), key: key() },
        Call::Choose { id: id(), method: "wechat".into() },
    ];
    let anqi = start("anqi", "order_id=1").gateway;
    let instant = start("instant", "order_id=7&pay_price=12.5").gateway;
    for gateway in [&anqi, &instant] {
        for call in &calls {
            assert_eq!(told(gateway, call), call.failed(Failure::Fault(Fault::Network)), "{call:?}");
            // Nor is a reply to what nobody asks understood.
            let heard = hear(gateway, call, 0, r#"{"code":0,"data":{}}"#);
            assert!(matches!(heard, Step::Answer(_)), "{call:?}");
        }
        assert!(!gateway.shares_status());
    }
    assert!(Gateway::Xarr.shares_status());
}

#[test]
fn a_mistake_in_a_link_is_said_in_words() {
    let texts: BTreeSet<&str> = [Mistake::Missing, Mistake::Twice, Mistake::Unknown, Mistake::Unusable].map(Mistake::text).into();
    assert_eq!(texts.len(), 4);
    assert!(texts.iter().all(|text| text.starts_with(['i', 's', 'h']) && !text.ends_with('.')), "they go on after the field's name");
}

#[test]
fn gateways_are_named_where_they_are_at_home_and_nowhere_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            // `gateway/`, the settings, and the start of a flow.
            if inside == "gateway" || inside == "config" || inside == "browser/gateway.rs" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if inside.ends_with(".rs") {
                let text = fs::read_to_string(&path).unwrap();
                let words = text.split(|char: char| !char.is_ascii_alphanumeric());
                // An `Instant` is a moment in all of Rust.
                let is_gateway =
                    |word: &str| ["anqicms"].iter().chain(&NAMES).any(|name| word.eq_ignore_ascii_case(name)) && word != "Instant";
                let named: Vec<&str> = words.filter(|word| is_gateway(word)).collect();
                assert!(named.is_empty(), "{inside} names {named:?}");
                read += 1;
            }
        }
    }
    assert!(read > 70, "only {read} files were read");
}

proptest! {
    /// Points that pay for the goods pay alone; others never without money; none are taken that are not there.
    #[test]
    fn the_rule_of_points(needed in 0u64..200, owned in 0u64..200) {
        let points = Points { needed, owned };
        let offered = points_methods((needed > 0).then_some(points));
        let allowed: BTreeSet<&str> = offered.iter().copied().collect();
        prop_assert_eq!(allowed.len(), offered.len());
        prop_assert!(!offered.is_empty());
        if needed > 0 && owned >= needed {
            prop_assert_eq!(&offered, &["points"]);
        } else {
            prop_assert!(allowed.contains("wxpay") && allowed.contains("alipay") && !allowed.contains("points"));
            let mixes = needed > 0 && owned > 0;
            prop_assert_eq!(allowed.contains("wxpay+points"), mixes);
            prop_assert_eq!(allowed.contains("alipay+points"), mixes);
        }
        for method in offered {
            let spent = points.spent_by(method);
            prop_assert!(spent <= owned.max(needed) && spent <= needed, "{method} takes {spent}");
            prop_assert!(spent <= owned || needed == 0, "{method} takes points that are not there");
            prop_assert_eq!(spent > 0, method.ends_with("points"));
        }
    }

    /// Whatever a gateway answers, nothing panics, and nothing but its own code of success brings something to pay with.
    #[test]
    fn any_answer_is_read(body in any_body(), http_status in prop_oneof![Just(200u16), 100u16..600], round in 0u8..4) {
        // Each with the field that says that an answer is good, and what it says.
        let gateways = [
            (mapi().0, "code", 200),
            (confirmed("anqi", "order_id=1"), "code", 0),
            (confirmed("instant", "order_id=7&pay_price=1"), "status", 200),
        ];
        let calls = [
            Call::Info(by_id("1")),
            Call::Status(by_id("1")),
            paying("1", "wechat"),
            paying("1", "alipay"),
            paying("1", "points"),
            Call::Methods(OrderId::decode("1").unwrap()),
        ];
        for ((gateway, name, good), call) in gateways.iter().flat_map(|gateway| calls.iter().map(move |call| (gateway, call))) {
            let step = gateway.hear(call, round, Ok(Reply { body: &body, http_status }), ORIGIN, "/api");
            if let Step::Answer(Answer::QrCode(Ok(_))) = step {
                prop_assert!((200..300).contains(&http_status), "{http_status}");
                // The template API, which the signed form goes on with, may leave the code out.
                let is_left_out = matches!(gateway, Gateway::Mapi(_)) && field(&body, name).is_none();
                prop_assert!(is_left_out || field(&body, name) == Some(*good), "{body}");
            }
            if let Step::Answer(Answer::Status(Ok(Standing::Paid { .. }))) = step {
                prop_assert!((200..300).contains(&http_status));
                let said = [Some(body.as_str()), None].into_iter().flatten().any(|body| field(body, "status") == Some(2));
                let inner = serde_json::from_str::<Value>(&body).ok().and_then(|json| json.get("data").map(Value::to_string));
                prop_assert!(said || inner.is_some_and(|inner| field(&inner, "status") == Some(2)), "{body}");
            }
        }
    }
}

/// A whole number of an object, written as a number or as a text.
fn field(body: &str, name: &str) -> Option<i64> {
    let json: Value = serde_json::from_str(body.trim_start_matches('\u{feff}')).ok()?;
    let value = json.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn any_body() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        prop_oneof![Just(0), Just(1), Just(2), Just(200), Just(-1), Just(705), Just(4003)].prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
        Just(json!("https://x.example/y")),
        Just(json!({ "a": "b" })),
        Just(json!([])),
    ];
    let name = prop_oneof![
        Just("code"),
        Just("status"),
        Just("msg"),
        Just("data"),
        Just("money"),
        Just("qrcode"),
        Just("code_url"),
        Just("jump_url"),
        Just("pay_param"),
        Just("trade_no"),
        Just("amount"),
        Just("payurl")
    ];
    let object = prop::collection::btree_map(name, value, 0..6).prop_map(|fields| json!(fields));
    let nested = (object.clone(), object.clone()).prop_map(|(mut outer, inner)| {
        outer["data"] = inner;
        outer
    });
    prop_oneof![object.prop_map(|value| value.to_string()), nested.prop_map(|value| value.to_string()), ".{0,40}"]
}
