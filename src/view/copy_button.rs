//! A button that copies a text and says whether it did.

use gloo_timers::callback::Timeout;
use leptos::prelude::{Get, RwSignal, Set};

use super::{
    Context,
    element::{El, el},
};

/// For so long a button says what became of the press.
const REST_MS: u32 = 2_500;

#[derive(Clone, Copy, PartialEq)]
enum Copied {
    No,
    NotYet,
    Yes,
}

/// `what` names the copied thing to those who cannot see what the button stands next to.
pub(super) fn copy_button(context: Context, what: &str, text: &str) -> El {
    let Context { messages, ports, said, .. } = context;
    let state = RwSignal::new(Copied::NotYet);
    let label = move || match state.get() {
        Copied::No => messages.copy_failed.to_owned(),
        Copied::NotYet => messages.copy.to_owned(),
        Copied::Yes => messages.copied.to_owned(),
    };
    let class = move || if state.get() == Copied::Yes { "copy done" } else { "copy" };
    let text = text.to_owned();
    let done = move |copied: bool| {
        state.set(if copied { Copied::Yes } else { Copied::No });
        said.set(if copied { messages.copied } else { messages.copy_failed });
        // The next one to be pressed must not stand beside an old "copied". The page may be another one by then.
        Timeout::new(REST_MS, move || {
            state.try_set(Copied::NotYet);
            said.set("");
        })
        .forget();
    };
    let copy = move || (ports.copy)(text.clone(), Box::new(done));
    el("button")
        .attr("type", "button")
        .bind_attr("class", class)
        .on_click(copy)
        .child(el("span").bind_text(label))
        .child(el("span").class("offscreen").text(" ").text(what))
}
