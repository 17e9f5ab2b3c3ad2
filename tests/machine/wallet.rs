//! When a wallet or a page for paying opens by itself.

use std::time::Duration;

use saoma::{
    checkout::{Device, Effect, Event, Host, Past, Pay, Place, Setup},
    order::{Answer, Instrument, Offer, WalletLink},
};

use crate::page::*;

#[test]
fn a_wallet_opens_by_itself_once_on_a_phone_that_lets_it() {
    for (place, expected) in [
        (phone(), 1),
        (Place { host: Host::Alipay, ..phone() }, 1),
        (Place { host: Host::WeChat, ..phone() }, 0),
        (Place { host: Host::Qq, ..phone() }, 0),
        (Place { device: Device::Tablet, ..phone() }, 1),
        (Place { device: Device::Computer, ..phone() }, 0),
        (Place { framed: true, ..phone() }, 0),
        (Place { opens_nothing: true, ..phone() }, 0),
    ] {
        let mut page = awaiting(Setup { place: place.clone(), ..setup() }, 900);
        for _ in 0..3 {
            page.pass(seconds(3));
            page.answer(status(wants_wallet()));
        }
        assert_eq!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))), expected, "{place:?}");
    }
}

#[test]
fn a_page_for_paying_opens_by_itself_once_and_not_again_for_whoever_comes_back() {
    let visits = |past: Past| {
        let mut page = Page::open(Setup { place: Place { past, ..phone() }, ..setup() });
        page.answer(info(wants_wallet()));
        let instrument = Instrument { wallet: WalletLink::decode("https://pay.example/h5"), ..Instrument::default() };
        page.answer(Answer::QrCode(Ok(Offer::Instrument(instrument))));
        page.pass(seconds(3));
        page.answer(status(wants_wallet()));
        assert!(!page.checkout.view(page.now).not_opened);
        page.count(|effect| matches!(effect, Effect::Visit(_)))
    };
    assert_eq!((visits(Past::Fresh), visits(Past::Visited)), (1, 0));
}

#[test]
fn a_jump_goes_to_a_page_anywhere_and_to_an_app_on_a_phone_only() {
    let jump = |place: Place, link: &str| {
        let mut page = Page::open(Setup { place, ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Jump(WalletLink::decode(link).unwrap()))));
        assert!(matches!(page.pay(), Some(Pay::Instrument(means)) if means.instrument.wallet.is_some()), "the link stays as a button");
        (page.count(|effect| matches!(effect, Effect::Visit(_))), page.count(|effect| matches!(effect, Effect::OpenWallet(_))))
    };
    assert_eq!(jump(phone(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place::default(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place { past: Past::Visited, ..phone() }, "https://pay.example/h5"), (0, 0));
    assert_eq!(jump(phone(), "alipays://x"), (0, 1));
    assert_eq!(jump(Place::default(), "alipays://x"), (0, 0));
}

#[test]
fn a_wallet_has_two_and_a_half_seconds_to_come() {
    let mut page = awaiting(Setup { place: phone(), ..setup() }, 900);
    // Not in step with the countdown.
    page.pass(Duration::from_millis(300));
    page.send(Event::WalletTapped);
    let not_opened = |page: &Page| page.checkout.view(page.now).not_opened;
    page.pass(Duration::from_millis(2_499));
    assert!(!not_opened(&page));
    // Nothing else happens at that moment: it is a deadline of its own.
    page.pass(Duration::from_millis(2));
    assert!(not_opened(&page));
}

/// Whether the page says, a while after the wallet was pressed, that it did not open.
fn says_not_opened(setup: Setup, happens: impl FnOnce(&mut Page)) -> bool {
    let mut page = awaiting(setup, 900);
    page.send(Event::WalletTapped);
    assert!(!page.checkout.view(page.now).not_opened, "not at once");
    happens(&mut page);
    page.pass(seconds(4));
    page.checkout.view(page.now).not_opened
}

#[test]
fn a_wallet_that_does_not_come_is_spoken_of() {
    let phone = || Setup { place: phone(), ..setup() };
    let hide = |page: &mut Page, after: u64| {
        page.pass(Duration::from_millis(after));
        page.send(Event::VisibilityChanged { visible: false });
    };
    assert!(says_not_opened(phone(), |_| {}), "the page was on the screen all the time");
    assert!(!says_not_opened(phone(), |page| hide(page, 100)), "the wallet came");
    assert!(!says_not_opened(phone(), |page| hide(page, 2_400)), "it came late");
    assert!(!says_not_opened(phone(), |page| page.send(Event::Left)), "a page was opened instead");
    let there_and_back = |page: &mut Page| {
        hide(page, 500);
        page.pass(seconds(20));
        page.send(Event::VisibilityChanged { visible: true });
    };
    assert!(!says_not_opened(phone(), there_and_back), "the shopper is back from the wallet");
    // A page that was frozen without being told: its timer comes late.
    let frozen = |page: &mut Page| {
        page.now = page.now + seconds(9);
        page.send(Event::TimePassed);
    };
    assert!(!says_not_opened(phone(), frozen), "something was before the page");
    assert!(!says_not_opened(setup(), |_| {}), "a computer has no wallet to open");
}

#[test]
fn help_goes_when_the_wallet_is_tried_again_and_comes() {
    let mut page = awaiting(Setup { place: phone(), ..setup() }, 900);
    page.send(Event::WalletTapped);
    page.pass(seconds(3));
    assert!(page.checkout.view(page.now).not_opened);
    page.send(Event::WalletTapped);
    assert!(!page.checkout.view(page.now).not_opened);
    page.send(Event::VisibilityChanged { visible: false });
    page.pass(seconds(30));
    assert!(!page.checkout.view(page.now).not_opened);
}

#[test]
fn who_has_pressed_the_link_is_not_sent_to_pay_again() {
    let mut page = awaiting(Setup { place: phone(), ..setup() }, 900);
    page.send(Event::WalletTapped);
    page.pass(seconds(3));
    page.answer(status(wants_wallet()));
    assert_eq!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))), 0);
    let mut page = Page::open(Setup { place: phone(), ..setup() });
    page.answer(info(waiting(900)));
    let instrument = Instrument { wallet: WalletLink::decode("https://pay.example/h5"), ..Instrument::default() };
    page.answer(Answer::QrCode(Ok(Offer::Instrument(instrument))));
    page.send(Event::WalletTapped);
    assert_eq!(page.count(|effect| matches!(effect, Effect::MarkVisited)), 1, "nor after a reload");
    page.pass(seconds(3));
    page.answer(status(wants_wallet()));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Visit(_))), 0);
}

#[test]
fn a_wallet_that_was_opened_by_itself_is_watched_too() {
    let mut page = awaiting(Setup { place: phone(), ..setup() }, 900);
    page.pass(seconds(3));
    page.answer(status(wants_wallet()));
    assert_eq!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))), 1);
    page.pass(seconds(3));
    assert!(page.checkout.view(page.now).not_opened);
}
