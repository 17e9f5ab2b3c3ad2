//! Any bytes as the answer to any call: no panic, and no success that nobody gave.
//!
//! The first byte chooses the call and the HTTP status, the rest is the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saoma::{
    config::Config,
    gateway::{self, Reply},
    order::{Answer, Call, OrderId, OrderRef, Standing},
};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, body)) = data.split_first() else { return };
    let body = String::from_utf8_lossy(body);
    let http_status = [200, 204, 404, 500][usize::from(choice >> 2 & 3)];
    let order = || OrderRef::from_address("/pay/A1", "").expect("a number");
    let call = match choice & 3 {
        0 => Call::Audio(order()),
        1 => Call::Info(order()),
        2 => Call::QrCode(OrderId::decode("A1").expect("a number")),
        _ => Call::Status(order()),
    };
    let answer = gateway::decode(&call, Reply { body: &body, http_status }, "https://pay.example");
    assert!(!answer.is_good() || http_status < 300, "a bad status line is never a success");
    if let Answer::Status(Ok(Standing::Paid { .. })) = &answer {
        assert!(body.contains("status") && body.contains('2') || body.contains("\\u"), "paid without the gateway's word");
    }
    let _ = Config::decode(&body);
    let _ = OrderRef::from_address(&body, &body);
});
