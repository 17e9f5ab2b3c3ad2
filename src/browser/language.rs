//! The language of the page: each is a file beside the application.
//!
//! The order is asked for first, and shown whether its words have come or not: amount and code need none. Words that do
//! not come are asked for again, and the static page says meanwhile that they are missing.

use core::cell::Cell;
use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::{first_paint, preferences, tab};
use crate::{
    i18n::{Language, Locale, Messages},
    view::Signal,
};

/// How long to wait after a download that failed, while the page has no words.
const PAUSE_MS: u32 = 3_000;
/// … and while it has those of another language.
const LONG_PAUSE_MS: u32 = 30_000;

thread_local! {
    /// The words that have been read: each once.
    static READ: RefCell<Vec<Language>> = const { RefCell::new(Vec::new()) };
    static RETRY: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    /// Whether all words are wanted, rather than those for the template API.
    static FULLY: Cell<bool> = const { Cell::new(false) };
    static SPOKEN: Cell<Option<Signal<Language>>> = const { Cell::new(None) };
    /// What the shopper wants to read.
    static WANTED: Cell<Option<Locale>> = const { Cell::new(None) };
}

/// No words yet.
pub(super) fn begin(locale: Locale, fully: bool) -> Signal<Language> {
    FULLY.set(fully);
    let spoken = Signal::new(Language { locale, messages: Messages::SILENT });
    SPOKEN.set(Some(spoken));
    spoken
}

/// The language that is spoken now.
pub(super) fn spoken() -> Option<Language> {
    SPOKEN.get().map(|spoken| spoken.once(|language| *language))
}

/// Its tag.
pub(super) fn tag() -> &'static str {
    spoken().map_or("", |language| language.locale.tag)
}

/// The shopper chooses another language, and it is remembered.
pub(super) fn choose(locale: Locale) {
    preferences::set_language(locale.tag);
    speak(locale);
}

/// Speaks this language as soon as its words are here.
pub(super) fn speak(locale: Locale) {
    WANTED.set(Some(locale));
    let read = READ.with_borrow(|read| read.iter().find(|language| language.locale == locale).copied());
    match read {
        Some(language) => show(language),
        None => load(locale),
    }
}

fn show(language: Language) {
    if let Some(spoken) = SPOKEN.get() {
        tab::set_language(language);
        spoken.set(language);
        super::refresh();
    }
}

fn load(locale: Locale) {
    spawn_local(async move {
        // A page that says that there is no such file is no language either.
        let words = first_paint::words(locale.tag, FULLY.get()).await;
        let Some(messages) = words.as_deref().and_then(Messages::decode) else {
            super::report(&["saoma: the language file of ", locale.tag, " could not be loaded, or misses a text"].concat());
            if is_silent() {
                tab::say_that_words_are_missing(true);
                // Words in another language are better than none.
                if locale != Locale::default() {
                    load(Locale::default());
                }
            }
            let pause = if is_silent() { PAUSE_MS } else { LONG_PAUSE_MS };
            RETRY.set(Some(Timeout::new(pause, || speak(WANTED.get().unwrap_or_default()))));
            return;
        };
        let language = Language { locale, messages };
        READ.with_borrow_mut(|read| read.push(language));
        tab::say_that_words_are_missing(false);
        if WANTED.get() == Some(locale) || is_silent() {
            show(language);
        }
    });
}

fn is_silent() -> bool {
    spoken().is_some_and(|language| language.messages.is_silent())
}
