//! What a shopper comes for: to pay, to choose how, to enter an amount, or to see whether it is paid.

use saoma::{
    checkout::{Choice, Connection, Effect, Event, Pay, Reason, Route, Screen, Setup, Trouble, Warning},
    order::{
        Answer, Call, Claim, End, Failure, Fen, Info, OrderId, PayMethod, Refusal, ReturnHost, ReturnTarget, Returning, Standing, Told,
        Visit,
    },
};

use crate::page::*;

fn visiting(path: &str, query: &str) -> Page {
    Page::open(Setup { visit: Visit::of_address(path, query), ..setup() })
}

fn methods() -> Vec<PayMethod> {
    ["alipay", "wxpay"].map(|code| PayMethod { code: code.into(), label: None, logo: None }).to_vec()
}

fn refused<T>(words: &str) -> Result<T, Failure> {
    Err(Failure::Refused(Refusal { code: 400, message: Some(words.into()), verdict: None }))
}

fn choice(page: &Page) -> Choice {
    match page.pay() {
        Some(Pay::Choice(choice)) => choice,
        other => panic!("no choice: {other:?}"),
    }
}

fn fen(fen: i64) -> Fen {
    Fen::decode(fen).unwrap()
}

fn shop(raw: &str) -> Standing {
    Standing::Paid { redirect_wait: None, returning: Returning::To(ReturnTarget::decode(raw).unwrap()) }
}

#[test]
fn who_chooses_sees_the_order_first_and_goes_to_pay_once_the_gateway_took_the_choice() {
    let mut page = visiting("/pay/separate/A1", "");
    assert!(page.answer(info(waiting(900))));
    assert!(matches!(page.open.as_slice(), [(_, Call::Methods(id))] if id.as_str() == "A1"), "neither code nor prompt nor status");
    assert!(page.answer(Answer::Methods(Ok(methods()))));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
    page.send(Event::Chosen { method: "paypal".into() });
    assert!(page.open.is_empty(), "what is not offered cannot be chosen");
    page.send(Event::Chosen { method: "wxpay".into() });
    page.send(Event::Chosen { method: "alipay".into() });
    assert_eq!(page.open.len(), 1, "one choice at a time");
    assert_eq!(choice(&page).chosen.as_deref(), Some("wxpay"));
    assert!(page.answer(Answer::Chosen(refused("通道维护"))));
    assert_eq!(choice(&page).trouble, Trouble::Refused(Some("通道维护".into())));
    page.pass(seconds(1));
    assert!(page.answer(status(waiting(900))), "whether it still waits is asked soon after a refusal");
    page.send(Event::Chosen { method: "alipay".into() });
    assert_eq!(choice(&page).trouble, Trouble::None);
    assert!(page.answer(Answer::Chosen(Ok(()))));
    assert!(matches!(page.effects.last(), Some((_, Effect::Go(Route::Pay(id)))) if id.as_str() == "A1"));
    // "Back" from there asks anew.
    page.send(Event::Restored);
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
}

#[test]
fn a_choice_without_an_answer_can_be_made_again() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(info(waiting(900)));
    page.answer(Answer::Methods(Ok(methods())));
    page.send(Event::Chosen { method: "wxpay".into() });
    page.pass(seconds(30));
    assert_eq!((choice(&page).chosen, choice(&page).trouble), (None, Trouble::NoAnswer));
}

#[test]
fn methods_that_do_not_come_are_asked_for_again_and_then_by_hand() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(info(waiting(900)));
    for _ in 0..5 {
        assert!(page.pass_until_asked(|call| matches!(call, Call::Methods(_))));
        assert!(page.answer(Answer::Methods(Err(network_fault()))));
    }
    assert_eq!(choice(&page).trouble, Trouble::NoAnswer);
    page.send(Event::RetryPressed);
    assert_eq!(choice(&page).trouble, Trouble::None);
    assert!(page.answer(Answer::Methods(Ok(Vec::new()))), "no methods are none to choose from");
    assert_eq!(choice(&page).trouble, Trouble::Refused(None));
}

#[test]
fn who_chooses_for_a_paid_order_is_told_so() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(info(paid()));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn an_order_that_was_paid_in_another_tab_is_seen_to_be_when_the_shopper_comes_back() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(Answer::Info(Ok(Box::new(Info { order: order(), standing: waiting(900), redirect_wait: Some(seconds(9)), offer: None }))));
    page.answer(Answer::Methods(Ok(methods())));
    page.pass(seconds(1));
    page.send(Event::CameBack);
    page.send(Event::CameBack);
    assert_eq!(page.open.iter().filter(|(_, call)| is_status(call)).count(), 1);
    assert!(page.answer(Answer::Status(Err(network_fault()))), "a fault says nothing");
    assert_eq!(choice(&page).methods.len(), 2);
    page.pass(seconds(1));
    page.send(Event::CameBack);
    assert!(page.answer(status(paid())));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
    assert_eq!(page.checkout.view(page.now).leaving_in, Some(9), "as the first answer said");
}

/// A code may have been scanned before the shopper came to choose: they are told without a press.
#[test]
fn who_still_chooses_is_told_that_it_is_paid_or_over() {
    for (standing, is_told) in [
        (paid(), (|screen| matches!(screen, Screen::Paid { .. })) as fn(&Screen) -> bool),
        (Standing::Ended(End::TimedOut), |screen| matches!(screen, Screen::Ended { end: End::TimedOut, .. })),
    ] {
        let mut page = visiting("/pay/separate/A1", "");
        page.answer(info(waiting(900)));
        page.answer(Answer::Methods(Ok(methods())));
        page.pass_answering(seconds(20), seconds(0), &status(waiting(900)));
        assert_eq!(choice(&page).methods.len(), 2);
        assert!(page.pass_until_asked(is_status));
        page.answer(status(standing));
        assert!(is_told(&page.screen()), "{:?}", page.screen());
        page.pass(seconds(600));
        assert!(page.open.is_empty(), "nothing is asked any more");
    }
}

#[test]
fn a_choice_that_nobody_looks_at_is_asked_about_rarely_and_after_the_orders_time_no_more() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(info(waiting(900)));
    page.answer(Answer::Methods(Ok(methods())));
    page.send(Event::VisibilityChanged { visible: false });
    let before = page.count(is_asked);
    page.pass_answering(seconds(600), seconds(0), &status(waiting(900)));
    assert_eq!(page.count(is_asked) - before, 20);
    page.pass_answering(seconds(2 * 3600), seconds(0), &status(waiting(900)));
    let before = page.count(is_asked);
    page.pass_answering(seconds(3600), seconds(0), &status(waiting(900)));
    assert_eq!(page.count(is_asked), before);
}

fn is_asked(effect: &Effect) -> bool {
    matches!(effect, Effect::Ask { call: Call::Status(_), .. })
}

#[test]
fn a_browser_that_does_not_get_there_leaves_the_shopper_with_a_way_on() {
    let mut page = visiting("/pay/separate/A1", "");
    page.answer(info(waiting(900)));
    page.answer(Answer::Methods(Ok(methods())));
    page.send(Event::Chosen { method: "alipay".into() });
    page.answer(Answer::Chosen(Ok(())));
    page.pass(seconds(19));
    assert!(matches!(page.screen(), Screen::Loading { .. }));
    page.pass(seconds(2));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Unreachable, .. }));
    page.send(Event::RetryPressed);
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
}

#[test]
fn who_comes_to_see_is_not_hurried() {
    let mut page = visiting("/pay/status", "?order_id=A1");
    page.answer(info(waiting(100)));
    let view = page.checkout.view(page.now);
    assert_eq!((view.remaining, view.time_warning), (None, None));
}

#[test]
fn an_amount_becomes_an_order_once() {
    let mut page = visiting("/cashier/K1", "");
    assert!(matches!(page.open.as_slice(), [(_, Call::Cashier(key))] if key.as_str() == "K1"));
    assert!(matches!(page.screen(), Screen::Loading { retrying: false, .. }));
    assert!(page.answer(Answer::Cashier(Ok(cashier()))));
    assert_eq!(page.screen(), Screen::Entering { cashier: cashier() });
    for bad in [0, 99, 500_001] {
        page.send(Event::Entered { amount: fen(bad) });
        assert!(page.open.is_empty(), "{bad} is not within the limits");
    }
    page.send(Event::Entered { amount: fen(1234) });
    page.send(Event::Entered { amount: fen(1234) });
    assert!(matches!(page.open.as_slice(), [(_, Call::Create { amount, key })] if amount.get() == 1234 && key.as_str() == "K1"));
    assert!(page.checkout.view(page.now).entry.unwrap().creating);
    page.answer(Answer::Created(Ok(OrderId::decode("N1").unwrap())));
    assert!(matches!(page.effects.last(), Some((_, Effect::Go(Route::Pay(id)))) if id.as_str() == "N1"));
}

#[test]
fn an_order_that_is_not_made_can_be_tried_again() {
    let mut page = visiting("/cashier/K1", "");
    page.answer(Answer::Cashier(Ok(cashier())));
    page.send(Event::Entered { amount: fen(1234) });
    page.answer(Answer::Created(refused("限额")));
    assert_eq!(page.checkout.view(page.now).entry.unwrap().trouble, Trouble::Refused(Some("限额".into())));
    page.send(Event::Entered { amount: fen(1234) });
    page.pass(seconds(30));
    assert_eq!(page.checkout.view(page.now).entry.unwrap().trouble, Trouble::NoAnswer);
}

#[test]
fn a_cashier_that_is_not_known_is_said_to_be_and_one_that_is_not_reached_is_tried_again() {
    let mut page = visiting("/cashier/K1", "");
    page.answer(Answer::Cashier(refused("no such")));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::CashierNotFound(Some(_)), number: None }));
    page.send(Event::RetryPressed);
    for _ in 0..5 {
        assert!(page.pass_until_asked(|call| matches!(call, Call::Cashier(_))));
        page.answer(Answer::Cashier(Err(network_fault())));
    }
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Unreachable, .. }));
}

#[test]
fn a_cashier_is_asked_for_at_once_when_the_shopper_comes_back() {
    let mut page = visiting("/cashier/K1", "");
    page.answer(Answer::Cashier(Err(network_fault())));
    assert!(page.open.is_empty(), "there is a pause");
    page.send(Event::CameBack);
    assert!(matches!(page.open.as_slice(), [(_, Call::Cashier(_))]));
}

#[test]
fn a_page_that_asks_for_what_it_shows_says_that_there_is_no_network() {
    let connection = |page: &Page| page.checkout.view(page.now).connection;
    for path in ["/cashier/K1", "/pay/A1"] {
        let mut page = visiting(path, "");
        assert_eq!(connection(&page), Connection::Good, "{path}");
        page.send(Event::ConnectionChanged { online: false });
        assert_eq!(connection(&page), Connection::Offline, "{path}");
    }
    // Whatever the device says: what has answered is there.
    let mut page = visiting("/pay/A1", "");
    page.send(Event::ConnectionChanged { online: false });
    page.answer(info(waiting(900)));
    assert_eq!(connection(&page), Connection::Good);
    let mut page = visiting("/pay/A1", "");
    page.answer(info(Standing::Ended(End::Closed)));
    page.send(Event::ConnectionChanged { online: false });
    assert_eq!(connection(&page), Connection::Good, "nothing is asked any more");
}

#[test]
fn what_a_link_says_of_a_payment_is_a_claim_until_the_gateway_says_so() {
    let mut page = visiting("/pay/status", "?trade_no=A1&trade_status=TRADE_SUCCESS&money=10.01&name=x");
    page.answer(info(waiting(900)));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }), "nothing is paid by a link's word");
    let claim = Claim { money: Some("10.01".into()), subject: Some("x".into()) };
    assert_eq!(page.pay(), Some(Pay::Unconfirmed { claim, id: OrderId::decode("A1"), resting: false }));
    assert!(page.pass_until_asked(is_status));
    assert!(page.asked(|call| matches!(call, Call::Audio(_) | Call::QrCode { .. })).is_empty());
    page.answer(status(paid()));
    assert!(matches!(page.screen(), Screen::Paid { target: Some(_), .. }));
    page.pass(seconds(600));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0, "who came to look stays");
}

#[test]
fn the_status_page_does_not_lead_to_itself() {
    let mut page = visiting("/pay/status", "?order_id=A1");
    page.answer(info(shop("https://pay.example/pay/status?trade_no=A1&sign=x")));
    assert!(matches!(page.screen(), Screen::Paid { target: None, .. }));
    let mut page = Page::of_order();
    page.answer(info(shop("/pay/status?trade_no=A1&sign=x")));
    assert!(matches!(page.screen(), Screen::Paid { target: Some(_), .. }), "a shopper who pays is sent there");
}

#[test]
fn an_order_that_expired_is_not_offered_for_payment_on_the_status_page() {
    let mut page = visiting("/pay/status", "?order_id=A1");
    page.answer(info(waiting(20)));
    page.pass(seconds(30));
    assert!(matches!(page.pay(), Some(Pay::Unconfirmed { id: None, .. })));
}

#[test]
fn a_shopper_is_sent_to_the_shops_own_hosts_only() {
    let hosts = || vec![ReturnHost::decode("shop.example").unwrap()];
    for (raw, goes) in [("https://shop.example/back", true), ("/back", true), ("https://shop.example.evil/back", false)] {
        let mut page = Page::open(Setup { return_hosts: hosts(), ..setup() });
        page.answer(info(shop(raw)));
        page.pass(seconds(10));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), usize::from(goes), "{raw}");
        let told = page.count(|effect| matches!(effect, Effect::Tell(Warning::ReturnTargetElsewhere)));
        assert_eq!(told, usize::from(!goes), "{raw}");
        assert!(matches!(page.screen(), Screen::Paid { .. }), "paid it is, wherever it leads");
    }
}

#[test]
fn what_the_server_wrote_into_the_page_is_shown_until_the_gateway_answers_and_fills_gaps() {
    let told = Told::decode("status=1&trade_amount=1001&subject=Tea&pay_tip=Hint&payed_wait_time=9&server_time=1700000000");
    let mut page = Page::open(Setup { told, ..setup() });
    assert!(
        matches!(page.screen(), Screen::Loading { expected: Some((amount, Some(subject))), .. } if amount.get() == 1001 && subject == "Tea")
    );
    let mut order = order();
    order.subject = None;
    page.answer(Answer::Info(Ok(Box::new(Info { order, standing: waiting(900), redirect_wait: None, offer: None }))));
    let Screen::Awaiting { order } = page.screen() else { panic!("it waits") };
    assert_eq!((order.subject.as_deref(), order.tips.read().len()), (Some("Tea"), 1));
    assert_eq!(page.checkout.view(page.now).remaining, Some(900), "the server's time is the gateway's");
    page.pass_until_asked(is_status);
    page.answer(status(Standing::Paid { redirect_wait: None, returning: Returning::To(ReturnTarget::decode("/x").unwrap()) }));
    assert_eq!(page.checkout.view(page.now).leaving_in, Some(9));
}
