//! What the first paint has done before the application came: its answers, the code that it drew, and how it draws.
//!
//! `first-paint/ask.js` and `draw.js` keep it in one global object. All of it may be missing: then the page does it itself.

use core::time::Duration;

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Element};

use super::{capability, clock};
use crate::apart::on_demand;

/// An answer to a question that was asked before.
pub(super) struct Early {
    /// How long it has been here.
    pub(super) age: Duration,
    pub(super) body: String,
    pub(super) response: JsValue,
}

fn first() -> Option<JsValue> {
    capability::global("saomaFirstPaint")
}

/// The answer to this question, where it has been asked in the same words; `None` too where no answer came.
pub(super) async fn answer(question: &str, signal: &AbortSignal) -> Option<Early> {
    let promise = capability::call(&first()?, "take", &[&JsValue::from_str(question), signal])?;
    let answer = JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()?;
    let at = Reflect::get(&answer, &JsValue::from_str("at")).ok()?.as_f64()?;
    Some(Early {
        age: Duration::from_millis(clock::now().as_millis().saturating_sub(at as u64)),
        body: capability::text(&answer, "body")?,
        response: capability::of(&answer, "response")?,
    })
}

/// The element in which this code is drawn already: `code` is its text, or the address of its picture.
pub(super) fn drawn(code: &str) -> Option<Element> {
    let drawn = capability::of(&first()?, "code")?;
    let image = capability::of(&drawn, "image").filter(|_| capability::text(&drawn, "of").as_deref() == Some(code))?;
    image.dyn_into().ok()
}

/// An amount in a language. `None` where the first paint does not know how it is written.
pub(super) fn money(tag: &str, fen: &str) -> Option<String> {
    capability::call(&first()?, "money", &[&JsValue::from_str(tag), &JsValue::from_str(fen)])?.as_string()
}

/// Turns a text into the address of a picture of its code.
pub(super) async fn picture(text: String) -> Option<String> {
    match by_first_paint(&text).await {
        Some(picture) => Some(picture),
        None => by_ourselves(text).await.ok().flatten(),
    }
}

async fn by_first_paint(text: &str) -> Option<String> {
    let drawn = capability::call(&first()?, "draw", &[&JsValue::from_str(text)])?;
    JsFuture::from(drawn.dyn_into::<Promise>().ok()?).await.ok()?.as_string().filter(|picture| !picture.is_empty())
}

on_demand! {
    code,
    fn by_ourselves(text: String) -> Option<String> {
        let mut picture = vec![0; ::first_paint::LARGEST_PICTURE];
        let length = ::first_paint::draw(text.as_bytes(), &mut picture);
        picture.truncate(length.unwrap_or_default());
        String::from_utf8(picture).ok().filter(|picture| !picture.is_empty())
    }
}
