//! What each screen is called, and how things stand on it.

use std::{collections::BTreeSet, sync::Arc};

use saoma::{
    checkout::{Mood, Pay, Reason, Screen, Setup},
    order::{Answer, Call, End, Fen, Info, Order, ReturnTarget, Verdict, Visit},
};

use crate::page::{Page, awaiting, cashier, info, order, seconds, setup, status, waiting};

#[test]
fn every_screen_has_a_name_a_mood_and_an_end() {
    use Mood::{Good, Over, Waiting};
    let some = || Arc::new(order());
    let failed = |reason| Screen::Failed { number: Some("A1".into()), reason };
    let ended = |end| Screen::Ended { end, order: some() };
    let finished = |free| Screen::Finished { free, order: some(), target: None };
    let loading = Screen::Loading { expected: None, number: "A1".into(), retrying: false };
    // Screen, name, mood, whether the shop is told that the order has ended, whether there is an order.
    let all = [
        (Screen::Awaiting { order: some() }, "awaiting", Waiting, false, true),
        (ended(End::Closed), "closed", Over, true, true),
        (ended(End::CreationFailed), "creation-failed", Over, true, true),
        (ended(End::TimedOut), "timed-out", Over, true, true),
        (Screen::Entering { cashier: cashier() }, "entering", Waiting, false, false),
        (failed(Reason::CashierNotFound(None)), "cashier-not-found", Over, true, false),
        (failed(Reason::LinkIncomplete), "link-incomplete", Over, true, false),
        (failed(Reason::LinkInvalid("sign".into())), "link-invalid", Over, true, false),
        (failed(Reason::NotFound(None)), "not-found", Over, true, false),
        (failed(Reason::Refused(Verdict::Other, None)), "refused", Over, true, false),
        // It is tried again.
        (failed(Reason::Unreachable), "unreachable", Over, false, false),
        (finished(true), "free", Good, true, true),
        (finished(false), "finished", Over, true, true),
        (loading, "loading", Waiting, false, false),
        (Screen::Paid { order: some(), target: ReturnTarget::decode("/x") }, "paid", Good, false, true),
    ];
    let names: BTreeSet<&str> = all.iter().map(|(screen, ..)| screen.name()).collect();
    assert_eq!(names.len(), all.len(), "no name is given twice");
    for (screen, name, mood, has_ended, has_order) in all {
        assert_eq!((screen.name(), screen.mood(), screen.has_ended()), (name, mood, has_ended));
        assert_eq!(screen.order().is_some(), has_order, "{name}");
    }
}

#[test]
fn an_order_that_waits_is_named_by_what_there_is_to_pay_with() {
    let page = awaiting(setup(), 900);
    let view = page.checkout.view(page.now);
    assert_eq!((view.name(), view.method()), ("awaiting", Some("alipay")));
    let with = |pay| {
        let mut view = view.clone();
        view.pay = Some(pay);
        view.name()
    };
    let fen = |fen| Fen::decode(fen).unwrap();
    assert_eq!(with(Pay::Agree { asked: fen(1), due: fen(2) }), "agreeing");
    assert_eq!(with(Pay::Checking { resting: true }), "checking");
    assert_eq!(with(Pay::Confirming { resting: false }), "checking");
    assert_eq!(with(Pay::Missing(None)), "awaiting");
    let mut over = page;
    over.pass(seconds(901));
    assert_eq!(over.checkout.view(over.now).name(), "checking");
}

#[test]
fn an_order_without_a_number_or_a_way_to_pay_is_not_found() {
    let mut page = Page::open(Setup { visit: Visit::of_address("/", "?out_order_id=S1&pid=7"), ..setup() });
    let unnamed = Order { id: None, method: None, ..order() };
    assert!(page.answer(Answer::Info(Ok(Box::new(Info { order: unnamed, standing: waiting(900), redirect_wait: None, offer: None })))));
    assert_eq!(page.screen().name(), "not-found");
    assert!(page.open.iter().all(|(_, call)| !matches!(call, Call::QrCode { .. } | Call::Methods(_))), "there is nothing to ask for");
}

#[test]
fn a_status_for_nobody_changes_nothing() {
    let mut page = awaiting(setup(), 900);
    let before = page.checkout.view(page.now);
    assert!(!page.answer(status(waiting(900))), "no question is open");
    assert!(!page.answer(info(waiting(900))), "nor this");
    assert_eq!(page.checkout.view(page.now), before);
}
