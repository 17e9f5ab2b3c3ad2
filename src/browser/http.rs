//! Questions to the gateway.

use core::time::Duration;
use std::{cell::Cell, rc::Rc};

use gloo_net::http::{Headers, Request, Response};
use gloo_timers::callback::Timeout;
use wasm_bindgen::UnwrapThrowExt;
use web_sys::{AbortController, AbortSignal, RequestCache};

use super::{address, clock, settings};
use crate::{
    checkout::{Event, QuestionId},
    gateway::{self, Reply},
    order::{Answer, Call, Failure, Fault, Standing, UnixSeconds},
};

/// A question under way. Dropping it ends the request.
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
pub(super) struct Outcome {
    date: Option<UnixSeconds>,
    reply: Result<(u16, String), Fault>,
    retry_after: Option<Duration>,
}

impl Asking {
    pub(super) fn new(timeout: Duration) -> Self {
        let controller = AbortController::new().unwrap_throw();
        let timed_out = Rc::new(Cell::new(false));
        let timer = Timeout::new(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX), {
            let (controller, timed_out) = (controller.clone(), Rc::clone(&timed_out));
            move || {
                timed_out.set(true);
                controller.abort();
            }
        });
        Self { controller, timed_out, _timer: timer }
    }

    /// What ends the request when this is dropped, or when it takes too long.
    pub(super) fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    pub(super) fn handle(&self) -> Handle {
        Handle { controller: self.controller.clone(), timed_out: Rc::clone(&self.timed_out) }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        // After an answer this is a no-op.
        self.controller.abort();
    }
}

/// Posts a request and reads the whole answer.
pub(super) async fn post(request: &gateway::Request, handle: &Handle) -> Outcome {
    let lost = || if handle.timed_out.get() { Fault::TimedOut } else { Fault::Network };
    let failed = |fault| Outcome { date: None, reply: Err(fault), retry_after: None };
    let url = [settings::config().api(), request.path, "?_time=", &clock::request_time().to_string()].concat();
    let built = Request::post(&url)
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&handle.controller.signal()))
        .body(request.body.as_str());
    let Ok(built) = built else { return failed(Fault::Network) };
    let Some((response, body)) = fetch(built).await else { return failed(lost()) };
    let (date, retry_after) = read_headers(&response);
    Outcome { date, reply: Ok((response.status(), body)), retry_after }
}

/// An answer with its whole body; `None` if it did not come or broke off.
pub(super) async fn fetch(request: Request) -> Option<(Response, String)> {
    let response = request.send().await.ok()?;
    let body = response.text().await.ok()?;
    Some((response, body))
}

/// `Date`, and `Retry-After` in seconds or as a date, which counts from `Date`.
fn read_headers(response: &Response) -> (Option<UnixSeconds>, Option<Duration>) {
    let headers: Headers = response.headers();
    let date = headers.get("date").as_deref().and_then(clock::http_date);
    let retry_after = headers.get("retry-after").and_then(|text| match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let until = clock::http_date(&text)?.as_millis();
            Some(Duration::from_millis(until.saturating_sub(date?.as_millis())))
        }
    });
    (date, retry_after)
}

impl Outcome {
    /// What came, or why nothing did.
    pub(super) fn reply(&self) -> &Result<(u16, String), Fault> {
        &self.reply
    }

    /// How long the gateway wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What this means for the question that was asked.
    pub(super) fn into_event(self, call: &Call, question: QuestionId) -> Event {
        let answer = match &self.reply {
            Ok((http_status, body)) => gateway::decode(call, Reply { body, http_status: *http_status }, &address::origin()),
            Err(fault) => call.failed(Failure::Fault(*fault)),
        };
        Event::Answered { answer, date: self.date, question, retry_after: self.retry_after }
    }
}

/// Where the order stands, by an answer that another tab was given.
pub(super) fn status_of(call: &Call, reply: Reply<'_>) -> Option<Result<Standing, Failure>> {
    match gateway::decode(call, reply, &address::origin()) {
        Answer::Status(result) => Some(result),
        _ => None,
    }
}

/// A failure in words for the console.
pub(super) fn describe_failure(call: &str, failure: &Failure) -> String {
    let reason = match failure {
        Failure::Fault(Fault::HttpStatus(status)) => ["HTTP status ", &status.to_string()].concat(),
        Failure::Fault(Fault::Network) => "no connection, or the answer broke off".to_owned(),
        Failure::Fault(Fault::TimedOut) => "no answer in time".to_owned(),
        Failure::Fault(Fault::Undecodable(what)) => (*what).to_owned(),
        Failure::Refused(refusal) => {
            ["the gateway refused with code ", &refusal.code.to_string(), ": ", refusal.message.as_deref().unwrap_or("(no message)")]
                .concat()
        }
    };
    ["saoma: ", call, " failed: ", &reason].concat()
}
