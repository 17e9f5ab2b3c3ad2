//! A cashier: the shopper enters what to pay.

use super::{
    Context, desk,
    element::{El, el},
    later::Extra,
};
use crate::{
    checkout::Event,
    i18n::sentences,
    order::{Cashier, Fen},
};

/// The entry of an amount, as soon as what shows it is here.
pub(super) fn entering(context: Context, cashier: &Cashier) -> El {
    el("section").class("card entering").attr("data-screen", "entering").child(Extra::Entry(cashier.clone()).place(context))
}

/// The form.
pub(super) fn form(context: Context, cashier: &Cashier) -> El {
    let (messages, ports) = (context.messages, context.ports);
    let limit = |text: &str, amount: Fen| crate::i18n::fill(text, &[("amount", &(ports.money)(amount))]);
    let lowest = (cashier.lowest > Fen::FEN).then(|| limit(messages.at_least(), cashier.lowest));
    let highest = cashier.highest.map(|highest| limit(messages.at_most(), highest));
    let limits: Vec<String> = [lowest, highest].into_iter().flatten().collect();
    let limits = sentences(&limits.iter().map(String::as_str).collect::<Vec<_>>());
    let field = el("input")
        .attr("id", "entry")
        .attr("name", "amount")
        .attr("inputmode", "decimal")
        .attr("autocomplete", "off")
        .attr("maxlength", "16")
        .attr("dir", "ltr")
        .attr("aria-describedby", "entry-fault entry-limits");
    let fault = el("p").class("fault").attr("id", "entry-fault").attr("role", "alert");
    let (typed, shown, takes) = (field.clone(), fault.clone(), cashier.clone());
    let limits_said = limits.clone();
    let submit = move || {
        let amount = Fen::of_yuan(&typed.typed());
        let refused = match amount {
            None => Some(messages.amount_invalid()),
            Some(amount) if !takes.takes(amount) && (limits_said.is_empty() || amount < Fen::FEN) => Some(messages.amount_invalid()),
            Some(amount) if !takes.takes(amount) => Some(limits_said.as_str()),
            Some(_) => None,
        };
        shown.set_text(refused.unwrap_or_default());
        typed.clone().attr("aria-invalid", if refused.is_some() { "true" } else { "false" });
        match (refused, amount) {
            (None, Some(amount)) => (ports.send)(Event::Entered { amount }),
            _ => typed.focus(),
        }
    };
    let is_creating = move || context.read(|view| view.entry.as_ref().is_some_and(|entry| entry.creating));
    let go = el("button")
        .attr("type", "submit")
        .class("button primary")
        .bind_attr("aria-busy", move || if is_creating() { "true" } else { "false" })
        .text(messages.go_pay());
    let trouble = el("div")
        .class("wide")
        .bind_child(move || context.read(|view| view.entry.clone()), move |entry| desk::warning(&entry.as_ref()?.trouble, messages));
    let title = cashier.title.as_deref().or(context.config.text("title")).unwrap_or(messages.title());
    let entry = el("div").class("entry").child(el("span").class("currency").attr("aria-hidden", "true").text("¥")).child(field.clone());
    let form = el("form")
        .attr("novalidate", "")
        .child(el("label").attr("for", "entry").text(messages.enter_amount()))
        .child(entry)
        .child(fault)
        .child(el("p").class("hint").attr("id", "entry-limits").text(&limits))
        .child(go)
        .on_press_of("submit", move || {
            submit();
            false
        });
    el("div")
        .class("wide")
        .child(el("h1").child(el("bdi").text(title)))
        .child(form)
        .child(trouble)
        .children(super::details::support(context, None))
        .child(super::details::back(context, "service"))
}
