//! The monotonic clock, and the two uses of the wall clock: to make requests unlike each other, and to find out that the device slept.

use std::cell::Cell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{checkout::Instant, order::UnixSeconds};

#[wasm_bindgen]
extern "C" {
    /// One call, where web-sys makes three: it is asked several times a second.
    #[wasm_bindgen(js_name = now, js_namespace = performance)]
    fn performance_now() -> f64;
}

/// From here on the wall clock has not been corrected but has gone on while the device slept.
const SLEEP_MS: f64 = 2_000.0;

/// Now, on a clock that never goes back. On some devices the monotonic one rests while they sleep, and a code that has expired meanwhile
/// would be shown as good: what the wall clock has gained at once is taken for sleep. Where it was set instead, it is as after a sleep: what is
/// under way is taken for lost, and the code is covered until the next answer, which tells the gateway's time.
pub(super) fn now() -> Instant {
    thread_local!(static AHEAD_AND_SLEPT: Cell<(f64, f64)> = const { Cell::new((f64::NAN, 0.0)) });
    let awake = performance_now();
    let ahead = js_sys::Date::now() - awake;
    let (before, slept) = AHEAD_AND_SLEPT.get();
    let gained = ahead - before;
    let slept = if gained > SLEEP_MS { slept + gained } else { slept };
    AHEAD_AND_SLEPT.set((ahead, slept));
    Instant::from_millis((awake + slept) as u64)
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
