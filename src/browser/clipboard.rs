//! Copying.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlTextAreaElement;

/// Copies a text and says whether it worked. Must be called in the click itself: WebKit allows it only there.
pub(crate) fn copy(text: String, done: Box<dyn FnOnce(bool)>) {
    let Some(window) = web_sys::window() else { return done(false) };
    // Plain-http hosts have no `navigator.clipboard`, whatever its type says.
    let navigator = window.navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|value| value.is_object());
    if !has_clipboard {
        return done(copy_by_selection(&text).unwrap_or(false));
    }
    let written = navigator.clipboard().write_text(&text);
    spawn_local(async move {
        let copied = JsFuture::from(written).await.is_ok();
        done(copied || copy_by_selection(&text).unwrap_or(false));
    });
}

/// The old way: select a text that nobody sees and ask the document to copy it.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = web_sys::window()?.document()?;
    let body = document.body()?;
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("offscreen");
    area.set_read_only(true);
    let focused = document.active_element();
    body.append_child(&area).ok()?;
    area.select();
    let document: &web_sys::HtmlDocument = document.unchecked_ref();
    let copied = document.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Losing the focus would send a keyboard user back to the top.
        let _ = element.focus();
    }
    Some(copied)
}
