//! Where the page is, and going elsewhere.

use wasm_bindgen::{JsValue, UnwrapThrowExt};
use web_sys::Location;

use crate::order::OrderId;

/// Where the gateway's template API is.
pub(super) const API_BASE: &str = "/api";

/// Marks a history entry whose page has already asked the gateway's server to show the order itself.
const DEFERRED: &str = "saoma:deferred";

/// The parts of the page's address that name an order.
pub(super) struct Address {
    pub(super) path: String,
    pub(super) query: String,
}

fn location() -> Location {
    web_sys::window().unwrap_throw().location()
}

pub(super) fn here() -> Address {
    Address { path: location().pathname().unwrap_or_default(), query: location().search().unwrap_or_default() }
}

/// Scheme, host and port of the page, without a trailing slash.
pub(super) fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// Leaves for another address. The types of `order` have made sure that it is one to go to.
pub(super) fn go(url: &str) {
    if location().assign(url).is_err() {
        super::report(&["saoma: the browser refused to open ", url.split(['?', '#']).next().unwrap_or_default()].concat());
    }
}

/// Whether this history entry was loaded by [`load_deferred`] already.
pub(super) fn was_deferred() -> bool {
    let history = web_sys::window().and_then(|window| window.history().ok());
    history.and_then(|history| history.state().ok()).and_then(|state| state.as_string()).as_deref() == Some(DEFERRED)
}

/// Loads the order's own address, where the gateway's server shows it itself. The mark in the history keeps it to once.
pub(super) fn load_deferred(id: &OrderId) {
    let path = ["/pay/", &id.path_segment()].concat();
    let history = web_sys::window().and_then(|window| window.history().ok());
    let marked = history.is_some_and(|history| history.replace_state_with_url(&JsValue::from_str(DEFERRED), "", Some(&path)).is_ok());
    if marked {
        location().reload().unwrap_throw();
    }
}
