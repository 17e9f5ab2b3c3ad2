//! How gateways differ: an amount to agree to, a choice on the page itself, an app that pays, and nobody who tells the end.

use saoma::{
    checkout::{Choice, Effect, Event, Handing, Past, Pay, Place, Reason, Screen, Setup, Trouble},
    order::{
        Answer, Call, Failure, Fen, HostApp, HostCall, HostResult, Info, Instrument, Offer, Order, PayMethod, Prompt, Refusal,
        ReturnTarget, Standing, Terms, Verdict, Visit, WalletLink,
    },
};

use crate::page::*;

fn here(confirms: bool) -> Terms {
    Terms { chooses_here: true, confirms, ..Terms::default() }
}

fn open(terms: Terms, visit: &str) -> Page {
    let return_page = ReturnTarget::decode("https://shop.example/order");
    Page::open(Setup { return_page, terms, visit: Visit::of_address(visit, ""), ..setup() })
}

fn refused(verdict: Verdict) -> Answer {
    Answer::QrCode(Err(Failure::Refused(Refusal { code: 1, message: Some("no".into()), verdict: Some(verdict) })))
}

fn made(offer: Offer, due: i64) -> Answer {
    let order = Order { trade_amount: Fen::decode(due), ..order() };
    Answer::Info(Ok(Box::new(Info { offer: Some(offer), order, redirect_wait: None, standing: waiting(900) })))
}

fn asks(asked: i64) -> Terms {
    Terms { asked: Fen::decode(asked), ..Terms::default() }
}

fn methods() -> Answer {
    Answer::Methods(Ok(["alipay", "wxpay"].map(|code| PayMethod { code: code.into(), label: None, logo: None }).to_vec()))
}

fn choice(page: &Page) -> Choice {
    match page.pay() {
        Some(Pay::Choice(choice)) => choice,
        other => panic!("no choice: {other:?}"),
    }
}

fn in_app() -> Offer {
    let host = Some(HostCall { app: HostApp::WeChat, request: "{}".into() });
    Offer::Instrument(Instrument { host, ..Instrument::default() })
}

fn handed_over(page: &Page) -> usize {
    page.count(|effect| matches!(effect, Effect::HandOver(_)))
}

#[test]
fn what_was_made_for_another_amount_is_shown_after_a_yes() {
    let mut page = open(asks(1000), "/pay/A1");
    page.answer(made(Offer::Instrument(code()), 1003));
    assert_eq!(page.pay(), Some(Pay::Agree { asked: Fen::decode(1000).unwrap(), due: Fen::decode(1003).unwrap() }));
    assert!(page.asked(|call| matches!(call, Call::QrCode { .. })).is_empty(), "its code is there already");
    assert!(page.pass_until_asked(is_status), "and it is looked whether it is paid");
    page.answer(status(waiting(900)));
    assert!(matches!(page.pay(), Some(Pay::Agree { .. })));
    page.send(Event::Agreed);
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    // The very amount needs no yes.
    let mut page = open(asks(1003), "/pay/A1");
    page.answer(made(Offer::Instrument(code()), 1003));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
}

#[test]
fn nobody_is_sent_to_pay_another_amount_before_a_yes() {
    let mut page = open(asks(1000), "/pay/A1");
    page.answer(made(Offer::Jump(WalletLink::decode("https://pay.example/x").unwrap()), 1003));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Visit(_))), 0);
    page.send(Event::Agreed);
    page.send(Event::Agreed);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Visit(_))), 1);
}

#[test]
fn a_payment_that_was_made_here_is_looked_after_by_the_gateways_number() {
    let visit = Visit::of_address("/", "?out_order_id=E1&pid=7");
    let mut page = Page::open(Setup { terms: asks(1001), visit, ..setup() });
    page.answer(made(Offer::Instrument(code()), 1001));
    assert!(page.pass_until_asked(is_status));
    assert!(matches!(page.open.as_slice(), [.., (_, Call::Status(order))] if order.as_str() == "A1"), "{:?}", page.open);
}

#[test]
fn a_method_is_chosen_and_paid_on_the_same_page() {
    let mut page = open(here(true), "/pay/separate/A1");
    page.answer(info(waiting(900)));
    page.answer(methods());
    page.send(Event::Chosen { method: "wxpay".into() });
    page.send(Event::Chosen { method: "alipay".into() });
    let wanted = |call: &Call| matches!(call, Call::QrCode { method: Some(method), .. } if method == "wxpay");
    assert_eq!((page.asked(wanted).len(), page.asked(|call| matches!(call, Call::QrCode { .. })).len()), (1, 1));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    // Another way, which is not supported after all: it is offered no more.
    page.send(Event::AnotherWayPressed);
    page.answer(methods());
    page.send(Event::Chosen { method: "alipay".into() });
    page.answer(refused(Verdict::Unsupported));
    page.answer(methods());
    let Choice { methods, trouble, .. } = choice(&page);
    assert_eq!(methods.iter().map(|method| method.code.as_str()).collect::<Vec<_>>(), ["wxpay"]);
    assert_eq!(trouble, Trouble::Refused(Some("no".into())));
}

#[test]
fn who_chooses_again_after_coming_back_is_taken_there_again() {
    let alipay = || PayMethod { code: "alipay".into(), label: None, logo: None };
    let jump = || Answer::QrCode(Ok(Offer::Jump(WalletLink::decode("https://pay.example/x").unwrap())));
    for past in [Past::Fresh, Past::Visited] {
        let place = Place { past, ..setup().place };
        let mut page = Page::open(Setup { place, terms: here(true), visit: Visit::of_address("/pay/separate/A1", ""), ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::Methods(Ok(vec![alipay()])));
        page.send(Event::Chosen { method: "alipay".into() });
        page.answer(jump());
        assert_eq!(page.count(|effect| matches!(effect, Effect::Visit(_))), 1, "{past:?}");
    }
}

#[test]
fn where_no_method_is_left_the_last_refusal_says_why() {
    let mut page = open(here(true), "/pay/separate/A1");
    page.answer(info(waiting(900)));
    let only = || Answer::Methods(Ok(vec![PayMethod { code: "alipay".into(), label: None, logo: None }]));
    page.answer(only());
    page.send(Event::Chosen { method: "alipay".into() });
    page.answer(refused(Verdict::Unsupported));
    page.answer(only());
    let Choice { methods, trouble, .. } = choice(&page);
    assert_eq!((methods.len(), trouble), (0, Trouble::Refused(Some("no".into()))));
}

#[test]
fn the_prompt_is_heard_once_the_amount_is_agreed_to() {
    let mut page = open(asks(1000), "/pay/A1");
    page.answer(made(Offer::Instrument(code()), 1003));
    page.answer(Answer::Audio(Ok(Some(Prompt { url: None, words: Some("请扫码".into()) }))));
    let plays = |page: &Page| page.count(|effect| matches!(effect, Effect::Play(_)));
    assert_eq!(plays(&page), 0);
    page.send(Event::Agreed);
    assert_eq!(plays(&page), 1);
}

#[test]
fn a_refusal_leads_where_its_meaning_says() {
    let after = |verdict, confirms| {
        let mut page = open(here(confirms), "/pay/A1");
        page.answer(info(waiting(900)));
        page.answer(refused(verdict));
        page
    };
    for verdict in [Verdict::SignIn, Verdict::UnknownOrder, Verdict::Unsure, Verdict::Other] {
        let mut page = after(verdict, true);
        assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(told, Some(_)), .. } if told == verdict));
        let asked = page.count(|effect| matches!(effect, Effect::Ask { .. }));
        page.pass(seconds(3600));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Ask { .. })), asked, "nothing is sent again by itself");
        page.send(Event::RetryPressed);
        assert!(matches!(page.open.as_slice(), [.., (_, Call::Info(_))]), "it is looked first");
    }
    assert!(matches!(after(Verdict::NothingToPay, true).screen(), Screen::Finished { free: true, target: Some(_), .. }));
    assert!(matches!(after(Verdict::NotPayable, false).screen(), Screen::Finished { free: false, .. }));
    let mut page = after(Verdict::NotPayable, true);
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }), "it may be paid: that is asked");
    page.pass_until_asked(is_status);
    page.answer(status(paid()));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn an_order_that_waits_no_more_is_finished_unless_somebody_says_that_it_is_paid() {
    let mut page = open(here(false), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Over { heard: true }));
    assert!(matches!(page.screen(), Screen::Finished { free: false, .. }));
    page.pass(seconds(10));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 1, "to the order in the shop");

    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    for heard in (0..40).map(|round| (30..40).contains(&round)) {
        page.pass_until_asked(is_status);
        page.answer(status(Standing::Over { heard }));
        assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }), "nothing can be paid meanwhile");
        assert_eq!(page.checkout.view(page.now).remaining, None);
    }
    for _ in 0..5 {
        page.pass_until_asked(is_status);
        page.answer(status(Standing::Over { heard: true }));
    }
    assert!(matches!(page.screen(), Screen::Finished { .. }), "whoever knows is not asked for ever; a fault ends nothing");
}

/// A gateway whose check fails with the words for "waits still" after it has said the opposite.
#[test]
fn what_waits_no_more_does_not_wait_again() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Over { heard: true }));
    for _ in 0..5 {
        page.pass_until_asked(is_status);
        page.answer(status(waiting(900)));
        assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }), "nobody is to pay again");
    }
    page.pass_until_asked(is_status);
    page.answer(status(paid()));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn what_waits_no_more_is_not_to_be_paid_any_more() {
    for answers in [true, false] {
        let mut page = open(here(true), "/pay/A1");
        page.answer(info(waiting(900)));
        page.pass_until_asked(is_status);
        page.answer(status(Standing::Over { heard: true }));
        // It fails, or never comes.
        if answers {
            page.answer(Answer::QrCode(Err(network_fault())));
        }
        page.pass_answering(seconds(3600), seconds(1), &Answer::Status(Err(network_fault())));
        assert_eq!(page.asked(|call| matches!(call, Call::QrCode { .. })).len(), 1, "what was asked for before is not asked for again");
    }
}

#[test]
fn what_waits_no_more_is_asked_about_again_when_the_shopper_wants_it() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(30)));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Over { heard: false }));
    page.pass_answering(seconds(3 * 3600), seconds(1), &Answer::Status(Err(network_fault())));
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: true }));
    page.send(Event::CheckAgainPressed);
    assert!(page.open.iter().any(|(_, call)| is_status(call)));
}

#[test]
fn what_takes_nothing_more_is_paid_only_by_the_gateways_word() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Nothing)));
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }));
    assert!(page.pass_until_asked(is_status));
    page.answer(status(paid()));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
    let mut page = open(here(false), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Nothing)));
    assert!(matches!(page.screen(), Screen::Finished { .. }), "nobody says so: look at the order");
}

#[test]
fn an_app_is_asked_once_and_its_word_is_not_the_gateways() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(in_app())));
    page.send(Event::HandOverPressed);
    assert_eq!(handed_over(&page), 1, "one at a time");
    page.send(Event::HostAnswered { result: HostResult::Cancelled });
    page.send(Event::HandOverPressed);
    assert_eq!(handed_over(&page), 2);
    page.send(Event::HostAnswered { result: HostResult::Done });
    assert_eq!(page.checkout.view(page.now).handing, Some(Handing::Answered(HostResult::Done)));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }), "done is not paid");
    assert!(page.pass_until_asked(is_status), "the gateway is asked");
    page.answer(status(paid()));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn an_app_is_asked_for_another_amount_after_a_yes() {
    let mut page = open(asks(1000), "/pay/A1");
    page.answer(made(in_app(), 1003));
    page.send(Event::HandOverPressed);
    assert_eq!((handed_over(&page), matches!(page.pay(), Some(Pay::Agree { .. }))), (0, true));
    page.send(Event::Agreed);
    assert_eq!(handed_over(&page), 1);
}

#[test]
fn a_yes_that_nobody_asks_for_is_none() {
    let mut page = open(asks(1000), "/pay/A1");
    page.answer(made(Offer::Instrument(code()), 1003));
    page.pass(seconds(901));
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    page.send(Event::Agreed);
    assert!(page.pass_until_asked(is_status));
    page.answer(status(waiting(9000)));
    assert!(matches!(page.pay(), Some(Pay::Agree { .. })), "there is time again");
}

#[test]
fn no_app_is_asked_to_pay_what_waits_no_more() {
    for is_over in [true, false] {
        let mut page = open(here(true), "/pay/A1");
        page.answer(info(waiting(30)));
        page.answer(Answer::QrCode(Ok(in_app())));
        page.send(Event::HostAnswered { result: HostResult::Cancelled });
        if is_over {
            assert!(page.pass_until_asked(is_status));
            page.answer(status(Standing::Over { heard: false }));
        } else {
            page.pass(seconds(31));
        }
        page.send(Event::HandOverPressed);
        assert_eq!(handed_over(&page), 1, "{:?}", page.pay());
    }
}

#[test]
fn who_comes_to_see_chooses_no_way_to_pay() {
    let visit = Visit::of_address("/pay/status", "order_id=A1");
    let mut page = Page::open(Setup { terms: here(true), visit, ..setup() });
    page.answer(info(waiting(900)));
    assert!(matches!(page.pay(), Some(Pay::Unconfirmed { .. })), "{:?}", page.pay());
    page.send(Event::AnotherWayPressed);
    assert!(matches!(page.pay(), Some(Pay::Unconfirmed { .. })), "{:?}", page.pay());
}

#[test]
fn of_several_tabs_the_one_that_was_told_goes_to_where_the_order_is_seen() {
    for overhears in [true, false] {
        let mut page = open(here(false), "/pay/A1");
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
        let over = Standing::Over { heard: true };
        if overhears {
            page.send(Event::Overheard { rank: u32::MAX, result: Ok(over), retry_after: None });
        } else {
            assert!(page.pass_until_asked(is_status));
            page.answer(status(over));
        }
        assert!(matches!(page.screen(), Screen::Finished { .. }));
        page.pass(seconds(60));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), usize::from(!overhears));
    }
}

#[test]
fn an_app_that_says_nothing_is_not_waited_for_and_may_answer_late() {
    let in_app_page = || {
        let mut page = open(here(true), "/pay/A1");
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(in_app())));
        page
    };
    let handing = |page: &Page| page.checkout.view(page.now).handing;
    let mut page = in_app_page();
    page.send(Event::CameBack);
    assert_eq!(handing(&page), Some(Handing::Answered(HostResult::Unsure)));
    page.send(Event::AnotherWayPressed);
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))), "another payment is not begun meanwhile");
    page.send(Event::HostAnswered { result: HostResult::Failed });
    page.send(Event::AnotherWayPressed);
    assert!(matches!(page.pay(), Some(Pay::Choice(_))));
    let mut page = in_app_page();
    page.pass(seconds(31));
    assert_eq!(handing(&page), Some(Handing::Answered(HostResult::Unsure)));
    page.send(Event::HandOverPressed);
    assert_eq!(handed_over(&page), 2, "the same payment can be handed over again");
}

#[test]
fn a_payment_is_asked_for_once() {
    let once = || Terms { asks_once: true, ..here(true) };
    let payments = |page: &Page| page.asked(|call| matches!(call, Call::QrCode { .. })).len();
    let mut page = open(once(), "/pay/A1");
    page.answer(info(waiting(900)));
    page.pass(seconds(60));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(Verdict::Unsure, None), .. }));
    page.send(Event::CameBack);
    page.send(Event::ConnectionChanged { online: true });
    page.pass(seconds(600));
    assert_eq!(payments(&page), 1);
    // Loaded again, it is not asked for before the shopper wants it.
    for past in [Past::Visited, Past::Left] {
        let place = Place { past, ..phone() };
        let mut page = Page::open(Setup { place, terms: once(), ..setup() });
        page.answer(info(waiting(900)));
        assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(Verdict::Unsure, None), .. }));
        assert_eq!(payments(&page), 0);
        page.send(Event::RetryPressed);
        page.answer(info(waiting(900)));
        assert_eq!(payments(&page), 1);
    }
}

#[test]
fn what_was_settled_and_is_never_heard_of_is_finished() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Nothing)));
    for _ in 0..40 {
        if page.pass_until_asked(is_status) {
            page.answer(status(waiting(900)));
        }
    }
    assert!(matches!(page.screen(), Screen::Finished { free: false, target: Some(_), .. }));
}

#[test]
fn who_is_signed_out_while_the_order_waits_is_told() {
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Instrument(code()))));
    page.pass_until_asked(is_status);
    let failure = Failure::Refused(Refusal { code: 1001, message: None, verdict: Some(Verdict::SignIn) });
    page.answer(Answer::Status(Err(failure)));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Refused(Verdict::SignIn, None), .. }));
}

#[test]
fn who_loads_the_page_again_is_not_made_to_pay_again() {
    let place = Place { past: Past::Visited, ..phone() };
    let mut page = Page::open(Setup { place, terms: here(true), ..setup() });
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(in_app())));
    assert_eq!(handed_over(&page), 0);
    page.send(Event::HandOverPressed);
    assert_eq!(handed_over(&page), 1);
    // An answer that nobody asked for says nothing.
    let mut page = open(here(true), "/pay/A1");
    page.answer(info(waiting(900)));
    page.send(Event::HostAnswered { result: HostResult::Done });
    assert_eq!(page.checkout.view(page.now).handing, None);
}

#[test]
fn where_nobody_can_be_asked_nobody_is_and_the_shopper_looks_in_the_shop() {
    let mut page = open(Terms { status_timeout: None, ..here(false) }, "/pay/A1");
    page.answer(info(waiting(90_000)));
    page.answer(Answer::QrCode(Ok(in_app())));
    page.send(Event::CameBack);
    page.pass(seconds(3600));
    page.send(Event::HostAnswered { result: HostResult::Done });
    assert!(matches!(page.screen(), Screen::Finished { .. }));
    page.pass(seconds(3600));
    assert!(page.asked(is_status).is_empty());
}
