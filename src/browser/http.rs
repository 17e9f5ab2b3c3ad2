//! Questions to the gateway.

use core::time::Duration;
use std::{cell::Cell, rc::Rc};

use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use wasm_bindgen::{JsValue, UnwrapThrowExt};
use web_sys::AbortController;

use super::{
    capability, clock,
    first_paint::{self, Early},
};
use crate::{
    checkout::{Event, QuestionId, Reading, millis},
    gateway::{Reply, Request},
    order::{Answer, Failure, Fault, UnixSeconds},
    text::{digits, has_any, int},
};

/// How old an answer to a question of the first paint may be: on a slow line the application comes long after it, and must not take the
/// code away for as long as another answer takes. Where the order stands is asked right after.
const OLDEST: Duration = Duration::from_secs(60);

/// A question under way, until it takes too long.
#[must_use]
pub(super) struct Asking {
    controller: AbortController,
    timed_out: Rc<Cell<bool>>,
    _timer: Timeout,
}

/// What the request itself needs of [`Asking`].
pub(super) struct Handle {
    controller: AbortController,
    timed_out: Rc<Cell<bool>>,
}

/// What became of a request.
#[derive(Clone)]
pub(super) struct Outcome {
    /// How long the answer had been here when it was asked for, where it had been asked for before.
    age: Option<Duration>,
    date: Option<UnixSeconds>,
    reply: Result<(u16, String), Fault>,
    retry_after: Option<Duration>,
}

impl Asking {
    pub(super) fn new(timeout: Duration) -> Self {
        let controller = AbortController::new().unwrap_throw();
        let timed_out = Rc::new(Cell::new(false));
        let timer = Timeout::new(u32::try_from(millis(timeout)).unwrap_or(u32::MAX), {
            let (controller, timed_out) = (controller.clone(), Rc::clone(&timed_out));
            move || {
                timed_out.set(true);
                controller.abort();
            }
        });
        Self { controller, timed_out, _timer: timer }
    }

    /// Ends the request.
    pub(super) fn abandon(self) {
        self.controller.abort();
    }

    pub(super) fn handle(&self) -> Handle {
        Handle { controller: self.controller.clone(), timed_out: Rc::clone(&self.timed_out) }
    }
}

impl Default for Outcome {
    /// Nothing came.
    fn default() -> Self {
        Self { age: None, date: None, reply: Err(Fault::Network), retry_after: None }
    }
}

/// Sends a request, with the shopper's token where there is one, and reads the whole answer.
pub(super) async fn send(request: Request, token: Option<String>, handle: &Handle) -> Outcome {
    let lost = || if handle.timed_out.get() { Fault::TimedOut } else { Fault::Network };
    let joint = if has_any(&request.path, "?") { "&_time=" } else { "?_time=" };
    // What the first paint has asked needs no other question, unless no answer came.
    let early = match &request.body {
        Some(body) => first_paint::answer(&[&request.path, " ", body].concat(), &handle.controller.signal()).await,
        None => None,
    };
    // What is older may not be so any more.
    if let Some(Early { age, body, response }) = early.filter(|early| early.age < OLDEST) {
        let (date, retry_after) = read_headers(&response);
        return Outcome { age: Some(age), date, reply: Ok((status(&response), body)), retry_after };
    }
    let url = [&request.path, joint, &digits(clock::request_time())].concat();
    let text = JsValue::from_str;
    let headers = capability::object(&[("Content-Type", &text(request.content_type)), ("Accept", &text(Request::JSON))]);
    if let Some(token) = token {
        // A new object takes every property.
        let _ = Reflect::set(&headers, &text("token"), &text(&token));
    }
    let method = text(if request.body.is_some() { "POST" } else { "GET" });
    let (body, cache, signal) = (request.body.as_deref().map_or(JsValue::UNDEFINED, text), text("no-store"), handle.controller.signal());
    let options = [("method", &method), ("body", &body), ("headers", &headers), ("cache", &cache), ("signal", &signal)];
    let Some((response, body)) = fetch(&url, &options).await else { return Outcome { reply: Err(lost()), ..Outcome::default() } };
    let (date, retry_after) = read_headers(&response);
    Outcome { age: None, date, reply: Ok((status(&response), body)), retry_after }
}

/// An answer with its whole body; `None` if it did not come or broke off.
///
/// It calls the browser's own function: `gloo-net` on top of it weighs 3 kB of brotli.
async fn fetch(url: &str, options: &[(&str, &JsValue)]) -> Option<(JsValue, String)> {
    let arguments = [&JsValue::from_str(url), &capability::object(options)];
    let response = capability::awaited(capability::call(&js_sys::global(), "fetch", &arguments)?).await?;
    let body = capability::awaited(capability::call(&response, "text", &[])?).await?.as_string()?;
    Some((response, body))
}

/// The HTTP status.
fn status(response: &JsValue) -> u16 {
    let status = Reflect::get(response, &JsValue::from_str("status")).ok().and_then(|status| status.as_f64());
    status.map_or(0, |status| status as u16)
}

/// `Date`, and `Retry-After` in seconds or as a date, which counts from `Date`.
fn read_headers(response: &JsValue) -> (Option<UnixSeconds>, Option<Duration>) {
    let headers = capability::of(response, "headers").unwrap_or_default();
    let header = |name: &str| capability::call(&headers, "get", &[&JsValue::from_str(name)])?.as_string();
    let date = header("date").as_deref().and_then(clock::http_date);
    let retry_after = header("retry-after").and_then(|text| match int(text.trim()) {
        Some(seconds) => u64::try_from(seconds).ok().map(Duration::from_secs),
        None => {
            let until = clock::http_date(&text)?.as_millis();
            Some(Duration::from_millis(until.saturating_sub(date?.as_millis())))
        }
    });
    (date, retry_after)
}

impl Outcome {
    /// What came, or why nothing did.
    pub(super) fn text(&self) -> Result<(u16, String), Fault> {
        self.reply.clone()
    }

    /// The same, to be understood.
    pub(super) fn reply(&self) -> Result<Reply<'_>, Fault> {
        self.reply.as_ref().map(|(http_status, body)| Reply { body, http_status: *http_status }).map_err(|fault| *fault)
    }

    /// How long the gateway wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The answer to the question that was asked.
    pub(super) fn into_event(self, answer: Answer, question: QuestionId) -> Event {
        Event::Answered { answer, date: self.date.map(|date| Reading { age: self.age, date }), question, retry_after: self.retry_after }
    }
}

/// A failure in words for the console.
pub(super) fn describe_failure(call: &str, failure: &Failure) -> String {
    let reason = match failure {
        Failure::Fault(Fault::HttpStatus(status)) => ["HTTP status ", &digits(*status)].concat(),
        Failure::Fault(Fault::Network) => "no connection, or the answer broke off".to_owned(),
        Failure::Fault(Fault::TimedOut) => "no answer in time".to_owned(),
        Failure::Fault(Fault::Undecodable(what)) => (*what).to_owned(),
        Failure::Refused(refusal) => {
            let sign = if refusal.code < 0 { "-" } else { "" };
            [
                "the gateway refused with code ",
                sign,
                &digits(refusal.code.unsigned_abs()),
                ": ",
                refusal.message.as_deref().unwrap_or("(no message)"),
            ]
            .concat()
        }
    };
    ["saoma: ", call, " failed: ", &reason].concat()
}
