//! A button that copies a text and says whether it did.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use leptos::prelude::{Get, Set};

use super::{
    Context,
    element::{El, el},
};

/// For so long a button says what became of the press.
const REST_MS: u32 = 2_500;

/// What became of the last press on any copy button: one text is in the clipboard, so one button says so.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Copied {
    button: u32,
    outcome: Outcome,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Outcome {
    Failed,
    #[default]
    Forgotten,
    Worked,
}

impl Context {
    /// What the last copy button has to say to those who hear the page; empty most of the time.
    pub(super) fn said_of_copying(self) -> &'static str {
        match self.copied.get().outcome {
            Outcome::Failed => self.messages.copy_failed,
            Outcome::Forgotten => "",
            Outcome::Worked => self.messages.copied,
        }
    }
}

/// `what` names the copied thing to those who cannot see what the button stands next to.
pub(super) fn copy_button(context: Context, what: &str, text: &str) -> El {
    thread_local! {
        static MADE: Cell<u32> = const { Cell::new(0) };
        static REST: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    }
    let Context { copied, messages, ports, .. } = context;
    let button = MADE.replace(MADE.get() + 1);
    let outcome = move || {
        let last = copied.get();
        if last.button == button { last.outcome } else { Outcome::Forgotten }
    };
    let label = move || match outcome() {
        Outcome::Failed => messages.copy_failed.to_owned(),
        Outcome::Forgotten => messages.copy.to_owned(),
        Outcome::Worked => messages.copied.to_owned(),
    };
    let class = move || if outcome() == Outcome::Worked { "copy done" } else { "copy" };
    let text = text.to_owned();
    let done = move |worked| {
        copied.set(Copied { button, outcome: if worked { Outcome::Worked } else { Outcome::Failed } });
        REST.set(Some(Timeout::new(REST_MS, move || copied.set(Copied::default()))));
    };
    let copy = move || (ports.copy)(text.clone(), Box::new(done));
    el("button")
        .attr("type", "button")
        .bind_attr("class", class)
        .on_click(copy)
        .child(el("span").bind_text(label))
        .child(el("span").class("offscreen").text(" ").text(what))
}
