//! The monotonic clock, and the one use of the wall clock: making requests unlike each other.

use std::cell::Cell;

use wasm_bindgen::UnwrapThrowExt;

use super::capability::window;
use crate::{checkout::Instant, order::UnixSeconds};

/// Now, on the clock that never jumps.
pub(super) fn now() -> Instant {
    let ms = window().performance().unwrap_throw().now();
    Instant::from_millis(ms as u64)
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
