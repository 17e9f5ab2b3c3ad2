//! What a browser may or may not have. web-sys types such things as if they were always there.
//!
//! What only files on demand use is called by its name here too: each typed function has a part in the glue, which comes first.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Window};

/// A property that is there and is an object or a function.
pub(super) fn of(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok().filter(|value| value.is_object() || value.is_function())
}

/// A property of the global object.
pub(super) fn global(name: &str) -> Option<JsValue> {
    of(&js_sys::global(), name)
}

/// A property of the navigator.
pub(super) fn navigator(name: &str) -> Option<JsValue> {
    of(&global("navigator")?, name)
}

/// Calls a method that may be missing; `None` where it is, or where it throws.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    of(object, method)?.dyn_ref::<Function>()?.apply(object, &list(arguments)).ok()
}

/// Calls a method whose answer says nothing; `false` where it is missing, or where it throws.
pub(super) fn does(object: &JsValue, method: &str, arguments: &[&JsValue]) -> bool {
    call(object, method, arguments).is_some()
}

/// What a promise is fulfilled with; `None` where it is none, or is rejected.
pub(super) async fn awaited(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
}

/// Makes an object of a kind that may be missing; `None` where it is, or where it throws.
pub(super) fn new(kind: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    made(&global(kind)?, arguments)
}

/// The same, of a constructor that is at hand.
pub(super) fn made(constructor: &JsValue, arguments: &[&JsValue]) -> Option<JsValue> {
    Reflect::construct(constructor.dyn_ref::<Function>()?, &list(arguments)).ok()
}

/// A list of values.
pub(super) fn list(values: &[&JsValue]) -> Array {
    let list = Array::new();
    for value in values {
        list.push(value);
    }
    list
}

/// The text of a property.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &JsValue::from_str(name)).ok()?.as_string()
}

/// The number of a property.
pub(super) fn number(object: &JsValue, name: &str) -> Option<f64> {
    Reflect::get(object, &JsValue::from_str(name)).ok()?.as_f64()
}

/// Sets a property. One that an object does not take is left as it is.
pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

/// The window that the page is in.
pub(super) fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// The document of the page. To ask the window for it each time is more than a call to here.
#[inline(never)]
pub(super) fn document() -> Document {
    // A window has one as long as a script runs in it.
    window().document().unwrap_throw()
}

/// A plain object.
pub(super) fn object(entries: &[(&str, &JsValue)]) -> JsValue {
    let object = js_sys::Object::new().into();
    for (name, value) in entries {
        set(&object, name, value);
    }
    object
}
