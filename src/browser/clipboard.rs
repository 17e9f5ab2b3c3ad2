//! Copying.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::capability::{self, document};

/// Copies a text and says whether it worked. Must be called in the click itself: WebKit allows it only there.
pub(crate) fn copy(text: String, done: Box<dyn FnOnce(bool)>) {
    // Plain-http hosts have no `navigator.clipboard`, whatever its type says.
    let clipboard = capability::navigator("clipboard");
    let written = clipboard.and_then(|clipboard| capability::call(&clipboard, "writeText", &[&JsValue::from_str(&text)]));
    let Some(written) = written.and_then(|written| written.dyn_into::<Promise>().ok()) else {
        return done(copy_by_selection(&text).unwrap_or(false));
    };
    spawn_local(async move {
        let copied = JsFuture::from(written).await.is_ok();
        done(copied || copy_by_selection(&text).unwrap_or(false));
    });
}

/// The old way: select a text that nobody sees and ask the document to copy it.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let body = document.body()?;
    let area = document.create_element("textarea").ok()?;
    capability::set(&area, "value", &JsValue::from_str(text));
    area.set_attribute("class", "offscreen").ok()?;
    area.set_attribute("readonly", "").ok()?;
    let focused = document.active_element();
    body.append_child(&area).ok()?;
    capability::call(&area, "select", &[]);
    let copied = capability::call(&document, "execCommand", &[&JsValue::from_str("copy")]) == Some(JsValue::TRUE);
    area.remove();
    if let Some(element) = focused {
        // Losing the focus would send a keyboard user back to the top.
        capability::call(&element, "focus", &[]);
    }
    Some(copied)
}
