//! What is on the pages that show no code: the choice of a way to pay, and a payment that nobody has confirmed.

use super::{
    Context, details,
    element::{El, el},
    icon,
};
use crate::{
    checkout::{Choice, Event, Trouble},
    i18n::{Messages, sentences},
    order::{Claim, OrderId, PayMethod},
};

/// What is needed to go on could not be loaded.
pub(super) fn missing(context: Context) -> El {
    let messages = context.messages;
    let reload = el("a").class("button primary").attr("href", "").text(messages.retry());
    el("div").class("plate covered").child(el("strong").text(messages.unreachable())).child(reload)
}

/// The ways to pay.
pub(super) fn choice(context: Context, choice: &Choice) -> El {
    let messages = context.messages;
    let button = |method: &PayMethod| {
        let code = method.code.clone();
        let is_chosen = choice.chosen.as_ref() == Some(&code);
        let button = el("button").attr("type", "button").class("button method").attr("data-method", icon::sign_name(method));
        let button = if choice.chosen.is_some() { button.attr("aria-disabled", "true") } else { button };
        let name = el("span").text(super::method_name(Some(method), messages));
        button
            .attr("aria-busy", if is_chosen { "true" } else { "false" })
            .child(icon::sign(method))
            .child(name)
            .on_click(move || (context.ports.send)(Event::Chosen { method: code.clone() }))
    };
    if choice.methods.is_empty() {
        let warning = warning(&choice.trouble, messages);
        let retry = warning.is_some().then(|| context.button("button primary", messages.retry(), || Event::RetryPressed));
        let coming = warning.is_none().then(|| el("div").class("bone coming"));
        return el("div").class("wide").child(el("h2").text(messages.choose_method())).child(coming).child(warning).child(retry);
    }
    let heading = el("h2").attr("id", "methods").text(messages.choose_method());
    let list = el("ul").class("methods").attr("role", "list").attr("aria-labelledby", "methods");
    let rows = choice.methods.iter().map(|method| el("li").child(button(method)));
    el("div").class("wide").child(heading).child(list.children(rows)).child(warning(&choice.trouble, messages))
}

/// What went wrong, where something did.
pub(super) fn warning(of: &Trouble, messages: Messages) -> Option<El> {
    trouble(of, messages).map(|text| el("p").class("warning").child(el("bdi").text(&text)))
}

/// The same in words.
pub(super) fn trouble(trouble: &Trouble, messages: Messages) -> Option<String> {
    match trouble {
        Trouble::None => None,
        Trouble::NoAnswer => Some(sentences(&[messages.unreachable(), messages.unreachable_detail()])),
        Trouble::Refused(words) => Some(words.clone().unwrap_or_else(|| messages.refused().to_owned())),
    }
}

/// The gateway has not reported a payment: what the link says of one is shown as the link's word.
pub(super) fn unconfirmed(context: Context, claim: &Claim, id: Option<&OrderId>, resting: bool) -> El {
    let messages = context.messages;
    let claimed = [claim.amount().map(context.ports.money), claim.subject.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let claimed = Some(claimed).filter(|claimed| !claimed.is_empty());
    let link = id.map(|id| el("a").class("button").attr("href", &(context.ports.pay_path)(id)).text(messages.open_page()));
    el("div")
        .class("plate covered")
        .child(icon::mark(icon::Mark::Hourglass))
        .child(el("strong").text(messages.unconfirmed()))
        .child(el("span").text(if resting { messages.checking_rests() } else { messages.unconfirmed_detail() }))
        .child(details::facts(context, &[(messages.claimed(), claimed.as_deref(), false)]))
        .child(resting.then(|| context.button("button primary", messages.check_again(), || Event::CheckAgainPressed)))
        .child(link)
}
