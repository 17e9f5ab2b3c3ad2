//! The screen on which a shopper pays.

use alloc::sync::Arc;
use std::cell::Cell;

use super::{
    Context, Unit,
    copy_button::copy_button,
    details,
    element::{El, el},
    hint::hints,
    icon,
    instrument::{instrument, words},
    later::{Extra, Rare},
    subject,
};
use crate::{
    checkout::{Event, Handing, Pay, Sound},
    i18n::{countdown as clock, fill},
    order::{HostResult, Order, Tone},
};

/// From here on the countdown is shown as urgent.
const URGENT_SECONDS: u64 = 120;

pub(super) fn awaiting(context: Context, order: &Arc<Order>) -> El {
    let shown = Arc::clone(order);
    let pay = el("div").class("pay").bind_child(
        move || context.read(|view| view.pay.clone()),
        move |pay| {
            Some(match pay.as_ref()? {
                Pay::Agree { asked, due } => Rare::Agreement { asked: *asked, due: *due }.place(context),
                Pay::Asking => el("div").class("plate bone").text(context.messages.code_loading()),
                Pay::Choice(choice) => Extra::Choice(choice.clone()).place(context),
                Pay::Checking { resting } => checking(context, *resting, context.messages.checking_detail()),
                Pay::Confirming { resting } => checking(context, *resting, context.messages.confirming_detail()),
                Pay::Instrument(means) => instrument(context, &shown, means),
                Pay::Missing(words) => missing(context, words.as_deref()),
                Pay::Unconfirmed { claim, id, resting } => {
                    Extra::Unconfirmed { claim: claim.clone(), id: id.clone(), resting: *resting }.place(context)
                }
                Pay::Notice { copyable, tone, words } => notice(context, *copyable, *tone, words),
            })
        },
    );
    // The covered code has a sentence of its own.
    let own = el("div")
        .bind_child(move || context.is_covered(), move |covered| context.own_words(if *covered { "checking" } else { "awaiting" }));
    let [header, warning] = head(context, order);
    el("section")
        .class("card awaiting")
        .attr("data-screen", "awaiting")
        .attr("data-method", order.method.as_ref().map(icon::sign_name).unwrap_or_default())
        .child(header)
        .child(points(context, order))
        .child(pay)
        .child(warning)
        .child(another_way(context, order))
        .child(own)
        .child(rest(context, order))
}

/// What stands below the way to pay. On the first screen it is built in a task of its own, once what is above has been painted: a slow
/// phone takes its time for either. The shop's hints, which come in a file of their own, stand last: nothing moves when they come.
fn rest(context: Context, order: &Arc<Order>) -> El {
    thread_local!(static IS_FIRST: Cell<bool> = const { Cell::new(true) });
    let order = Arc::clone(order);
    let build = move |place: El| {
        let place = place.child(countdown(context)).child(sound(context)).child(details::order_facts(context, &order));
        let place = place.children(details::support(context, Some(&order))).child(details::back(context, "service"));
        place.child(hints(context, &order));
    };
    let place = el("div").class("rest");
    if IS_FIRST.replace(false) {
        place.filled_once_painted(Box::new(build))
    } else {
        build(place.clone());
        place
    }
}

fn head(context: Context, order: &Order) -> [El; 2] {
    let messages = context.messages;
    let trade_amount = order.trade_amount;
    // Where another currency is sent, its amount is the one to pay, and the only one.
    let actual = move || {
        context.read(|view| match &view.pay {
            Some(Pay::Instrument(means)) => means.instrument.actual_amount.clone(),
            _ => None,
        })
    };
    let amount = el("div").bind_child(
        move || (actual(), context.is_covered()),
        move |(actual, covered)| {
            let due = trade_amount.map(|due| due.plain());
            let money = trade_amount.map(context.ports.money).unwrap_or_default();
            if due.is_none() && actual.is_none() {
                return None;
            }
            let (before, number, after) = around_number(actual.as_deref().unwrap_or(&money));
            let currency = |text: &str| (!text.is_empty()).then(|| el("span").class("currency").text(text));
            let size = match before.len() + number.len() + after.len() {
                0..12 => "amount",
                12..17 => "amount long",
                _ => "amount longer",
            };
            let shown = el("span").text(number);
            let amount = el("strong").class(size).attr("dir", "ltr").child(currency(before)).child(shown.clone()).child(currency(after));
            let plain = actual.clone().unwrap_or_else(|| due.unwrap_or_default());
            let copy = (!covered).then(|| copy_button(context, messages.amount_due(), &plain, &shown));
            let name = el("span").class("offscreen").text(messages.amount_due()).text(" ");
            let line = el("p").class("due").child(name).child(amount).child(copy);
            let price = actual.is_some().then(|| el("p").class("price").text(&money));
            Some(el("div").child(line).child(price))
        },
    );
    let differing = order.differing_amount();
    let warning = el("div").bind_child(
        move || differing.filter(|_| context.is_payable() && actual().is_none()),
        move |differing| {
            let values = [("due", &*(context.ports.money)(trade_amount?)), ("price", &*(context.ports.money)(*differing.as_ref()?))];
            Some(el("p").class("warning").text(&fill(messages.amount_differs(), &values)))
        },
    );
    let subject = subject(order, messages);
    let header = el("header").child(el("h1").attr("title", subject).text(subject)).child(amount);
    // Below the code, which must not move when it is known that this is needed.
    [header, warning]
}

/// What stands before the number of an amount, the number, and what stands after it.
fn around_number(text: &str) -> (&str, &str, &str) {
    let text = text.strip_prefix('\u{2066}').unwrap_or(text);
    let text = text.strip_suffix('\u{2069}').unwrap_or(text);
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let start = text.bytes().position(is_digit).unwrap_or(0);
    let end = text.bytes().rposition(is_digit).map_or(text.len(), |last| last + 1);
    (text.get(..start).unwrap_or_default(), text.get(start..end).unwrap_or_default(), text.get(end..).unwrap_or_default())
}

/// Time is up, or it may be paid already: there is nothing left to scan or to open.
fn checking(context: Context, resting: bool, detail: &str) -> El {
    let messages = context.messages;
    let details: &[&str] = if resting { &[messages.checking_rests(), messages.paid_already()] } else { &[detail] };
    el("div")
        .class("plate covered")
        .child(icon::mark(icon::Mark::Hourglass))
        .child(el("strong").text(messages.checking()))
        .children(details.iter().map(|detail| el("span").text(detail)))
        .child(resting.then(|| context.button("button primary", messages.check_again(), || Event::CheckAgainPressed)))
}

/// What it costs in points, and who pays for its transport, where that is said.
fn points(context: Context, order: &Order) -> Option<El> {
    let (freight, points) = (order.freight, order.points);
    let price = order.amount.filter(|_| order.trade_amount.is_none());
    (freight.is_some() || points.is_some()).then(|| Rare::Points { freight, points, price }.place(context))
}

/// Where the shopper chose on this page, the choice can be made again.
fn another_way(context: Context, order: &Order) -> Option<El> {
    let can_choose = order.method.is_some() && context.view.once(|view| view.terms.chooses_here);
    can_choose.then(|| {
        el("div").class("wide").bind_child(
            move || {
                context.read(|view| {
                    let is_free = !matches!(view.handing, Some(Handing::Asked | Handing::Answered(HostResult::Done | HostResult::Unsure)));
                    is_free && matches!(view.pay, Some(Pay::Instrument(_) | Pay::Missing(_) | Pay::Notice { .. }))
                })
            },
            move |shown| shown.then(|| context.button("service", context.messages.another_way(), || Event::AnotherWayPressed)),
        )
    })
}

fn missing(context: Context, words: Option<&str>) -> El {
    let messages = context.messages;
    el("div")
        .class("plate covered")
        .child(el("strong").text(messages.code_missing()))
        .child(words.map(|words| el("bdi").text(words)))
        .child(context.button("button primary", messages.retry(), || Event::RetryPressed))
}

fn notice(context: Context, copyable: bool, tone: Tone, text: &str) -> El {
    let tone = match tone {
        Tone::Error => "error",
        Tone::Info => "info",
        Tone::Success => "success",
        Tone::Warning => "warning",
    };
    el("div").class("notice").attr("data-tone", tone).child(words(context, text, copyable))
}

fn countdown(context: Context) -> El {
    let messages = context.messages;
    let text = move || match context.read(|view| view.remaining).map(clock) {
        None => String::new(),
        Some((0, clock)) => clock,
        Some((days, clock)) => [&(context.ports.span)(days, Unit::Day), " ", &clock].concat(),
    };
    let class = move || match context.read(|view| view.remaining) {
        None => "countdown none",
        Some(seconds) if seconds <= URGENT_SECONDS => "countdown urgent",
        Some(_) => "countdown",
    };
    el("p").bind_attr("class", class).attr("role", "timer").text(messages.remaining()).text(" ").child(el("bdi").bind_text(text))
}

/// The switch is made once, so that pressing it does not take the focus from it. It has room for the longest of what it may say.
fn sound(context: Context) -> El {
    let messages = context.messages;
    let read = move || context.read(|view| view.sound.clone());
    let state = move || match read() {
        Some(Sound { blocked: true, .. }) => messages.sound_blocked().to_owned(),
        Some(Sound { on: true, .. }) => messages.sound_on().to_owned(),
        Some(Sound { on: false, .. }) | None => messages.sound_off().to_owned(),
    };
    el("div").class("sounds").bind_child(
        move || read().map(|sound| sound.words),
        move |words| {
            let speaker = el("span").bind_child(move || read().is_some_and(|sound| sound.on), |on| Some(icon::speaker(*on)));
            let switch = context
                .button("sound", "", || Event::SoundSwitched)
                .attr("data-sound-switch", "")
                .child(speaker)
                .child(el("span").attr("data-widest", messages.sound_blocked()).bind_text(state));
            let words = words.as_ref()?.as_deref().map(|words| el("p").class("prompt").child(el("bdi").text(words)));
            Some(el("div").child(switch).child(words))
        },
    )
}
