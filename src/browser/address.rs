//! Where the page is, and going elsewhere.

use wasm_bindgen::{JsValue, UnwrapThrowExt};
use web_sys::Location;

use super::{capability::window, events};
use crate::{
    checkout::{Past, Route},
    gateway,
    i18n::Locale,
    order::{OrderId, ReturnTarget, query_param},
    text::before,
};

/// How the page's past is noted in the tab's history.
const PASTS: [(Past, &str); 3] = [(Past::Deferred, "saoma:deferred"), (Past::Left, "saoma:left"), (Past::Visited, "saoma:visited")];

/// The parts of the page's address that name an order.
pub(super) struct Address {
    pub(super) path: String,
    pub(super) query: String,
}

fn location() -> Location {
    window().location()
}

pub(super) fn here() -> Address {
    Address { path: location().pathname().unwrap_or_default(), query: location().search().unwrap_or_default() }
}

/// The page's own host, without a port.
pub(super) fn host() -> String {
    location().hostname().unwrap_or_default()
}

/// Scheme, host and port of the page, without a trailing slash.
pub(super) fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// The address of the page, without what only this visit is about.
pub(super) fn of_page() -> String {
    let href = location().href().unwrap_or_default();
    before(&href, "#").to_owned()
}

/// Leaves for another address. The types of `order` have made sure that it is one to go to.
pub(super) fn go(url: &str) {
    if location().assign(url).is_err() {
        super::report(&["saoma: the browser refused to open ", before(url, "?#")].concat());
    }
}

/// Leaves for the shop, unless a script of the shop sees to that.
pub(super) fn leave(target: &ReturnTarget) {
    if events::leaves(target.as_str()) {
        go(target.as_str());
    }
}

/// Goes back to the page before this one.
pub(super) fn back() {
    if let Ok(history) = window().history() {
        // Where there is no page before this one, nothing happens.
        let _ = history.back();
    }
}

/// A path with the language that this page was asked for in.
pub(super) fn in_language(path: String) -> String {
    match query_param(&here().query, "lang").as_deref().and_then(Locale::of_tag) {
        Some(locale) => [&path, "?lang=", locale.tag].concat(),
        None => path,
    }
}

/// Leaves for another page of the gateway. The choice of a method takes this page's place, so that "back" does not come
/// here only to be sent there again.
pub(super) fn travel(route: &Route) {
    let path = here().path;
    match route {
        Route::Pay(id) => go(&in_language(gateway::pay_path(&path, id))),
        Route::Separate(id) => replace(&in_language(gateway::separate_path(&path, id))),
    }
}

/// Leaves for another address, which takes this page's place: "back" does not come here again.
fn replace(url: &str) {
    // The addresses are the gateway's own paths; a browser refuses none of them.
    let _ = location().replace(url);
}

/// What the page has done before at this entry of the tab's history.
pub(super) fn past() -> Past {
    let note = window().history().ok().and_then(|history| history.state().ok()).and_then(|state| state.as_string());
    PASTS.iter().find(|(_, name)| note.as_deref() == Some(name)).map(|(past, _)| *past).unwrap_or_default()
}

/// Notes what the page does at this entry of the tab's history, and under which path; `false` if that is not possible.
pub(super) fn mark(past: Past, path: Option<&str>) -> bool {
    let Some((_, name)) = PASTS.iter().find(|(known, _)| *known == past) else { return false };
    window().history().is_ok_and(|history| history.replace_state_with_url(&JsValue::from_str(name), "", path).is_ok())
}

/// Loads the order's own address, where the gateway's server shows it itself. The note in the history keeps it to once.
pub(super) fn load_deferred(id: &OrderId) {
    let path = in_language(gateway::pay_path(&here().path, id));
    if mark(Past::Deferred, Some(&path)) {
        location().reload().unwrap_throw();
    }
}
