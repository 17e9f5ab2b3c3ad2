//! What the browser says of itself and of the shopper's wishes.

use web_sys::VisibilityState;

use super::{
    address,
    capability::{document, window},
    preferences, settings,
};
use crate::{
    checkout::{Device, Host, Place},
    i18n::Locale,
    order::query_param,
};

pub(super) fn is_online() -> bool {
    window().navigator().on_line()
}

pub(super) fn is_visible() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

/// Whether the page is inside another one. A browser that does not say so has none around it.
fn is_framed() -> bool {
    matches!(window().parent(), Ok(Some(parent)) if parent != window())
}

pub(super) fn place() -> Place {
    let navigator = window().navigator();
    let agent = navigator.user_agent().unwrap_or_default();
    Place {
        device: Device::of_user_agent(&agent, navigator.max_touch_points()),
        framed: is_framed(),
        host: Host::of_user_agent(&agent),
        opens_nothing: settings::config().switch("auto_open") == Some(false),
        past: address::past(),
        sound: preferences::sound().or(settings::config().switch("sound")).unwrap_or(true),
    }
}

/// What was chosen on the page before, else `?lang=`, else the shop's, else the browser's languages.
pub(super) fn locale(query: &str) -> Locale {
    let own = settings::config().locale().map(|locale| locale.tag.to_owned());
    let wished = [preferences::language(), query_param(query, "lang"), own];
    let languages = window().navigator().languages();
    let languages: Vec<String> = languages.iter().filter_map(|language| language.as_string()).collect();
    Locale::choose(wished.iter().flatten().map(String::as_str).chain(languages.iter().map(String::as_str)))
}

pub(super) fn seed() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
