//! What a browser may or may not have. web-sys types such things as if they were always there.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

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
pub(super) fn call(object: &JsValue, method: &str, arguments: &Array) -> Option<JsValue> {
    of(object, method)?.dyn_ref::<Function>()?.apply(object, arguments).ok()
}

/// Calls a method whose answer says nothing; `false` where it is missing, or where it throws.
pub(super) fn does(object: &JsValue, method: &str, arguments: &Array) -> bool {
    call(object, method, arguments).is_some()
}

/// The text of a property.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &JsValue::from_str(name)).ok()?.as_string()
}

/// A plain object.
pub(super) fn object(entries: &[(&str, &JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in entries {
        // A new object takes every property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}
