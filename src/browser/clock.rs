//! The monotonic clock, and the one use of the wall clock: making requests unlike each other.

use std::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{checkout::Instant, order::UnixSeconds};

#[wasm_bindgen]
extern "C" {
    /// One call, where web-sys makes three: it is asked several times a second.
    #[wasm_bindgen(js_name = now, js_namespace = performance)]
    fn performance_now() -> f64;
}

/// Now, on the clock that never jumps.
pub(super) fn now() -> Instant {
    Instant::from_millis(performance_now() as u64)
}

/// A unix time in milliseconds for `_time`, never the same twice.
pub(super) fn request_time() -> u64 {
    thread_local!(static LAST: Cell<u64> = const { Cell::new(0) });
    let time = (js_sys::Date::now() as u64).max(LAST.get() + 1);
    LAST.set(time);
    time
}

/// Reads an HTTP date.
pub(super) fn http_date(text: &str) -> Option<UnixSeconds> {
    let ms = js_sys::Date::parse(text);
    (ms > 0.0).then(|| UnixSeconds::decode((ms / 1000.0) as i64)).flatten()
}
