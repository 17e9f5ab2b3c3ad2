//! What there is to pay with, and what can be done with it in this place.

use alloc::sync::Arc;

use super::{
    Context, Then,
    copy_button::{Copied, copy_button, copy_button_of},
    details,
    element::{El, el},
    icon,
    later::{Extra, Rare},
    method_name,
    poster::{self, Use},
    scanner_name,
};
use crate::{
    checkout::{Action, Event, Means, Saving},
    i18n::{Messages, fill},
    order::{Code, Instrument, Order, UnixSeconds, Wallet, WalletLink, host_of},
};

pub(super) fn instrument(context: Context, order: &Arc<Order>, means: &Means) -> El {
    let messages = context.messages;
    let Means { actions, instrument } = means;
    let name = scanner_name(order.method.as_ref(), messages);
    let actual = details::facts(
        context,
        &[
            (messages.actual_amount(), instrument.actual_amount.as_deref(), true),
            (messages.actual_account(), instrument.account.as_deref(), true),
            (messages.account_type(), instrument.account_type.as_deref(), false),
        ],
    );
    let has_account = instrument.account.is_some();
    let transfer = has_account.then(|| label(order, &[messages.transfer(), " · ", method_name(order.method.as_ref(), messages)].concat()));
    let facts = actual.map(|actual| el("div").class("wide by-hand").child(transfer).child(actual));
    // Where it is paid by hand, the account comes first: its code holds no amount.
    let (by_hand, facts) = if has_account { (facts, None) } else { (None, facts) };
    let saves = actions.iter().find_map(|action| if let Action::Save(saving) = action { Some(*saving) } else { None });
    let leads = actions.len() > 1 && actions.first() == Some(&Action::Scan);
    let parts = actions.iter().filter_map(|action| {
        Some(match action {
            Action::ContinueOnPhone => Extra::ContinueOnPhone.place(context),
            Action::CopyLink => copy_link(context),
            Action::HandOver => {
                let spent = order.points.zip(order.method.as_ref()).map_or(0, |(points, method)| points.spent_by(&method.code));
                let number = order.id.as_ref().map(|id| id.as_str().to_owned());
                // What the app is said to have done is read out.
                Rare::Host { app: instrument.host.as_ref()?.app, number, spent }.place(context).attr("role", "status")
            }
            Action::LeaveApp => leave_app(context, name),
            Action::OpenApp(link) => {
                wallet_button(context, "button", link, &fill(messages.open_app(), &[("method", wallet_name(link, messages, name))]), name)
            }
            Action::OpenPage(link) => wallet_button(context, "button primary", link, messages.open_page(), name),
            Action::OpenWallet(link) => wallet_button(
                context,
                "button primary",
                link,
                &fill(messages.open_wallet(), &[("method", wallet_name(link, messages, name))]),
                name,
            ),
            Action::Save(Saving::File) => save(context, order, instrument, name)?,
            Action::Save(Saving::LongPress) => hint(&fill(messages.hold_to_save(), &[("method", name)])),
            Action::Scan => {
                let code = code(context, order, instrument, name, saves)?;
                let label = label(order, &fill(messages.scan(), &[("method", name)]));
                // On a device with wallets there is something above the code, so that it stands where the first paint has put it.
                let (above, below) = if leads { (Some(label.class("label lead")), None) } else { (None, Some(label)) };
                el("div").class("scan").child(above).child(code).child(below)
            }
        })
    });
    let nothing_to_do = (actions.is_empty() && !has_account).then(|| label(order, method_name(order.method.as_ref(), messages)));
    el("div")
        .class("instrument")
        .child(by_hand)
        .children(parts)
        .child(nothing_to_do)
        .child(facts)
        .child(instrument.content.as_deref().map(|content| words(context, content, instrument.content_copyable)))
}

/// The method's sign or logo, and what to do.
fn label(order: &Order, text: &str) -> El {
    let sign = order.method.as_ref().map(icon::sign);
    el("p").class("label").child(sign).child(el("span").text(text))
}

fn hint(text: &str) -> El {
    el("p").class("hint").text(text)
}

/// Hands on the address of the code's picture; `None` where it cannot be drawn.
pub(super) fn pictured(context: Context, code: Code, then: Then<Option<String>>) {
    match code {
        Code::Picture(picture) => then(Some(picture.as_str().to_owned())),
        Code::Text(text) => (context.ports.picture)(text, then),
    }
}

/// The code on a light ground. It may have been drawn before there was this page; a code that cannot be drawn or
/// loaded is told to the checkout, if it is the one that pays.
fn plate(context: Context, code: &Code, label: &str, pays: bool) -> El {
    let source = match code {
        Code::Picture(picture) => picture.as_str(),
        Code::Text(text) => text,
    };
    let drawn = (context.ports.drawn)(source).map(El::of);
    let image = drawn.clone().unwrap_or_else(|| el("img").class("code").attr("referrerpolicy", "no-referrer"));
    let image = image.attr("alt", label);
    let image = if pays { image.on("error", move || (context.ports.send)(Event::CodeBroken)) } else { image };
    let plate = el("div").class(if code.is_dense() { "plate dense" } else { "plate" }).child(image.clone());
    if drawn.is_none() {
        let shown = plate.clone();
        let show = move |picture: Option<String>| match picture {
            Some(picture) => drop(image.attr("src", &picture)),
            None if pays => (context.ports.send)(Event::CodeUndrawn),
            None => shown.remove(),
        };
        pictured(context, code.clone(), Box::new(show));
    }
    plate
}

fn code(context: Context, order: &Arc<Order>, instrument: &Instrument, name: &str, saving: Option<Saving>) -> Option<El> {
    let code = instrument.code.as_ref()?;
    let code = code.clone();
    let amount = context.amount_to_pay(order, instrument);
    let label =
        fill(context.messages.code_label(), &[("method", method_name(order.method.as_ref(), context.messages)), ("amount", &amount)]);
    let label = if label.is_empty() { amount } else { label };
    let plate = move || plate(context, &code, &label, true);
    if saving != Some(Saving::LongPress) {
        return Some(plate());
    }
    // What is saved by a long press is the very picture that is shown: it has to say what it is for, and until when.
    let (order, instrument, name) = (Arc::clone(order), instrument.clone(), name.to_owned());
    let draw = move |_: &Option<UnixSeconds>| {
        // Of the shape that the picture will have: nothing moves when it comes.
        let plate = plate().class("plate poster");
        poster::wanted(context, Arc::clone(&order), instrument.clone(), name.clone(), Use::Shown(plate.clone()));
        Some(plate)
    };
    Some(el("div").class("wide").bind_child(move || context.read(|view| view.expires), draw))
}

fn save(context: Context, order: &Arc<Order>, instrument: &Instrument, name: &str) -> Option<El> {
    let messages = context.messages;
    instrument.code.as_ref()?;
    let (order, instrument, name_of) = (Arc::clone(order), instrument.clone(), name.to_owned());
    let copied = Copied::button(context.copied);
    let save = move || poster::wanted(context, Arc::clone(&order), instrument.clone(), name_of.clone(), Use::Saved(copied));
    let text = move || copied.said().unwrap_or(messages.save_code()).to_owned();
    let button = el("button").attr("type", "button").class("button save").child(icon::download()).child(el("span").bind_text(text));
    Some(el("div").class("wide save-and-scan").child(button.on_click(save)).child(hint(&fill(messages.scan_album(), &[("method", name)]))))
}

/// What the wallet is called that a link opens.
fn wallet_name<'text>(link: &WalletLink, messages: Messages, name: &'text str) -> &'text str {
    match Wallet::of_link(link) {
        Some(Wallet::Alipay) => messages.method_alipay(),
        Some(Wallet::Qq) => messages.method_qqpay(),
        Some(Wallet::UnionPay) => messages.method_unionpay(),
        Some(Wallet::WeChat) => messages.method_wxpay(),
        None => name,
    }
}

/// A real link: pressed by a finger it works where a scripted jump is blocked.
fn wallet_button(context: Context, class: &str, wallet: &WalletLink, text: &str, name: &str) -> El {
    let tapped = move || (context.ports.send)(Event::WalletTapped);
    let link = el("a").class(class).attr("data-wallet", "").attr("href", wallet.as_str()).attr("rel", "noreferrer");
    // Out of a frame: pages for paying refuse to be inside another one.
    let link = link.attr("target", "_top");
    let text = if text.is_empty() { name } else { text };
    // Whoever leaves for another site is told which; where the words for it are.
    let destination = context.messages.destination();
    let host = if wallet.is_page() && !destination.is_empty() { host_of(wallet.as_str()) } else { None };
    let destination = host.map(|host| hint(&fill(destination, &[("host", &["\u{2068}", &host, "\u{2069}"].concat())])));
    el("div").class("wide").child(link.on_click(tapped).text(text)).child(destination).child(not_opened(context, name))
}

/// The app that shows the page opens no other wallet: its menu, at the top right in all of them, leads to the browser.
fn leave_app(context: Context, name: &str) -> El {
    let messages = context.messages;
    el("div")
        .class("leave-app")
        .child(icon::to_the_menu())
        .child(el("strong").text(messages.leave_app()))
        .child(el("p").text(&fill(messages.leave_app_detail(), &[("method", name)])))
}

fn copy_link(context: Context) -> El {
    let address = (context.ports.address)();
    let shown = el("bdi").class("link").attr("dir", "ltr").text(&address);
    let button = copy_button_of(context, context.messages.copy_link(), "", &address, &shown);
    el("p").class("copy-link").child(shown).child(button)
}

/// An app link opens nothing on a computer: the same page on a phone does.
pub(super) fn continue_on_phone(context: Context) -> El {
    let words = context.messages.continue_on_phone();
    let plate = plate(context, &Code::Text((context.ports.address)()), words, false);
    el("div").class("scan").child(plate).child(el("p").class("label").child(icon::phone()).child(el("span").text(words)))
}

/// Help for whoever pressed the link to the wallet and is still here.
fn not_opened(context: Context, name: &str) -> El {
    let method = name.to_owned();
    el("div").class("wide").bind_child(
        move || context.read(|view| view.not_opened),
        move |not_opened| not_opened.then(|| Extra::NotOpened(method.clone()).quietly(context)),
    )
}

pub(super) fn help_to_open(context: Context, method: &str) -> El {
    let messages = context.messages;
    let heading = el("strong").text(&fill(messages.not_opened(), &[("method", method)]));
    let detail = el("p").text(&fill(messages.not_opened_detail(), &[("method", method)]));
    el("div").class("warning not-opened").child(heading).child(detail)
}

/// Words of the gateway.
pub(super) fn words(context: Context, words: &str, copyable: bool) -> El {
    let shown = el("bdi").text(words);
    let button = copyable.then(|| copy_button(context, context.messages.content(), words, &shown));
    el("p").class("words").child(shown).text(" ").child(button)
}
