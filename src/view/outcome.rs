//! The screens without a code: what each says, and how it is titled.

use alloc::sync::Arc;

use super::{
    Context, Shared, Unit, details,
    element::{El, el},
    icon::{self, Mark},
    later::Rare,
    subject,
};
use crate::{
    checkout::{Event, Reason, Screen},
    i18n::{Messages, fill, sentences},
    order::{End, Fen, Order, ReturnTarget},
    text::swapped,
};

/// The card of a screen. `None`: it has a code, or something to fill in.
pub(super) fn card_of(context: Context, screen: &Screen) -> Option<El> {
    Some(match screen {
        Screen::Awaiting { .. } | Screen::Entering { .. } => return None,
        Screen::Ended { end, order } => ended(context, screen.name(), *end, order),
        Screen::Failed { number, reason: Reason::Refused(verdict, words) } => {
            Rare::Refusal { number: number.clone(), verdict: *verdict, words: words.clone() }.place(context)
        }
        Screen::Failed { number, reason } => failed(context, screen.name(), number.as_deref(), reason),
        Screen::Finished { free, order, target } => {
            Rare::Finished { free: *free, order: Arc::clone(order), target: target.clone() }.place(context)
        }
        Screen::Loading { expected, number, retrying } => loading(context, expected.as_ref(), number, *retrying),
        Screen::Paid { order, target } => paid(context, order, target.as_ref()),
    })
}

/// What the tab is called while that card is shown.
pub(super) fn title_of(screen: &Screen, messages: Messages) -> Option<String> {
    let of = |title: &[&str], order| [title.concat().as_str(), " – ", subject(order, messages)].concat();
    match screen {
        Screen::Awaiting { .. } | Screen::Entering { .. } | Screen::Loading { .. } => None,
        Screen::Ended { end, .. } => Some(end_texts(*end, messages).0.to_owned()),
        Screen::Failed { reason, .. } => Some(reason_texts(reason, messages).0.to_owned()),
        Screen::Finished { order, .. } => Some(of(&[messages.title()], order)),
        Screen::Paid { order, .. } => Some(of(&["✓ ", messages.paid()], order)),
    }
}

/// Heading and explanation of an order that ended.
fn end_texts(end: End, messages: Messages) -> (&'static str, Option<&'static str>) {
    match end {
        End::Closed => (messages.closed(), Some(messages.closed_detail())),
        End::CreationFailed => (messages.creation_failed(), None),
        End::TimedOut => (messages.timed_out(), Some(messages.timed_out_detail())),
    }
}

/// Heading, explanation and next step where there is no order.
fn reason_texts(reason: &Reason, messages: Messages) -> (&'static str, [&'static str; 2]) {
    match reason {
        Reason::CashierNotFound(_) => (messages.link_invalid(), [messages.open_again(), ""]),
        Reason::LinkInvalid(_) => (messages.link_invalid(), [messages.open_again(), ""]),
        // Its words come with what shows it.
        Reason::Refused(..) => (messages.title(), ["", ""]),
        Reason::LinkIncomplete => (messages.link_incomplete(), [messages.link_incomplete_detail(), messages.open_again()]),
        Reason::NotFound(_) => (messages.not_found(), [messages.not_found_detail(), messages.open_again()]),
        Reason::Unreachable => (messages.unreachable(), [messages.unreachable_detail(), messages.paid_already()]),
    }
}

/// A card with a mark and a heading. The heading takes the focus, so that a keyboard or a screen reader is where the news is.
pub(super) fn card(kind: &str, mark: Mark, heading: &str) -> El {
    let heading = el("h1").attr("tabindex", "-1").text(heading).focus_soon();
    el("section").class("card outcome").attr("data-screen", kind).child(icon::mark(mark)).child(heading)
}

pub(super) fn line(class: &str, text: &str) -> El {
    el("p").class(class).text(text)
}

/// The order is being asked for: the same skeleton that `index.html` shows before.
fn loading(context: Context, expected: Option<&(Fen, Option<String>)>, number: &str, retrying: bool) -> El {
    let messages = context.messages;
    let text = if retrying { messages.loading_retries() } else { messages.loading() };
    let (amount, subject) = match expected {
        Some((amount, subject)) if !retrying => ((context.ports.money)(*amount), subject.as_deref().unwrap_or(text)),
        _ => (String::new(), text),
    };
    let due = el("p").class("due").child(el("strong").class("amount bone").attr("dir", "ltr").text(&amount));
    el("section")
        .class("card awaiting skeleton")
        .attr("data-screen", "loading")
        .attr("aria-busy", "true")
        .child(el("header").child(el("h1").text(subject)).child(due))
        .child(el("div").class("pay").child(el("div").class("plate bone")))
        .child(line("number", "").child(el("bdi").text(number)))
}

/// The order is paid.
fn paid(context: Context, order: &Order, target: Option<&ReturnTarget>) -> El {
    let messages = context.messages;
    let money = context.money(order);
    let detail = fill(messages.paid_detail(), &[("amount", &money)]);
    let detail = if detail.is_empty() || money.is_empty() { money } else { detail };
    let card = card("paid", Mark::Tick, messages.paid()).child(line("detail", &detail)).child(line("subject", subject(order, messages)));
    let card = card.child(context.own_words("paid"));
    let card = match target {
        None => card.child(line("stay", messages.paid_stay())).child(details::back(context, "button primary")),
        Some(target) => leaving(context, card, target, messages.go_now()),
    };
    card.children(details::support(context, Some(order))).child(details::order_facts(context, order))
}

/// The way to the shop, and the countdown to it.
pub(super) fn leaving(context: Context, card: El, target: &ReturnTarget, text: &str) -> El {
    let Shared { messages, ports, .. } = *context;
    let countdown = move || {
        let time = context.read(|view| view.leaving_in).map(|seconds| (ports.span)(seconds, Unit::Second));
        time.map(|time| fill(messages.leaving_in(), &[("time", &time)])).unwrap_or_default()
    };
    let url = target.as_str().to_owned();
    let may_leave = move || (ports.leaves)(&url);
    let go = el("a").class("button primary").attr("href", target.as_str()).text(text);
    let stay = el("div").class("wide").bind_child(
        move || context.read(|view| view.leaving_in.is_some()),
        move |leaving| leaving.then(|| context.button("button", messages.stay(), || Event::StayPressed)),
    );
    card.child(line("leaving", "").bind_text(countdown))
        .child(go.on_click(move || (ports.send)(Event::GoNowFollowed)).on_press(may_leave))
        .child(stay)
}

/// The order ended without payment.
fn ended(context: Context, kind: &str, end: End, order: &Order) -> El {
    let messages = context.messages;
    let (title, detail) = end_texts(end, messages);
    let mark = if end == End::TimedOut { Mark::Hourglass } else { Mark::Cross };
    let (subject, money) = (subject(order, messages), context.money(order));
    let what = if money.is_empty() { subject.to_owned() } else { [subject, " · ", &money].concat() };
    let advice = [detail.unwrap_or_default(), messages.order_again(), messages.paid_already()];
    over(context, kind, mark, title, &advice)
        .child(line("subject", &what))
        .child(details::back(context, "button primary"))
        // A payment may be on its way: the page opened again says where the order stands by then.
        .child((end == End::TimedOut).then(|| el("a").class("button").attr("href", "").text(messages.check_again())))
        .children(details::support(context, Some(order)))
        .child(details::order_facts(context, order))
}

/// A card that says what became of an order, or that there is none.
fn over(context: Context, kind: &str, mark: Mark, title: &str, advice: &[&str]) -> El {
    card(kind, mark, title).child(line("explanation", &sentences(advice))).child(context.own_words(&swapped(kind, '-', '_')))
}

/// There is no order to show.
fn failed(context: Context, kind: &str, number: Option<&str>, reason: &Reason) -> El {
    let messages = context.messages;
    let (title, advice) = reason_texts(reason, messages);
    let (mark, words) = match reason {
        Reason::CashierNotFound(words) | Reason::NotFound(words) => (Mark::Question, words.as_deref()),
        Reason::LinkInvalid(field) => (Mark::Question, Some(field.as_str())),
        Reason::LinkIncomplete => (Mark::Question, None),
        Reason::Refused(..) | Reason::Unreachable => (Mark::Cross, None),
    };
    let can_retry = !matches!(reason, Reason::LinkIncomplete | Reason::LinkInvalid(_));
    over(context, kind, mark, title, &advice)
        .child(words.map(|words| line("words", "").child(el("bdi").text(words))))
        .child(can_retry.then(|| context.button("button primary", messages.retry(), || Event::RetryPressed)))
        .child(details::back(context, "button"))
        .children(details::support(context, None))
        .child(number.map(|number| line("number", messages.order_number()).text(" ").child(el("bdi").text(number))))
}
