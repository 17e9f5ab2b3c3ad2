//! Why a gateway refuses a payment, and what to do; and an order that waits for none any more.

use super::{
    Context, details,
    element::{El, el},
    icon::Mark,
    outcome::{self, line},
};
use crate::{
    checkout::Event,
    config::Link,
    i18n::{Messages, sentences},
    order::{Order, ReturnTarget, Verdict, percent_encode},
};

/// Heading and next step. `None`: the gateway's words are all there is.
fn texts(verdict: Verdict, messages: Messages) -> (&'static str, Option<&'static str>) {
    let (heading, advice) = match verdict {
        Verdict::AmountTooSmall => (messages.amount_too_small(), messages.amount_too_small_detail()),
        Verdict::BadMerchant => (messages.bad_merchant(), messages.bad_merchant_detail()),
        Verdict::BadSignature => (messages.bad_signature(), messages.bad_signature_detail()),
        Verdict::Duplicate => (messages.duplicate(), messages.duplicate_detail()),
        Verdict::Incomplete => (messages.link_incomplete(), messages.incomplete_detail()),
        Verdict::Maintenance => (messages.maintenance(), messages.maintenance_detail()),
        Verdict::NoChannel => (messages.no_channel(), messages.no_channel_detail()),
        Verdict::NoCodeForAmount => (messages.no_code_for_amount(), messages.no_code_for_amount_detail()),
        Verdict::NotAllowed => (messages.not_allowed(), messages.not_allowed_detail()),
        Verdict::NotPayable => (messages.finished(), messages.finished_detail()),
        Verdict::NothingToPay => (messages.free(), messages.free_detail()),
        Verdict::Other => return (messages.refused(), None),
        Verdict::SignIn => (messages.sign_in(), messages.sign_in_yourself()),
        Verdict::UnknownOrder => (messages.not_found(), messages.not_found_detail()),
        Verdict::Unsure => (messages.unsure(), messages.unsure_detail()),
        Verdict::Unsupported => return (messages.unsupported(), None),
    };
    (heading, Some(advice))
}

/// A refusal, and what to do.
pub(super) fn refused(context: Context, number: Option<&str>, verdict: Verdict, words: Option<&str>) -> El {
    let messages = context.messages;
    let (heading, advice) = texts(verdict, messages);
    let needs_account = matches!(verdict, Verdict::NotAllowed | Verdict::SignIn);
    let sign_in = if needs_account { sign_in_address(context) } else { None };
    let advice = if sign_in.is_some() && verdict == Verdict::SignIn { Some(messages.sign_in_detail()) } else { advice };
    let mark = if matches!(verdict, Verdict::SignIn | Verdict::UnknownOrder | Verdict::Unsure) { Mark::Question } else { Mark::Cross };
    let can_retry = verdict.passes() || needs_account;
    // After what may have been a payment, trying again is not what is asked for first.
    let retry = if sign_in.is_some() || verdict == Verdict::Unsure { "button" } else { "button primary" };
    let seen = context.config.return_page(number.unwrap_or_default()).filter(|_| number.is_some());
    let looks = matches!(verdict, Verdict::Duplicate | Verdict::NotPayable | Verdict::Unsure);
    outcome::card("refused", mark, heading)
        .attr("data-verdict", name(verdict))
        .child(advice.map(|advice| line("explanation", advice)))
        .child(words.map(|words| line("words", "").child(el("bdi").text(words))))
        .child(sign_in.map(|address| el("a").class("button primary").attr("href", &address).text(messages.sign_in_go())))
        .child(seen.filter(|_| looks).map(|page| el("a").class("button primary").attr("href", page.as_str()).text(messages.order_page())))
        .child(can_retry.then(|| context.button(retry, messages.retry(), || Event::RetryPressed)))
        .child(details::back(context, "button"))
        .children(details::support(context, None))
        .child(number.map(|number| line("number", messages.order_number()).text(" ").child(el("bdi").text(number))))
}

/// What tests and styles call it.
fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::AmountTooSmall => "amount-too-small",
        Verdict::BadMerchant => "bad-merchant",
        Verdict::BadSignature => "bad-signature",
        Verdict::Duplicate => "duplicate",
        Verdict::Incomplete => "incomplete",
        Verdict::Maintenance => "maintenance",
        Verdict::NoChannel => "no-channel",
        Verdict::NoCodeForAmount => "no-code-for-amount",
        Verdict::NotAllowed => "not-allowed",
        Verdict::NotPayable => "not-payable",
        Verdict::NothingToPay => "nothing-to-pay",
        Verdict::Other => "other",
        Verdict::SignIn => "sign-in",
        Verdict::UnknownOrder => "unknown-order",
        Verdict::Unsure => "unsure",
        Verdict::Unsupported => "unsupported",
    }
}

/// The shop's page for signing in, which is told the way back.
fn sign_in_address(context: Context) -> Option<String> {
    let address = context.config.text("sign_in").and_then(Link::decode)?;
    let (page, fragment) = address.as_str().split_once('#').map_or((address.as_str(), ""), |(page, fragment)| (page, fragment));
    let joint = if page.contains('?') { "&" } else { "?" };
    let mark = if fragment.is_empty() { "" } else { "#" };
    Some([page, joint, "return_to=", &percent_encode(&(context.ports.address)()), mark, fragment].concat())
}

/// An order that waits no more.
pub(super) fn finished(context: Context, free: bool, order: &Order, target: Option<&ReturnTarget>) -> El {
    let messages = context.messages;
    let (kind, mark, heading, detail) = match free {
        true => ("free", Mark::Tick, messages.free(), messages.free_detail()),
        false => ("finished", Mark::Hourglass, messages.finished(), messages.finished_detail()),
    };
    let card = outcome::card(kind, mark, heading).child(line("explanation", &sentences(&[detail])));
    let card = match target {
        None => card.child(details::back(context, "button primary")),
        Some(target) => outcome::leaving(context, card, target, messages.order_page()),
    };
    card.children(details::support(context, Some(order))).child(details::order_facts(context, order))
}
