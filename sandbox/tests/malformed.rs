//! Requests that no browser sends: the sandbox answers or hangs up, keeps no more than it may, and goes on.
//!
//! `SAOMA_FUZZ_SECONDS` says for how long; two seconds where it is not set.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::{Duration, Instant},
};

use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use sandbox::{Sandbox, Settings, Spec};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const ROUTES: [&str; 44] = [
    "/",
    "/api/cashier/parse",
    "/api/order/audio",
    "/api/order/chose-type",
    "/api/order/create-cashier",
    "/api/order/info",
    "/api/order/nothing",
    "/api/order/pay",
    "/api/order/payment",
    "/api/order/qrcode",
    "/api/order/status",
    "/api/pay/types",
    "/api/payment/check",
    "/../../Cargo.toml",
    "/assets/../../../Cargo.toml",
    "/assets/%2e%2e/%2e%2e/%2e%2e/Cargo.toml",
    "/cashier/K1",
    "/pay/A1",
    "/pay/mapi.php",
    "/pay/separate/A1",
    "/pay/status",
    "/sandbox",
    "/sandbox/api/channels/alipay",
    "/sandbox/api/defaults",
    "/sandbox/api/notifications",
    "/sandbox/api/orders",
    "/sandbox/api/orders/A1",
    "/sandbox/api/orders/A1/pay",
    "/sandbox/api/requests",
    "/sandbox/control.js",
    "/sandbox/custom.css",
    "/sandbox/logo/x.svg",
    "/sandbox/notify/3",
    "/sandbox/probe/said",
    "/sandbox/probe/script.js",
    "/sandbox/prompt.wav",
    "/sandbox/shop",
    "/sandbox/sign-in",
    "/sandbox/store",
    "/sandbox/wallet/A1",
    "/studio",
    "/studio/api/contrast",
    "/studio/api/screens",
    "/studio/api/settings",
];

/// How long an answer may take: nobody waits for a request that is never complete.
const PATIENCE: Duration = Duration::from_secs(2);

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
        Just(Value::from("A1")),
        (0_usize..30_000).prop_map(|length| Value::from("长".repeat(length))),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    let known = select(
        &[
            "order_id",
            "out_order_id",
            "pid",
            "amount",
            "expires_in",
            "status",
            "code",
            "faults",
            "call",
            "kind",
            "name",
            "merge",
            "money",
            "sign",
            "key",
            "pay_type",
            "method",
            "_time",
            "notify_url",
            "paid_after_ms",
        ][..],
    );
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,12}"]
}

/// The bytes of a request: of a known route, more or less well formed.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let method = select(&["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW", "get", ""][..]);
    let path = prop_oneof![6 => select(&ROUTES[..]).prop_map(str::to_owned), 1 => "/[ -~]{0,60}", 1 => ".{0,20}"];
    let query = prop_oneof![
        3 => Just(String::new()),
        2 => (name(), "[!-~]{0,60}").prop_map(|(name, value)| format!("?{name}={value}")),
        1 => "[?][ -~]{0,200}",
    ];
    let body = prop_oneof![
        4 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => (0_usize..2000).prop_map(|depth| "[".repeat(depth).into_bytes()),
        1 => (0_usize..300_000).prop_map(|length| vec![b'x'; length]),
    ];
    let header = prop_oneof![
        4 => Just("content-type: application/json"),
        1 => Just("content-type: application/x-www-form-urlencoded"),
        1 => Just("content-type: ?"),
        1 => Just("cookie: =;;=; token"),
        1 => Just("authorization: Bearer"),
        1 => Just("transfer-encoding: chunked"),
        1 => Just(" broken"),
    ];
    let length = prop_oneof![6 => Just(0_i64), 1 => -10_i64..10, 1 => Just(i64::MAX)];
    (method, path, query, header, body, length).prop_map(|(method, path, query, header, body, wrong)| {
        let length = i64::try_from(body.len()).unwrap().saturating_add(wrong);
        let head =
            format!("{method} {path}{query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\ncontent-length: {length}\r\n\r\n");
        [head.into_bytes(), body].concat()
    })
}

/// Sends it, and reads what comes until there is no more, or nobody waits any longer.
async fn send(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut answer = Vec::new();
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        stream.shutdown().await?;
        stream.read_to_end(&mut answer).await
    };
    // To hang up is an answer too.
    let _ = timeout(PATIENCE, exchange).await;
    answer
}

/// What this process holds, in bytes.
fn memory() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * 4096
}

#[tokio::test]
async fn malformed_requests_are_survived() {
    let seconds = env::var("SAOMA_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(2);
    let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/page");
    let settings = Settings { dist, ..Settings::default() };
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), settings).await.unwrap();
    let address = sandbox.address();
    let create = || sandbox.state().orders().create(Spec { order_id: "A1".into(), ..Spec::default() });
    create();
    let seed: u64 = env::var("SAOMA_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() });
    let requests = request();
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut sent, mut answered, mut before) = (0_usize, 0_usize, 0);
    while Instant::now() < end {
        let request = requests.new_tree(&mut runner).unwrap().current();
        let answer = send(address, &request).await;
        let shown = String::from_utf8_lossy(&request).chars().take(400).collect::<String>();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 "), "{shown}");
        assert!(!answer.windows(9).any(|part| part == b"[package]"), "a file from elsewhere was given out: {shown}");
        answered += usize::from(!answer.is_empty());
        sent += 1;
        if sent.is_multiple_of(50) {
            create();
            let ask = b"POST /api/order/info HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"order_id\":\"A1\"}";
            let answer = send(address, ask).await;
            assert!(answer.starts_with(b"HTTP/1.1 200"), "after {sent} requests: {}", String::from_utf8_lossy(&answer));
        }
        // The first half fills what may be filled.
        if before == 0 && Instant::now() + Duration::from_secs(seconds) / 2 > end {
            before = memory();
        }
    }
    let state = sandbox.state();
    assert!(
        state.orders().iter().count() <= 1000 && state.records().iter().count() <= 10_000 && state.notifications().iter().count() <= 1000
    );
    let is_short = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
    assert!(state.records().iter().all(|record| is_short(&record.order_id, 128) && is_short(&record.time, 32)), "a record is long");
    let grown = memory().saturating_sub(before);
    println!("{sent} requests, {answered} answers; memory grew by {} kB in the second half", grown / 1024);
    assert!(answered > sent / 2, "{answered} of {sent} were answered");
    assert!(grown < 64 << 20, "memory grew by {grown} bytes in the second half");
}
