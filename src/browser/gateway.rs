//! The gateway that the page speaks to: which one it is, and conversations with it.
//!
//! What speaks to other gateways than the template API comes in a file of its own.

use core::cell::Cell;

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

use super::{
    address, capability, host,
    http::{self, Handle, Outcome},
    settings,
};
use crate::{
    apart::on_demand,
    config::Token,
    gateway::{self, Gateway, LinkFault, Mistake, Premises, Reply, Request, Start, Step},
    order::{Answer, Call, Failure, Fault, Standing, Terms, Visit, query_param},
};

thread_local! {
    /// Where there is none it is the template API.
    static GATEWAY: Cell<Option<&'static Gateway>> = const { Cell::new(None) };
}

/// The longest conversation there is, in requests, and one to spare.
const MOST_ROUNDS: u8 = 4;

/// The gateway that the link or the settings name, where it is another than the template API.
pub(super) fn named(query: &str) -> Option<String> {
    let name = query_param(query, "gateway").or_else(|| settings::config().text("gateway").map(str::to_owned));
    name.filter(|name| name != "xarr")
}

/// The page speaks to the gateway of this start from now on.
pub(super) fn choose(gateway: Gateway) {
    GATEWAY.set(Some(Box::leak(Box::new(gateway))));
}

/// Whether tabs of the same order understand each other's answers about how it stands.
pub(super) fn shares_status() -> bool {
    GATEWAY.get().is_none_or(Gateway::shares_status)
}

/// How the console names a call.
pub(super) fn name_of(call: &'static str) -> &'static str {
    match (GATEWAY.get(), call) {
        (None, _) => call,
        (_, "order/info") => "asking for the order",
        (_, "order/qrcode") => "asking for the payment",
        (_, "order/status") => "asking whether it is paid",
        (_, other) => other,
    }
}

/// Puts a call to the gateway, in as many requests as it takes. With the last reply.
pub(super) async fn converse(call: &Call, handle: &Handle) -> (Answer, Outcome) {
    let Some(gateway) = GATEWAY.get() else {
        let outcome = http::send(gateway::request_xarr(call, settings::config().api()), None, handle).await;
        return (gateway::decode_xarr(call, outcome.reply(), &address::origin()), outcome);
    };
    let mut outcome = Outcome::default();
    let mut heard = None;
    for round in 0..MOST_ROUNDS {
        match step(gateway, call.clone(), round, heard.take()).await {
            Ok(Next::Answer(answer)) => return (answer, outcome),
            // What speaks to this gateway did not come.
            Err(_) => break,
            Ok(Next::Ask(request, token)) => {
                outcome = http::send(request, token, handle).await;
                heard = Some(outcome.text());
            }
        }
    }
    (call.failed(Failure::Fault(Fault::Network)), outcome)
}

/// Where the order stands, by an answer that another tab was given.
pub(super) fn status_of(call: &Call, reply: Reply<'_>) -> Option<Result<Standing, Failure>> {
    match gateway::decode_xarr(call, Ok(reply), &address::origin()) {
        Answer::Status(result) => Some(result),
        _ => None,
    }
}

/// A step of a conversation, with the shopper's token where it goes with the request.
enum Next {
    Answer(Answer),
    Ask(Request, Option<String>),
}

on_demand! {
    gateways,
    fn step(gateway: &'static Gateway, call: Call, round: u8, heard: Option<Result<(u16, String), Fault>>) -> Next {
        let api = settings::config().api();
        let step = match &heard {
            None => gateway.ask(&call, api),
            Some(heard) => {
                let reply = heard.as_ref().map(|(http_status, body)| Reply { body, http_status: *http_status }).map_err(|fault| *fault);
                gateway.hear(&call, round.saturating_sub(1), reply, &address::origin(), api)
            }
        };
        match step {
            Step::Answer(answer) => Next::Answer(answer),
            Step::Ask(request) => {
                let token = if request.is_signed_in { token() } else { None };
                Next::Ask(request, token)
            }
        }
    }
}

/// The shopper's token, from where the settings say: read anew each time, since the shopper may have signed in meanwhile.
fn token() -> Option<String> {
    let token = match settings::config().token()? {
        Token::Cookie(name) => {
            let document = capability::global("document")?;
            let cookies = capability::text(&document, "cookie")?;
            let value = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('=')).find(|(other, _)| *other == name)?.1;
            js_sys::decode_uri_component(value).map_or_else(|_| value.to_owned(), String::from)
        }
        Token::Storage(storage, name) => {
            let storage = capability::global(storage)?;
            capability::call(&storage, "getItem", &[&JsValue::from_str(name)])?.as_string()?
        }
    };
    // What cannot stand in a header is no token, and must not keep the question from being asked.
    Some(token).filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '))
}

on_demand! {
    gateways,
    /// Reads the link of another gateway, and listens to the app around the page.
    pub(super) fn begin(name: String) -> Start {
        host::listen();
        let config = settings::config();
        let text = |name: &str| config.text(name).map(str::to_owned);
        let premises = Premises {
            api: config.api().to_owned(),
            confirm: text("confirm"),
            host_fields: host_fields(),
            in_mini_program: host::is_mini_program(),
            methods: config.methods(),
            pay_path: text("pay_path"),
            query: address::here().query,
        };
        Gateway::start(&name, &premises).unwrap_or_else(|LinkFault { field, mistake }| {
            super::report(&["saoma: the link: ", &field, " ", mistake.text(), "; see docs/gateways.md"].concat());
            let visit = if mistake == Mistake::Missing { Visit::Nothing } else { Visit::Invalid(field) };
            Start { amount: None, gateway: Gateway::Xarr, subject: None, terms: Terms::default(), visit }
        })
    }
}

/// What the app around the page says of the order: the properties of `SaomaHost.order`.
fn host_fields() -> Vec<(String, String)> {
    let order = capability::global("SaomaHost").and_then(|host| capability::of(&host, "order"));
    let Some(order) = order.map(Object::from) else { return Vec::new() };
    // Texts as they are, numbers as a script writes them.
    let text = |value: JsValue| {
        let is_plain = value.is_string() || value.as_f64().is_some();
        is_plain.then(|| capability::call(&js_sys::global(), "String", &[&value]))??.as_string()
    };
    let entries = Object::entries(&order);
    entries.iter().filter_map(|entry| Some((Array::from(&entry).get(0).as_string()?, text(Array::from(&entry).get(1))?))).collect()
}
