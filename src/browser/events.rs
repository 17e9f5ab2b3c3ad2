//! What the page tells scripts of the shop, as events on the document: `docs/embed.md`.
//!
//! They name no order, no amount and no shopper, but for the return address of a paid order, which leads there.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

/// The page shows another screen; whether the order has ended with it, without being paid.
pub(super) fn screen(name: &str, method: Option<&str>, ended: bool) {
    // For whoever comes to listen later.
    if let Some(page) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element()) {
        // Setting an attribute fails only for a name that is none.
        let _ = page.set_attribute("data-shown", name);
        let _ = page.toggle_attribute_with_force("data-ended", ended);
    }
    let method = method.map_or(JsValue::NULL, JsValue::from_str);
    tell("saoma:screen", &[("screen", JsValue::from_str(name)), ("method", method), ("ended", JsValue::from_bool(ended))]);
}

/// The page is about to leave for the shop. `false`: somebody else takes the shopper there.
pub(super) fn leaves(url: &str) -> bool {
    tell("saoma:leave", &[("url", JsValue::from_str(url))])
}

/// The shopper wants to go back to the shop without paying. `false`: somebody else takes them there.
pub(super) fn goes_back() -> bool {
    tell("saoma:back", &[])
}

fn tell(name: &str, detail: &[(&str, JsValue)]) -> bool {
    let object = Object::new();
    for (name, value) in detail {
        // A new object takes every property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    let options = CustomEventInit::new();
    options.set_cancelable(true);
    options.set_detail(&object);
    let document = web_sys::window().and_then(|window| window.document());
    let event = CustomEvent::new_with_event_init_dict(name, &options).ok();
    match (document, event) {
        (Some(document), Some(event)) => document.dispatch_event(&event).unwrap_or(true),
        _ => true,
    }
}
