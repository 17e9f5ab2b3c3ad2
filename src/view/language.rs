//! The choice of the page's language.

use super::{
    Ports,
    element::{El, el},
    icon,
    signal::Signal,
};
use crate::i18n::{Language, Locale};

/// A list of all languages, each in its own words. It outlives a change of language, and so does the focus in it.
pub(super) fn choice(language: Signal<Language>, ports: Ports) -> El {
    el("div").class("language").filled_once_painted(Box::new(move |place| fill(place, language, ports)))
}

fn fill(place: El, language: Signal<Language>, ports: Ports) {
    let options = Locale::ALL.iter().map(|locale| el("option").attr("value", locale.tag).attr("lang", locale.tag).text(locale.name));
    let choose = move |tag: &str| {
        if let Some(locale) = Locale::of_tag(tag) {
            (ports.speak)(locale);
        }
    };
    let select = el("select")
        .children(options)
        .bind_attr("aria-label", move || match language.get() {
            Language { locale, messages } if messages.is_silent() => locale.name,
            Language { messages, .. } => messages.language(),
        })
        .on_choice(choose)
        .bind_choice(move || language.get().locale.tag);
    place.child(icon::globe()).child(select);
}
