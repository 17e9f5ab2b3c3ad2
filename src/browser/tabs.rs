//! Other tabs of the same order: one of them asks the gateway, and the answers go to all.
//!
//! What goes over the channel is text: `claim`, `gone`, or `answer`, an HTTP status and a body, one line each. A browser
//! without `BroadcastChannel` has no other tabs as far as the page knows, and each asks for itself.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{http, send};
use crate::{
    checkout::Event,
    gateway::Reply,
    order::{Call, Failure, Fault, OrderRef},
};

/// The line to the other tabs.
pub(super) struct Tabs(Option<BroadcastChannel>);

impl Tabs {
    /// Listens to the tabs of this order.
    pub(super) fn of(order: Option<&OrderRef>) -> Self {
        let Some(order) = order else { return Self(None) };
        let exists = js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("BroadcastChannel")).unwrap_or(false);
        let channel = exists.then(|| BroadcastChannel::new(&["saoma:", order.as_str()].concat()).ok()).flatten();
        if let Some(channel) = &channel {
            let call = Call::Status(order.clone());
            let listener = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
                if let Some(event) = message.data().as_string().and_then(|text| heard(&call, &text)) {
                    send(event);
                }
            });
            channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
            // The page listens as long as it lives.
            listener.forget();
        }
        Self(channel)
    }

    /// This tab asks from now on.
    pub(super) fn claim(&self) {
        self.post("claim");
    }

    /// This tab no longer asks.
    pub(super) fn leave(&self) {
        self.post("gone");
    }

    /// This tab asked where the order stands, and this is what came.
    pub(super) fn pass_on(&self, reply: &Result<(u16, String), Fault>) {
        match reply {
            Ok((status, body)) => self.post(&["answer\n", &status.to_string(), "\n", body].concat()),
            Err(_) => self.post("fault"),
        }
    }

    fn post(&self, text: &str) {
        if let Some(channel) = &self.0 {
            // A text can always be cloned; only a closed channel refuses it.
            let _ = channel.post_message(&JsValue::from_str(text));
        }
    }
}

/// What another tab says. `None` for what this version does not understand.
fn heard(call: &Call, text: &str) -> Option<Event> {
    match text {
        "claim" => Some(Event::Followed),
        "fault" => Some(Event::Overheard(Err(Failure::Fault(Fault::Network)))),
        "gone" => Some(Event::Orphaned),
        _ => {
            let (status, body) = text.strip_prefix("answer\n")?.split_once('\n')?;
            http::overheard(call, Reply { body, http_status: status.parse().ok()? })
        }
    }
}
