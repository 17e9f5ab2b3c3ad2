//! What could be got wrong without being seen: for each there was a change of the machine that no other test noticed.

use std::time::Duration;

use saoma::{
    checkout::{Action, Connection, Effect, Event, Past, Pay, Place, Reason, Screen, Setup},
    order::{
        Answer, Call, Code, Failure, HostApp, HostCall, HostResult, Info, Instrument, Offer, Order, PayMethod, Prompt, Refusal,
        ReturnTarget, Standing, Terms, Verdict, Visit, WalletLink,
    },
};

use crate::page::*;

fn here() -> Terms {
    Terms { chooses_here: true, confirms: true, ..Terms::default() }
}

fn prompt() -> Answer {
    Answer::Audio(Ok(Some(Prompt { url: None, words: Some("请扫码".into()) })))
}

fn hosted() -> Instrument {
    Instrument { host: Some(HostCall { app: HostApp::WeChat, request: "{}".into() }), ..code() }
}

fn refused(verdict: Verdict) -> Answer {
    Answer::QrCode(Err(Failure::Refused(Refusal { code: 1, message: None, verdict: Some(verdict) })))
}

fn methods(codes: &[&str]) -> Answer {
    Answer::Methods(Ok(codes.iter().map(|code| PayMethod { code: (*code).into(), label: None, logo: None }).collect()))
}

/// A page that has the order, and asks what it is paid with.
fn asking(setup: Setup, standing: Standing) -> Page {
    let mut page = Page::open(setup);
    assert!(page.answer(info(standing)));
    page
}

fn with(terms: Terms) -> Setup {
    Setup { return_page: ReturnTarget::decode("https://shop.example/order"), terms, ..setup() }
}

fn actions(page: &Page) -> Vec<Action> {
    match page.pay() {
        Some(Pay::Instrument(means)) => means.actions.clone(),
        other => panic!("nothing to pay with: {other:?}"),
    }
}

fn is_payment(call: &Call) -> bool {
    matches!(call, Call::QrCode { .. })
}

// An app around the page

#[test]
fn while_an_app_may_be_paying_there_is_nothing_else_to_pay_with() {
    let mut page = asking(Setup { place: phone(), ..with(here()) }, waiting(900));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(hosted()))));
    assert_eq!(actions(&page), [Action::HandOver]);
    page.send(Event::HostAnswered { result: HostResult::Failed });
    assert!(actions(&page).len() > 1, "{:?}", actions(&page));
}

#[test]
fn the_gateway_is_asked_when_an_app_has_answered_and_not_when_there_is_none() {
    for (result, is_asked) in [(HostResult::Missing, false), (HostResult::Cancelled, true), (HostResult::Done, true)] {
        let mut page = asking(with(here()), waiting(900));
        page.answer(Answer::QrCode(Ok(Offer::Instrument(hosted()))));
        page.pass(seconds(1));
        page.send(Event::HostAnswered { result });
        assert_eq!(page.open.iter().any(|(_, call)| is_status(call)), is_asked, "{result:?}");
    }
    let mut page = awaiting(with(here()), 900);
    page.send(Event::HostAnswered { result: HostResult::Done });
    assert!(!page.open.iter().any(|(_, call)| is_status(call)), "nobody had asked it");
}

// Sound

#[test]
fn a_prompt_can_be_heard_only_while_something_can_be_paid() {
    let has_sound = |page: &Page| page.checkout.view(page.now).sound.is_some();
    let heard = |setup: Setup, offer: Answer| {
        let mut page = asking(setup, waiting(900));
        page.answer(prompt());
        page.answer(offer);
        page
    };
    let mut page = heard(with(here()), offer());
    assert!(has_sound(&page));
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Over { heard: false }));
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }));
    assert!(!has_sound(&page), "it may be paid already");
    assert!(!has_sound(&heard(with(here()), refused(Verdict::NotPayable))));
    assert!(!has_sound(&heard(setup(), Answer::QrCode(Ok(Offer::Instrument(Instrument::default()))))), "there is no code");
    let terms = Terms { asked: order().amount, ..Terms::default() };
    let mut page = asking(with(terms), waiting(900));
    page.answer(prompt());
    page.answer(offer());
    assert!(matches!(page.pay(), Some(Pay::Agree { .. })));
    assert!(!has_sound(&page), "nobody has agreed to that amount");
}

#[test]
fn only_what_was_to_be_heard_is_hushed() {
    for has_prompt in [false, true] {
        let mut page = asking(setup(), waiting(10));
        page.answer(offer());
        page.answer(if has_prompt { prompt() } else { Answer::Audio(Ok(None)) });
        let hushes = |page: &Page| page.count(|effect| *effect == Effect::Hush);
        page.pass(seconds(11));
        assert_eq!(hushes(&page), usize::from(has_prompt), "time is up");
        page.pass_until_asked(is_status);
        page.answer(status(paid()));
        assert_eq!(hushes(&page), 2 * usize::from(has_prompt), "it is paid");
    }
}

#[test]
fn an_order_that_waits_no_more_is_hushed_once_where_something_was_to_be_heard() {
    for has_prompt in [false, true] {
        let mut page = asking(with(here()), waiting(900));
        page.answer(if has_prompt { prompt() } else { Answer::Audio(Ok(None)) });
        page.answer(offer());
        for _ in 0..2 {
            assert!(page.pass_until_asked(is_status));
            page.answer(status(Standing::Over { heard: false }));
            assert_eq!(page.count(|effect| *effect == Effect::Hush), usize::from(has_prompt));
        }
        let played = page.count(|effect| matches!(effect, Effect::Play(_)));
        page.send(Event::SoundSwitched);
        page.send(Event::SoundSwitched);
        assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), played, "there is no switch to be pressed");
    }
}

// Another way to pay

#[test]
fn another_way_is_offered_without_the_one_before_and_not_while_it_may_be_paid() {
    let mut page = awaiting(with(here()), 900);
    page.send(Event::AnotherWayPressed);
    assert!(matches!(page.pay(), Some(Pay::Choice(_))));
    assert_eq!(page.screen().order().and_then(|order| order.method.clone()), None);
    let mut page = awaiting(with(here()), 900);
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Over { heard: false }));
    page.send(Event::AnotherWayPressed);
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }));
    let mut page = asking(with(here()), waiting(900));
    page.answer(Answer::QrCode(Ok(Offer::Nothing)));
    page.send(Event::AnotherWayPressed);
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }));
}

#[test]
fn who_chooses_leaves_no_question_behind() {
    let visit = Visit::of_address("/pay/separate/A1", "");
    let mut page = asking(Setup { visit, ..with(here()) }, waiting(900));
    page.answer(methods(&["alipay", "wxpay"]));
    assert!(page.pass_until_asked(is_status));
    page.send(Event::Chosen { method: "wxpay".into() });
    assert!(!page.open.iter().any(|(_, call)| is_status(call)), "{:?}", page.open);
}

#[test]
fn where_methods_are_chosen_elsewhere_one_that_is_not_supported_ends_it() {
    let mut page = asking(setup(), waiting(900));
    page.answer(refused(Verdict::Unsupported));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(Verdict::Unsupported, None), .. }));
}

#[test]
fn a_choice_is_watched_at_its_pace_and_what_was_not_heard_is_asked_again_sooner() {
    let visit = || Visit::of_address("/pay/separate/A1", "");
    let pause_after = |standing: Standing| {
        let mut page = asking(Setup { visit: visit(), ..with(here()) }, waiting(900));
        page.answer(methods(&["alipay"]));
        assert!(page.pass_until_asked(is_status));
        assert!(page.answer(status(standing)));
        let answered = page.now;
        assert!(page.pass_until_asked(is_status));
        page.now.since(answered)
    };
    assert!(pause_after(waiting(900)) >= Duration::from_millis(1_900));
    assert!(pause_after(Standing::Over { heard: false }) < Duration::from_millis(1_900));
}

// A payment that is asked for once

#[test]
fn a_payment_that_is_asked_for_once_has_time_to_answer_and_is_unsure_when_it_fails() {
    let mut page = asking(with(Terms { asks_once: true, ..here() }), waiting(900));
    page.pass(seconds(2));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
    page.answer(Answer::QrCode(Err(network_fault())));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(Verdict::Unsure, None), .. }));
    page.pass(seconds(60));
    assert_eq!(page.asked(is_payment).len(), 1);
    // Any other is asked for again.
    let mut page = asking(setup(), waiting(900));
    page.pass(seconds(60));
    assert!(page.asked(is_payment).len() > 1);
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
}

#[test]
fn what_there_is_to_pay_with_is_not_asked_for_again() {
    let mut page = awaiting(setup(), 900);
    page.send(Event::RetryPressed);
    page.pass(seconds(1));
    assert_eq!(page.asked(is_payment).len(), 1);
}

// Codes

#[test]
fn a_code_that_is_lost_is_replaced_once() {
    let picture = Code::decode("data:image/png;base64,AAAA", "");
    let instrument = Instrument { code: picture, fallback: Code::decode("wxp://a", ""), ..Instrument::default() };
    let mut page = asking(setup(), waiting(900));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(instrument))));
    page.send(Event::CodeBroken);
    assert!(matches!(page.pay(), Some(Pay::Instrument(means)) if means.instrument.code == Code::decode("wxp://a", "")));
    page.send(Event::CodeUndrawn);
    assert_eq!(page.pay(), Some(Pay::Missing(None)));
}

#[test]
fn an_instrument_with_nothing_in_it_is_none() {
    let mut page = asking(setup(), waiting(900));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(Instrument::default()))));
    assert_eq!(page.pay(), Some(Pay::Missing(None)));
}

// Going somewhere by itself

#[test]
fn nobody_is_sent_to_pay_once_time_is_up() {
    let mut page = asking(setup(), waiting(5));
    page.pass(seconds(6));
    page.answer(Answer::QrCode(Ok(Offer::Jump(WalletLink::decode("https://pay.example/h5").unwrap()))));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Visit(_))), 0);
}

#[test]
fn a_wallet_waits_until_the_page_is_seen_and_the_amount_is_agreed_to() {
    let opened = |page: &Page| page.count(|effect| matches!(effect, Effect::OpenWallet(_)));
    let mut page = asking(Setup { place: phone(), visible: false, ..setup() }, wants_wallet());
    page.answer(offer());
    assert_eq!(opened(&page), 0, "nobody sees it");
    let terms = Terms { asked: order().amount, ..Terms::default() };
    let order = Order { ..order() };
    let mut page = Page::open(Setup { place: phone(), ..with(terms) });
    page.answer(Answer::Info(Ok(Box::new(Info {
        offer: Some(Offer::Instrument(code())),
        order,
        redirect_wait: None,
        standing: wants_wallet(),
    }))));
    assert_eq!(opened(&page), 0, "nobody has agreed");
    page.send(Event::Agreed);
    assert_eq!(opened(&page), 1);
}

// Time and connection

#[test]
fn a_page_that_is_left_asks_at_the_pace_of_one_that_nobody_sees() {
    let mut page = awaiting(setup(), 900);
    assert!(page.pass_until_asked(is_status));
    page.answer(status(waiting(900)));
    let asked = page.asked(is_status).len();
    page.send(Event::VisibilityChanged { visible: false });
    page.pass(seconds(20));
    assert_eq!(page.asked(is_status).len(), asked);
    page.pass(seconds(20));
    assert_eq!(page.asked(is_status).len(), asked + 1);
}

#[test]
fn a_page_that_rests_complains_of_no_connection() {
    let mut page = awaiting(setup(), 0);
    page.pass(seconds(60));
    assert_eq!(page.checkout.view(page.now).connection, Connection::Reconnecting);
    page.pass(seconds(7200));
    assert_eq!(page.pay(), Some(Pay::Checking { resting: true }));
    assert_eq!(page.checkout.view(page.now).connection, Connection::Good);
}

#[test]
fn a_cashier_that_is_asked_for_says_so() {
    let mut page = Page::open(Setup { visit: Visit::of_address("/cashier/TEA", ""), ..setup() });
    assert!(matches!(page.screen(), Screen::Loading { retrying: false, .. }));
    page.answer(Answer::Cashier(Err(network_fault())));
    assert!(matches!(page.screen(), Screen::Loading { retrying: true, .. }));
}

// The end

#[test]
fn what_was_finished_before_the_page_was_left_leads_nowhere_by_itself() {
    for (past, leaves) in [(Past::Fresh, 1), (Past::Left, 0)] {
        let place = Place { past, ..phone() };
        let mut page = asking(Setup { place, ..with(here()) }, waiting(900));
        page.answer(refused(Verdict::NothingToPay));
        assert!(matches!(page.screen(), Screen::Finished { free: true, .. }));
        page.pass(seconds(120));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), leaves, "{past:?}");
    }
}
