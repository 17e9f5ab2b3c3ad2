//! Any bytes as the answer to any call: no panic, and no success that nobody gave.
//!
//! The first byte chooses the call and the HTTP status, the rest is the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saoma::{
    config::Config,
    gateway::{self, Reply},
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
        2 => Call::QrCode(id()),
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
    let _ = Config::decode(&body);
    let _ = Visit::of_address(&body, &body);
    let _ = Told::decode(&body);
});
