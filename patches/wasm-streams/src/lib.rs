//! Takes the place of `wasm-streams`, which Leptos brings for the streams of server functions. A static page has none.
//!
//! The real crate exports its streams to JavaScript, so no linker can leave them out of the application: they weigh about
//! 5 kB of brotli. This one has the part of its interface that Leptos is compiled against, and streams nothing.

use core::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use wasm_bindgen::{JsValue, UnwrapThrowExt};

/// A stream of the browser.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// A stream that never brings anything.
    pub fn from_stream<S>(_: S) -> Self {
        Self(web_sys::ReadableStream::new().unwrap_throw())
    }

    /// Wraps a stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Unwraps it.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that has ended.
    pub fn into_stream(self) -> Ended {
        Ended
    }
}

/// A stream that has ended.
pub struct Ended;

impl Stream for Ended {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}
