//! Any bytes as the answer to any call: no panic, and no success that nobody gave.
//!
//! The first byte chooses the call and the HTTP status, the rest is the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saoma::{
    config::Config,
    gateway::{self, Gateway, Premises, Reply, Step},
    order::{Answer, Call, CashierKey, Fen, OrderId, OrderRef, Standing, Told, Visit},
};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, body)) = data.split_first() else { return };
    let body = String::from_utf8_lossy(body);
    let http_status = [200, 204, 404, 500][usize::from(choice >> 3 & 3)];
    let order = || OrderRef::Id(OrderId::decode("A1").expect("a number"));
    let id = || OrderId::decode("A1").expect("a number");
    let key = || CashierKey::decode("K1").expect("a key");
    let call = match choice & 7 {
        0 => Call::Audio(order()),
        1 => Call::Info(order()),
        2 => Call::QrCode { id: id(), method: Some(["wechat", "alipay", "weapp", "points"][usize::from(choice >> 5 & 3)].into()) },
        3 => Call::Methods(id()),
        4 => Call::Choose { id: id(), method: "alipay".into() },
        5 => Call::Cashier(key()),
        6 => Call::Create { amount: Fen::FEN, key: key() },
        _ => Call::Status(order()),
    };
    let answer = gateway::decode_xarr(&call, Ok(Reply { body: &body, http_status }), "https://pay.example");
    assert!(!answer.is_good() || http_status < 300, "a bad status line is never a success");
    if let Answer::Status(Ok(Standing::Paid { .. })) = &answer {
        assert!(body.contains("status") && body.contains('2') || body.contains("\\u"), "paid without the gateway's word");
    }
    for (name, query) in [
        ("anqi", "order_id=1"),
        ("instant", "order_id=1&pay_price=1.00"),
        ("mapi", "pid=1&type=alipay&out_trade_no=1&notify_url=x&return_url=x&name=x&money=1.00&sign=x&sign_type=MD5"),
    ] {
        let premises = |query: &str| Premises { confirm: Some("/confirm".into()), query: query.into(), ..Premises::default() };
        // Any link is read or refused; the answers are those to a good one.
        let _ = Gateway::start(name, &premises(&body));
        let gateway = Gateway::start(name, &premises(query)).expect("a good link").gateway;
        let _ = gateway.ask(&call, "/api");
        for round in 0..3 {
            let step = gateway.hear(&call, round, Ok(Reply { body: &body, http_status }), "https://pay.example", "/api");
            if let Step::Answer(answer) = step {
                // An order is taken as its link names it where a source says nothing of it.
                let is_local = matches!(answer, Answer::Info(Ok(_)));
                assert!(
                    !answer.is_good()
                        || http_status < 300
                        || is_local
                        || matches!(answer, Answer::Status(Ok(Standing::Over { .. } | Standing::Waiting { .. })))
                );
            }
        }
    }
    let _ = Config::decode(&body);
    let _ = Visit::of_address(&body, &body);
    let _ = Told::decode(&body);
});
