//! The one live region: it speaks each change of state once.

use super::{
    Context, connection_text,
    element::{El, el},
    method_name,
};
use crate::{
    checkout::{Connection, Pay, Screen},
    i18n::fill,
};

pub(super) fn announcer(context: Context) -> El {
    let messages = context.messages;
    let text = move || {
        context.read(|view| match (&view.screen, view.connection) {
            (Screen::Awaiting { .. }, connection @ (Connection::Offline | Connection::Reconnecting | Connection::Refusing)) => {
                connection_text(connection, messages).to_owned()
            }
            (Screen::Awaiting { order }, Connection::Good) => match &view.pay {
                Some(Pay::Checking { resting: false }) => [messages.checking, ". ", messages.checking_detail].concat(),
                Some(Pay::Checking { resting: true }) => messages.checking_rests.to_owned(),
                Some(Pay::Missing(_)) => messages.code_missing.to_owned(),
                Some(Pay::Instrument(instrument)) if instrument.code.is_some() => {
                    let scan = fill(messages.scan, &[("method", method_name(order.method.as_ref(), messages))]);
                    [&scan, ", ¥", &order.trade_amount.plain()].concat()
                }
                Some(Pay::Asking | Pay::Instrument(_) | Pay::Notice { .. }) | None => {
                    [messages.amount_due, " ¥", &order.trade_amount.plain()].concat()
                }
            },
            // The other screens move the focus to their heading, which speaks for itself.
            (Screen::Loading { retrying: true, .. }, _) => messages.loading_retries.to_owned(),
            (Screen::Loading { retrying: false, .. }, _) => messages.loading.to_owned(),
            (Screen::Ended { .. } | Screen::Failed { .. } | Screen::Paid { .. }, _) => String::new(),
        })
    };
    el("div")
        .class("offscreen")
        .attr("role", "status")
        .attr("aria-live", "polite")
        // Each part is read out by itself when it changes.
        .attr("aria-atomic", "false")
        .attr("id", "announcer")
        .child(el("p").bind_text(text))
        .child(el("p").bind_text(move || context.said_of_copying().to_owned()))
}
