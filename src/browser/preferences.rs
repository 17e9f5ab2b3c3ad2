//! What is remembered from one visit to the next: whether sound is wanted, and which language. Nothing of an order is stored.

use web_sys::Storage;

use super::capability::window;

const LANGUAGE: &str = "saoma.language";
const SOUND: &str = "saoma.sound";

/// A browser may forbid storage; the preference is then forgotten, and nothing else.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The tag of the language that was chosen on the page.
pub(super) fn language() -> Option<String> {
    storage().and_then(|storage| storage.get_item(LANGUAGE).ok().flatten())
}

pub(super) fn set_language(tag: &str) {
    set(LANGUAGE, tag);
}

/// Whether it was switched on or off; `None` where nobody has chosen.
pub(super) fn sound() -> Option<bool> {
    storage().and_then(|storage| storage.get_item(SOUND).ok().flatten()).map(|value| value != "off")
}

pub(super) fn set_sound(on: bool) {
    set(SOUND, if on { "on" } else { "off" });
}

fn set(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // Full or forbidden storage: see above.
        let _ = storage.set_item(name, value);
    }
}
