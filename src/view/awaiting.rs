//! The screen on which a shopper pays.

use alloc::sync::Arc;

use super::{
    Context,
    copy_button::copy_button,
    details,
    element::{El, el},
    icon, method_name, subject,
};
use crate::{
    checkout::{Event, Pay, Sound},
    i18n::fill,
    order::{Code, Instrument, Order, Tone, WalletLink},
    qr,
};

/// From here on the countdown is shown as urgent.
const URGENT_SECONDS: u64 = 120;

pub(super) fn awaiting(context: Context, order: &Arc<Order>) -> El {
    let shown = Arc::clone(order);
    let pay = el("div").class("pay").bind_child(
        move || context.read(|view| (view.pay.clone(), view.mobile)),
        move |(pay, mobile)| {
            Some(match pay.as_ref()? {
                Pay::Asking => el("div").class("plate bone").text(context.messages.code_loading),
                Pay::Checking { resting } => checking(context, *resting),
                Pay::Instrument(instrument) => instrument_view(context, &shown, instrument, *mobile),
                Pay::Missing(words) => missing(context, words.as_deref()),
                Pay::Notice { copyable, tone, words } => notice(context, *copyable, *tone, words),
            })
        },
    );
    el("section")
        .class("card awaiting")
        .attr("data-screen", "awaiting")
        .child(head(context, order))
        .child(pay)
        .child(countdown(context))
        .child(sound(context))
        .child(tips(context, order))
        .child(details::order_facts(context, order))
        .child(details::service(context, order))
}

fn head(context: Context, order: &Order) -> El {
    let messages = context.messages;
    let due = order.trade_amount;
    let amount = el("strong").class("amount").child(el("span").class("currency").text("¥")).text(&due.grouped());
    let differing = order.differing_amount();
    let warning = el("div").bind_child(
        move || differing.filter(|_| !context.is_covered()),
        move |differing| {
            let text = fill(messages.amount_differs, &[("due", &due.grouped()), ("price", &differing.as_ref()?.grouped())]);
            Some(el("p").class("warning").text(&text))
        },
    );
    let copy = el("span").bind_child(
        move || context.is_covered(),
        move |covered| (!covered).then(|| copy_button(context, messages.amount_due, &due.plain())),
    );
    let line = el("p").class("due").child(el("span").class("offscreen").text(messages.amount_due).text(" ")).child(amount).child(copy);
    el("header").child(el("h1").text(subject(order, messages))).child(line).child(warning)
}

fn instrument_view(context: Context, order: &Order, instrument: &Instrument, mobile: bool) -> El {
    let messages = context.messages;
    let name = method_name(order.method.as_ref(), messages);
    let code = instrument.code.as_ref().and_then(|code| code_view(context, order, code, name));
    let has_code = code.is_some();
    // A scheme opens nothing on a computer, so there it stands only where there is nothing to scan.
    let wallet = instrument.wallet.as_ref().filter(|wallet| mobile || !has_code || wallet.is_page());
    let logo = order.method.as_ref().map(|method| match &method.logo {
        Some(logo) => el("img").class("logo").attr("src", logo.as_str()).attr("alt", "").attr("width", "22").attr("height", "22"),
        None => icon::method(&method.code),
    });
    let has_account = instrument.account.is_some();
    let hint = match (has_account, has_code) {
        (true, _) => messages.transfer.to_owned(),
        (false, true) => fill(messages.scan, &[("method", name)]),
        (false, false) => name.to_owned(),
    };
    let actual = details::facts(
        context,
        &[
            (messages.actual_amount, instrument.actual_amount.as_deref(), true),
            (messages.actual_account, instrument.account.as_deref(), true),
            (messages.account_type, instrument.account_type.as_deref(), false),
        ],
    );
    let hint = el("p").class("hint").child(logo).child(el("span").text(&hint));
    let view = el("div").class("instrument").child(wallet.map(|wallet| wallet_button(context, wallet, name)));
    // Where it is paid by hand, the account comes first: its code holds no amount.
    let view = if has_account { view.child(hint).child(actual).child(code) } else { view.child(code).child(hint).child(actual) };
    view.child(instrument.content.as_deref().map(|content| words(context, content, instrument.content_copyable)))
}

/// From this length on a code has so many modules that it needs more room.
const DENSE_BYTES: usize = 180;

fn code_view(context: Context, order: &Order, code: &Code, name: &str) -> Option<El> {
    let (source, dense) = match code {
        Code::Picture(picture) => (picture.as_str().to_owned(), false),
        Code::Text(text) => (qr::picture_url(text)?, text.len() > DENSE_BYTES),
    };
    let label = fill(context.messages.code_label, &[("method", name), ("amount", &order.trade_amount.plain())]);
    let image = el("img").class("code").attr("alt", &label).attr("referrerpolicy", "no-referrer");
    let image = image.on("error", move || (context.ports.send)(Event::CodeBroken)).attr("src", &source);
    Some(el("div").class(if dense { "plate dense" } else { "plate" }).child(image))
}

/// A real link: pressed by a finger it works where a scripted jump is blocked.
fn wallet_button(context: Context, wallet: &WalletLink, name: &str) -> El {
    let messages = context.messages;
    let text = if wallet.is_page() { messages.open_page.to_owned() } else { fill(messages.open_wallet, &[("method", name)]) };
    el("a").class("button primary wallet").attr("href", wallet.as_str()).attr("rel", "noreferrer").text(&text)
}

fn words(context: Context, words: &str, copyable: bool) -> El {
    let button = copyable.then(|| copy_button(context, context.messages.content, words));
    el("p").class("words").child(el("bdi").text(words)).text(" ").child(button)
}

/// Time is up: there is nothing left to scan or to open.
fn checking(context: Context, resting: bool) -> El {
    let messages = context.messages;
    let detail = if resting { messages.checking_rests } else { messages.checking_detail };
    el("div")
        .class("plate covered")
        .child(el("strong").text(messages.checking))
        .child(el("span").text(detail))
        .child(resting.then(|| context.button("button primary", messages.check_again, Event::CheckAgainPressed)))
}

fn missing(context: Context, words: Option<&str>) -> El {
    let messages = context.messages;
    el("div")
        .class("plate covered")
        .child(el("strong").text(messages.code_missing))
        .child(words.map(|words| el("bdi").text(words)))
        .child(context.button("button primary", messages.retry, Event::RetryPressed))
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
    let text = move || context.read(|view| view.remaining).map(|seconds| messages.countdown(seconds)).unwrap_or_default();
    let class = move || match context.read(|view| view.remaining) {
        None => "countdown gone",
        Some(seconds) if seconds <= URGENT_SECONDS => "countdown urgent",
        Some(_) => "countdown",
    };
    el("p").bind_attr("class", class).attr("role", "timer").text(messages.remaining).text(" ").child(el("bdi").bind_text(text))
}

/// The switch is made once, so that pressing it does not take the focus from it.
fn sound(context: Context) -> El {
    let messages = context.messages;
    let read = move || context.read(|view| view.sound.clone());
    let state = move || match read() {
        Some(Sound { blocked: true, .. }) => messages.sound_blocked.to_owned(),
        Some(Sound { on: true, .. }) => messages.sound_on.to_owned(),
        Some(Sound { on: false, .. }) | None => messages.sound_off.to_owned(),
    };
    el("div").class("sounds").bind_child(
        move || read().map(|sound| sound.words),
        move |words| {
            let speaker = el("span").bind_child(move || read().is_some_and(|sound| sound.on), |on| Some(icon::speaker(*on)));
            let switch = context
                .button("sound", "", Event::SoundSwitched)
                .attr("data-sound-switch", "")
                .child(speaker)
                .child(el("span").bind_text(state));
            let words = words.as_ref()?.as_deref().map(|words| el("p").class("prompt").child(el("bdi").text(words)));
            Some(el("div").child(switch).child(words))
        },
    )
}

fn tips(context: Context, order: &Arc<Order>) -> Option<El> {
    let shown = Arc::clone(order);
    let tips = move |covered: &bool| {
        let lines = shown.tips.iter().flat_map(|tip| tip.lines()).map(|line| el("p").text(line));
        (!covered).then(|| el("aside").class("tips").attr("aria-label", context.messages.tips).children(lines))
    };
    (!order.tips.is_empty()).then(|| el("div").bind_child(move || context.is_covered(), tips))
}
