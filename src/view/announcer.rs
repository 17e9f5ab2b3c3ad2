//! What the page says to those who hear it: one polite live region for each change of state, and one that interrupts, for
//! the moment from which a code must not be paid any more.

use web_sys::Element;

use super::{
    Context, connection_text, desk,
    element::{El, document},
    scanner_name,
};
use crate::{
    checkout::{Connection, Pay, Screen, ViewModel},
    i18n::{fill, sentences},
    order::{Order, Tone},
};

/// Speaks through the live regions of `index.html`, which are there before there is anything to say: what comes together with its
/// region is not read out. `context` reads the language, so that what is said changes with it.
pub(super) fn announce(context: impl Fn() -> Context + Copy + 'static) {
    let line = |line: Option<Element>, text: fn(Context) -> String| El::of(line?).bind_text(move || text(context())).next();
    let next = line(line_of("announcer"), |context| context.read(|view| state(context, view)));
    let next = line(next, |context| context.read(|view| view.time_warning).map(|left| time_left(context, left)).unwrap_or_default());
    line(next, |context| context.said_of_copying().to_owned());
    line(line_of("alarm"), alarm);
}

/// The first line of a live region.
fn line_of(region: &str) -> Option<Element> {
    document().get_element_by_id(region)?.first_element_child()
}

/// Where things stand. The screens of a result move the focus to their heading, which speaks for itself.
fn state(context: Context, view: &ViewModel) -> String {
    let messages = context.messages;
    match (&view.screen, view.connection) {
        _ if messages.is_silent() => String::new(),
        (Screen::Awaiting { .. }, connection @ (Connection::Offline | Connection::Reconnecting | Connection::Refusing)) => {
            connection_text(connection, messages)
        }
        (Screen::Awaiting { order }, Connection::Good) => match &view.pay {
            Some(Pay::Agree { asked, due }) => {
                let values = [("asked", &*(context.ports.money)(*asked)), ("due", &*(context.ports.money)(*due))];
                sentences(&[messages.agree(), &fill(messages.agree_detail(), &values)])
            }
            Some(Pay::Confirming { resting: false }) => sentences(&[messages.checking(), messages.confirming_detail()]),
            Some(Pay::Checking { resting: true } | Pay::Confirming { resting: true }) => {
                sentences(&[messages.checking_rests(), messages.paid_already()])
            }
            Some(Pay::Checking { resting: false }) => String::new(),
            Some(Pay::Choice(choice)) => match desk::trouble(&choice.trouble, messages) {
                Some(trouble) => trouble,
                None => sentences(&[&due(context, order), messages.choose_method()]),
            },
            Some(Pay::Unconfirmed { resting: true, .. }) => sentences(&[messages.unconfirmed(), messages.checking_rests()]),
            Some(Pay::Unconfirmed { .. }) => sentences(&[messages.unconfirmed(), messages.unconfirmed_detail()]),
            Some(Pay::Missing(words)) => [messages.code_missing(), ". ", words.as_deref().unwrap_or_default()].concat(),
            Some(Pay::Notice { tone: Tone::Error, .. }) => String::new(),
            Some(Pay::Notice { words, .. }) => words.clone(),
            Some(Pay::Instrument(means)) if view.not_opened && !means.actions.is_empty() => {
                fill(messages.not_opened(), &[("method", scanner_name(order.method.as_ref(), messages))])
            }
            Some(Pay::Instrument(means)) if means.instrument.account.is_some() => {
                [messages.transfer(), ", ", &context.amount_to_pay(order, &means.instrument)].concat()
            }
            Some(Pay::Instrument(means)) if means.has_code() => {
                let scan = fill(messages.scan(), &[("method", scanner_name(order.method.as_ref(), messages))]);
                [&scan, ", ", &context.amount_to_pay(order, &means.instrument)].concat()
            }
            Some(Pay::Asking | Pay::Instrument(_)) | None => due(context, order),
        },
        (Screen::Entering { .. }, Connection::Offline) => connection_text(Connection::Offline, messages),
        (Screen::Entering { .. }, _) => {
            let trouble = view.entry.as_ref().and_then(|entry| desk::trouble(&entry.trouble, messages));
            trouble.unwrap_or_else(|| messages.enter_amount().to_owned())
        }
        (Screen::Loading { .. }, Connection::Offline) => connection_text(Connection::Offline, messages),
        (Screen::Loading { retrying: true, .. }, _) => messages.loading_retries().to_owned(),
        (Screen::Loading { retrying: false, .. }, _) => messages.loading().to_owned(),
        (Screen::Ended { .. } | Screen::Failed { .. } | Screen::Finished { .. } | Screen::Paid { .. }, _) => String::new(),
    }
}

fn due(context: Context, order: &Order) -> String {
    let money = context.money(order);
    if money.is_empty() { money } else { [context.messages.amount_due(), " ", &money].concat() }
}

fn time_left(context: Context, seconds: u64) -> String {
    fill(context.messages.time_left(), &[("time", &context.span(seconds))])
}

/// From now on nobody must pay with this code, or nobody can pay at all.
fn alarm(context: Context) -> String {
    let messages = context.messages;
    context.read(|view| match &view.pay {
        Some(Pay::Checking { resting: false }) => [messages.checking(), " – ", messages.checking_detail()].concat(),
        Some(Pay::Notice { tone: Tone::Error, words, .. }) => words.clone(),
        _ => String::new(),
    })
}
