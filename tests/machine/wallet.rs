//! When a wallet or a page for paying opens by itself.

use saoma::{
    checkout::{Effect, Host, Past, Pay, Place, Setup},
    order::{Answer, Offer, WalletLink},
};

use crate::page::*;

#[test]
fn a_wallet_opens_by_itself_once_on_a_phone_that_lets_it() {
    for (place, expected) in [
        (phone(), 1),
        (Place { host: Host::Alipay, ..phone() }, 1),
        (Place { host: Host::WeChat, ..phone() }, 0),
        (Place { host: Host::Qq, ..phone() }, 0),
        (Place { mobile: false, ..phone() }, 0),
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
fn a_jump_goes_to_a_page_anywhere_and_to_an_app_on_a_phone_only() {
    let jump = |place: Place, link: &str| {
        let mut page = Page::open(Setup { place, ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Jump(WalletLink::decode(link).unwrap()))));
        assert!(matches!(page.pay(), Some(Pay::Instrument(instrument)) if instrument.wallet.is_some()), "the link stays as a button");
        (page.count(|effect| matches!(effect, Effect::Visit(_))), page.count(|effect| matches!(effect, Effect::OpenWallet(_))))
    };
    assert_eq!(jump(phone(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place::default(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place { past: Past::Visited, ..phone() }, "https://pay.example/h5"), (0, 0));
    assert_eq!(jump(phone(), "alipays://x"), (0, 1));
    assert_eq!(jump(Place::default(), "alipays://x"), (0, 0));
}
