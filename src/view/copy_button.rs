//! A button that copies a text and says whether it did.

use leptos::prelude::{Get, RwSignal, Set};

use super::{
    Context,
    element::{El, el},
};

#[derive(Clone, Copy, PartialEq)]
enum Copied {
    No,
    NotYet,
    Yes,
}

/// `what` names the copied thing to those who cannot see what the button stands next to.
pub(super) fn copy_button(context: Context, what: &str, text: &str) -> El {
    let Context { messages, ports, .. } = context;
    let state = RwSignal::new(Copied::NotYet);
    let label = move || match state.get() {
        Copied::No => messages.copy_failed.to_owned(),
        Copied::NotYet => messages.copy.to_owned(),
        Copied::Yes => messages.copied.to_owned(),
    };
    let class = move || if state.get() == Copied::Yes { "copy done" } else { "copy" };
    let text = text.to_owned();
    let copy = move || (ports.copy)(text.clone(), Box::new(move |copied| state.set(if copied { Copied::Yes } else { Copied::No })));
    el("button")
        .attr("type", "button")
        .bind_attr("class", class)
        .on_click(copy)
        .child(el("span").bind_text(label))
        .child(el("span").class("offscreen").text(" ").text(what))
}
