//! Other tabs of the same order: one of them asks the gateway, and the answers go to all.
//!
//! What goes over the channel is text, one line for each part: `claim` and a rank; `gone`; or `answer`, a rank, the HTTP
//! status (0 for none), the seconds of `Retry-After` or nothing, and the body. A browser without `BroadcastChannel` has no
//! other tabs as far as the page knows, and each asks for itself.

use core::time::Duration;

use wasm_bindgen::{JsValue, closure::Closure};

use super::{capability, gateway, http, send};
use crate::{
    checkout::Event,
    gateway::Reply,
    order::{Call, Failure, Fault, OrderRef},
    text::{digits, int, split_once},
};

/// The line to the other tabs.
pub(super) struct Tabs {
    channel: JsValue,
    /// Settles who asks when two tabs want to at the same time.
    rank: u32,
}

impl Tabs {
    /// Listens to the tabs of this order. `None` where there can be none.
    pub(super) fn of(order: &OrderRef, rank: u32) -> Option<Self> {
        let channel = capability::new("BroadcastChannel", &[&JsValue::from_str(&name(order))])?;
        let call = Call::Status(order.clone());
        // The page listens as long as it lives.
        let listener = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
            if let Some(event) = capability::text(&message, "data").and_then(|text| heard(&call, &text)) {
                send(event);
            }
        });
        capability::set(&channel, "onmessage", &listener.into_js_value());
        Some(Self { channel, rank })
    }

    /// This tab asks from now on.
    pub(super) fn claim(&self) {
        self.post(&["claim\n", &digits(self.rank)].concat());
    }

    /// This tab no longer asks.
    pub(super) fn leave(&self) {
        self.post("gone");
    }

    /// This tab asked where the order stands, and this is what came.
    pub(super) fn pass_on(&self, outcome: &http::Outcome) {
        let (status, body) = outcome.reply().map_or((0, ""), |reply| (reply.http_status, reply.body));
        let retry_after = outcome.retry_after().map(|span| digits(span.as_secs())).unwrap_or_default();
        self.post(&["answer\n", &digits(self.rank), "\n", &digits(status), "\n", &retry_after, "\n", body].concat());
    }

    fn post(&self, text: &str) {
        // A text can always be cloned; only a closed channel refuses it.
        capability::call(&self.channel, "postMessage", &[&JsValue::from_str(text)]);
    }
}

/// Two orders never share a channel: a number means something only with whose it is.
fn name(order: &OrderRef) -> String {
    match order {
        OrderRef::Id(id) => ["saoma:id:", id.as_str()].concat(),
        OrderRef::Out { out_order_id, pid } => ["saoma:out:", &digits(pid.get()), ":", out_order_id.as_str()].concat(),
    }
}

/// What another tab says. `None` for what this version does not understand.
fn heard(call: &Call, text: &str) -> Option<Event> {
    let mut rest = Some(text);
    // The body, which comes last, may have lines of its own.
    let mut part = || {
        let whole = rest.take()?;
        match split_once(whole, "\n") {
            Some((part, after)) => {
                rest = Some(after);
                Some(part)
            }
            None => Some(whole),
        }
    };
    match part()? {
        "claim" => Some(Event::Claimed { rank: number(part()?)? }),
        "gone" => Some(Event::Orphaned),
        "answer" => {
            let rank = number(part()?)?;
            let http_status = number(part()?)?;
            let retry_after = number(part()?).map(Duration::from_secs);
            let body = rest?;
            let result = match http_status {
                0 => Err(Failure::Fault(Fault::Network)),
                _ => gateway::status_of(call, Reply { body, http_status })?,
            };
            Some(Event::Overheard { rank, result, retry_after })
        }
        _ => None,
    }
}

fn number<T: TryFrom<i64>>(text: &str) -> Option<T> {
    int(text)?.try_into().ok()
}
