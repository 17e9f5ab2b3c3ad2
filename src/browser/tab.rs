//! The document around the page: its language, title and icon.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{capability::document, format, language, settings};
use crate::{
    checkout::{Mood, ViewModel},
    i18n::Language,
    view,
};

/// Sets or removes an attribute of the whole document, which the static page heeds.
fn mark(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        // Setting an attribute fails only for a name that is none.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// The element that the page is put into.
pub(super) fn app_root() -> Option<HtmlElement> {
    document().get_element_by_id("app")?.dyn_into().ok()
}

pub(super) fn set_language(language: Language) {
    let Language { locale, messages } = language;
    if !messages.direction().is_empty() {
        mark("lang", Some(locale.tag));
        mark("dir", Some(messages.direction()));
    }
}

/// Tells the static part of the page that the application has taken over.
pub(super) fn mark_started() {
    mark("data-start", Some("done"));
    // What the first paint has drawn is the application's from now on.
    mark("data-drawn", None);
}

/// Lets the static page say that the page cannot run.
pub(super) fn mark_failed() {
    mark("data-start", Some("failed"));
}

/// Lets the static page say that the application has no words.
pub(super) fn say_that_words_are_missing(missing: bool) {
    mark("data-words", missing.then_some("missing"));
}

thread_local! {
    /// The title and the icon that the tab has of us: this is looked at every second, and changes seldom.
    static SHOWN: RefCell<[String; 2]> = const { RefCell::new([String::new(), String::new()]) };
}

/// Lets a tab in the background tell how things stand.
pub(super) fn show(model: &ViewModel) {
    let title =
        language::spoken().map(|language| view::title(model, settings::config(), language.messages, format::money)).unwrap_or_default();
    let mood = model.screen.mood();
    let own = settings::config().text("favicon").filter(|_| mood == Mood::Waiting);
    let icon = own.map_or_else(|| icon_url(mood), str::to_owned);
    SHOWN.with_borrow_mut(|[shown_title, shown_icon]| {
        if *shown_title != title {
            if !title.is_empty() {
                document().set_title(&title);
            }
            *shown_title = title;
        }
        if *shown_icon != icon {
            if let Ok(Some(link)) = document().query_selector("link[rel=icon]") {
                // Setting an attribute fails only for a name that is none.
                let _ = link.set_attribute("href", &icon);
            }
            *shown_icon = icon;
        }
    });
}

/// A small picture of how things stand: four squares for a code, a tick, a bar.
fn icon_url(mood: Mood) -> String {
    let (colour, shape) = match mood {
        Mood::Waiting => ("1558d6", "M9 9h5v5H9zM18 9h5v5h-5zM9 18h5v5H9zM18 18h5v5h-5z"),
        Mood::Good => ("0b7a3f", "M8 17l2-2 4 4 8-9 2 2-10 11z"),
        Mood::Over => ("56606e", "M8 14h16v4H8z"),
    };
    [
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23",
        colour,
        "'/%3E%3Cpath d='",
        shape,
        "' fill='%23fff'/%3E%3C/svg%3E",
    ]
    .concat()
}
