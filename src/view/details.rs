//! The facts of an order, and where to ask about it.

use super::{
    Context, Shared,
    copy_button::copy_button,
    element::{El, el},
    later::Extra,
};
use crate::{config::Back, i18n::fill, order::Order};

/// A term and its value, where there is one; `true` where it can be copied.
pub(super) type Fact<'order> = (&'static str, Option<&'order str>, bool);

/// A list of facts; nothing where there is none.
pub(super) fn facts(context: Context, facts: &[Fact<'_>]) -> Option<El> {
    let mut rows = facts
        .iter()
        .filter_map(|(term, value, copyable)| {
            let value = (*value)?;
            let shown = el("bdi").text(value);
            let button = copyable.then(|| copy_button(context, term, value, &shown));
            let definition = el("dd").child(shown).text(" ").child(button);
            Some(el("div").child(el("dt").text(term)).child(definition))
        })
        .peekable();
    rows.peek()?;
    Some(el("dl").class("facts").children(rows))
}

/// What is known of an order beyond its amount and subject.
pub(super) fn order_facts(context: Context, order: &Order) -> Option<El> {
    let messages = context.messages;
    facts(
        context,
        &[
            (messages.content(), order.content.as_deref(), false),
            (messages.order_number(), order.id.as_ref().map(|id| id.as_str()), true),
            (messages.out_order_number(), order.out_order_id.as_ref().map(|id| id.as_str()), true),
            (messages.created(), order.create_time.as_deref(), false),
        ],
    )
}

/// Where to ask: the order's own number on QQ, and what the shop names.
pub(super) fn support(context: Context, order: Option<&Order>) -> Vec<El> {
    let own = context.config.qq();
    let qq = order.and_then(|order| order.service_qq.as_ref()).or(own.as_ref());
    let qq = qq.map(|qq| elsewhere(link(&qq.chat_url(), &asked_on(context, &["QQ ", qq.as_str()].concat()))));
    let others = context.config.has_support().then(|| Extra::Contacts.quietly(context));
    qq.into_iter().chain(others).collect()
}

fn asked_on(context: Context, contact: &str) -> String {
    // A number runs from left to right among words that do not.
    fill(context.messages.service(), &[("contact", &["\u{2068}", contact, "\u{2069}"].concat())])
}

fn link(url: &str, text: &str) -> El {
    el("a").class("service").attr("href", url).text(text)
}

fn elsewhere(link: El) -> El {
    link.attr("target", "_blank").attr("rel", "noopener noreferrer")
}

/// The shop's own ways to be asked.
pub(super) fn contacts(context: Context) -> El {
    let Shared { config, messages, .. } = *context;
    let wechat = config.text("support.wechat").map(|id| {
        let shown = el("bdi").text(id);
        let button = copy_button(context, messages.method_wxpay(), id, &shown);
        el("p").class("service").text(&asked_on(context, messages.method_wxpay())).text(" ").child(shown).text(" ").child(button)
    });
    el("div")
        .child(wechat)
        .child(config.text("support.phone").map(|phone| link(&["tel:", &phone.replace(' ', "")].concat(), &asked_on(context, phone))))
        .child(config.text("support.email").map(|email| link(&["mailto:", email].concat(), &asked_on(context, email))))
        .child(config.text("support.url").map(|url| elsewhere(link(url, messages.support_page()))))
}

/// The way back to the shop without paying, where the shop has named one.
pub(super) fn back(context: Context, class: &str) -> Option<El> {
    let (ports, text) = (context.ports, context.messages.back_to_shop());
    match &context.config.back() {
        Back::Nowhere => None,
        Back::History => Some(el("button").attr("type", "button").class(class).text(text).on_click(move || {
            if (ports.goes_back)() {
                (ports.back)();
            }
        })),
        Back::To(link) => Some(el("a").class(class).attr("href", link.as_str()).text(text).on_press(move || (ports.goes_back)())),
    }
}
