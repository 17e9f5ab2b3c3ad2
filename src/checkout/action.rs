//! What a shopper can do to pay: the right action for each place.
//!
//! | where | what there is | offered, in this order |
//! |---|---|---|
//! | computer | a code | scan it with a phone, and nothing else |
//! | computer | a page, no code | the page |
//! | computer | an app link, no code | carry on on the phone: an app link opens nothing here |
//! | phone | a link to the wallet or to a page, given or built from the code | that link, then the code, then saving it |
//! | phone | a code that only a scanner takes (`wxp://…`) | the code, saving it, the wallet's app to scan it from the album |
//! | phone | a link that only starts an app, no code | the app |
//! | tablet | the same as on a phone | the code first: another device is near |
//! | anywhere | a request for the app around the page | that, and what else there is |
//! | inside the wallet's own app | a web address to scan | that page: scanning it would open it here; then the code |
//! | inside the wallet's own app | a code that only a scanner takes | the code, saved by pressing and holding it |
//! | inside another app | a wallet that this app does not open | how to leave for a browser, the page's link, the code |
//!
//! Inside an app a code is saved by pressing and holding it. A link that only starts an app never stands for one that
//! pays, and is never opened by itself.
//!
//! The whole table is tested in `tests/machine/action.rs`. Source: `protocols.md` section 5.

use alloc::vec::Vec;

use super::place::{Device, Host, Place};
use crate::order::{Code, Instrument, PayMethod, Wallet, WalletLink};

/// Something a shopper can do to pay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Scan a code that opens this page on a phone.
    ContinueOnPhone,
    /// Copy the address of this page, to open it elsewhere.
    CopyLink,
    /// Leave the app for the system's browser.
    LeaveApp,
    /// Start the wallet's app, no more: the code is scanned there.
    OpenApp(WalletLink),
    /// Go to a web page for paying.
    OpenPage(WalletLink),
    /// Open the wallet with this payment.
    OpenWallet(WalletLink),
    /// Have the app around the page pay.
    HandOver,
    /// Save the code, and scan it from the album.
    Save(Saving),
    /// Scan the code with another device.
    Scan,
}

/// How a picture gets out of the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Saving {
    /// As a file, or handed to another app.
    File,
    /// By pressing the picture and holding it: apps that show pages save no files.
    LongPress,
}

/// What there is to pay with, and what can be done with it in this place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Means {
    /// In the order in which they are offered.
    pub actions: Vec<Action>,
    /// What the gateway gave.
    pub instrument: Instrument,
}

impl Means {
    pub(super) fn new(instrument: Instrument, method: Option<&PayMethod>, place: &Place) -> Self {
        Self { actions: actions(place, &instrument, method), instrument }
    }

    /// The link that opens this payment without scanning, where this place opens it: in the wallet, or on a web page.
    pub fn link(&self) -> Option<&WalletLink> {
        self.actions.iter().find_map(|action| match action {
            Action::OpenPage(link) | Action::OpenWallet(link) => Some(link),
            _ => None,
        })
    }

    /// Whether there is a code to scan.
    pub fn has_code(&self) -> bool {
        self.actions.contains(&Action::Scan)
    }
}

/// The table at the top of this file.
pub fn actions(place: &Place, instrument: &Instrument, method: Option<&PayMethod>) -> Vec<Action> {
    let mut actions = Vec::new();
    if instrument.host.is_some() {
        // What else there may be is for whoever has no such app.
        actions.push(Action::HandOver);
    }
    let has_code = instrument.code.is_some();
    let (given, text) = (instrument.wallet.as_ref(), code_text(instrument));
    let starter = given.filter(|link| link.only_starts_app());
    if place.device == Device::Computer {
        match given {
            _ if has_code => actions.push(Action::Scan),
            Some(link) if link.is_page() => actions.push(Action::OpenPage(link.clone())),
            Some(_) => actions.push(Action::ContinueOnPhone),
            None => {}
        }
        return actions;
    }
    let wallet = given.and_then(Wallet::of_link).or_else(|| text.and_then(Wallet::of_text)).or_else(|| Wallet::of_method(method?));
    if has_code && place.device == Device::Tablet {
        actions.push(Action::Scan);
    }
    let has_way = has_code || given.is_some();
    let is_foreign = has_way && place.host != Host::Browser && wallet.is_some() && place.host.wallet() != wallet;
    let given = given.filter(|link| !link.only_starts_app());
    let open = opening(place, given, text, wallet).filter(|_| !is_foreign);
    let open_is_none = open.is_none();
    if is_foreign {
        actions.push(Action::LeaveApp);
        actions.push(Action::CopyLink);
    }
    actions.extend(open);
    if has_code {
        if place.device == Device::Phone {
            actions.push(Action::Scan);
        }
        actions.push(Action::Save(if place.host == Host::Browser { Saving::File } else { Saving::LongPress }));
    }
    // Inside the wallet's own app that app is open already; its scanner is of use where there is nothing else.
    if open_is_none && has_way && !is_foreign && (place.host == Host::Browser || !has_code) {
        let known = || wallet.filter(|_| has_code).and_then(Wallet::app_link);
        actions.extend(starter.cloned().or_else(known).map(Action::OpenApp));
    }
    actions
}

/// What opens the payment without scanning: the link that the gateway gave, else one built from a text that is known.
fn opening(place: &Place, given: Option<&WalletLink>, text: Option<&str>, wallet: Option<Wallet>) -> Option<Action> {
    if let Some(link) = given {
        return Some(if link.is_page() { Action::OpenPage(link.clone()) } else { Action::OpenWallet(link.clone()) });
    }
    let text = text?;
    let is_at_home = wallet.is_some() && place.host.wallet() == wallet;
    let page = WalletLink::decode(text).filter(|link| is_at_home && link.is_page()).map(Action::OpenPage);
    page.or_else(|| WalletLink::of_code(text).map(Action::OpenWallet))
}

/// The text that a scanner would read, where it is known.
fn code_text(instrument: &Instrument) -> Option<&str> {
    [&instrument.code, &instrument.fallback].into_iter().flatten().find_map(|code| match code {
        Code::Picture(_) => None,
        Code::Text(text) => Some(text.as_str()),
    })
}
