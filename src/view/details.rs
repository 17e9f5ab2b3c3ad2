//! The facts of an order, and where to ask about it.

use super::{
    Context,
    copy_button::copy_button,
    element::{El, el},
};
use crate::{i18n::fill, order::Order};

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

/// A link to the shop's customer service, where there is one.
pub(super) fn service(context: Context, order: &Order) -> Option<El> {
    let qq = order.service_qq.as_ref()?;
    let text = fill(context.messages.service(), &[("qq", qq.as_str())]);
    Some(el("a").class("service").attr("href", &qq.chat_url()).attr("target", "_blank").attr("rel", "noopener noreferrer").text(&text))
}
