//! Another amount than the link asked for: nothing is shown to pay with before the shopper has agreed.

use super::{
    Context, details,
    element::{El, el},
    icon::{self, Mark},
};
use crate::{checkout::Event, i18n::fill, order::Fen};

/// The question, with both amounts.
pub(super) fn agreement(context: Context, asked: Fen, due: Fen) -> El {
    let messages = context.messages;
    let (asked, due) = ((context.ports.money)(asked), (context.ports.money)(due));
    let values = [("asked", asked.as_str()), ("due", due.as_str())];
    el("div")
        .class("plate covered agreement")
        .child(icon::mark(Mark::Question))
        .child(el("strong").text(messages.agree()))
        .child(el("span").text(&fill(messages.agree_detail(), &values)))
        .child(context.button("button primary", &fill(messages.agree_yes(), &values), || Event::Agreed))
        .child(details::back(context, "button"))
}
