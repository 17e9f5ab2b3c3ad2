//! What the page tells scripts of the shop, as events on the document: `docs/embed.md`.
//!
//! They name no order, no amount and no shopper, but for the return address of a paid order, which leads there.

use wasm_bindgen::JsValue;

use super::capability;

/// The page shows another screen; whether the order has ended with it, without being paid.
pub(super) fn screen(name: &str, method: Option<&str>, ended: bool) {
    // For whoever comes to listen later.
    if let Some(page) = capability::document().document_element() {
        // Setting an attribute fails only for a name that is none.
        let _ = page.set_attribute("data-shown", name);
        let _ = page.toggle_attribute_with_force("data-ended", ended);
    }
    let method = method.map_or(JsValue::NULL, JsValue::from_str);
    tell("saoma:screen", &[("screen", &JsValue::from_str(name)), ("method", &method), ("ended", &JsValue::from_bool(ended))]);
}

/// The page is about to leave for the shop. `false`: somebody else takes the shopper there.
pub(super) fn leaves(url: &str) -> bool {
    tell("saoma:leave", &[("url", &JsValue::from_str(url))])
}

/// The shopper wants to go back to the shop without paying. `false`: somebody else takes them there.
pub(super) fn goes_back() -> bool {
    tell("saoma:back", &[])
}

fn tell(name: &str, detail: &[(&str, &JsValue)]) -> bool {
    ask(name, &capability::object(detail))
}

/// `false`: somebody has taken it in hand.
pub(super) fn ask(name: &str, detail: &JsValue) -> bool {
    let options = capability::object(&[("cancelable", &JsValue::TRUE), ("detail", detail)]);
    let event = capability::new("CustomEvent", &[&JsValue::from_str(name), &options]);
    let goes_on = event.and_then(|event| capability::call(&capability::document(), "dispatchEvent", &[&event]));
    goes_on.is_none_or(|goes_on| goes_on == JsValue::TRUE)
}
