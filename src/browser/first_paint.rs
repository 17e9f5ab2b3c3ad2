//! What the first paint has done before the application came: its answers, the code that it drew, and how it draws.
//!
//! The scripts of `first-paint/` keep it in one global object. All of it but what starts the application, and its words, may be missing:
//! then the page does it itself.

use core::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
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
    let answer = capability::awaited(capability::call(&first()?, "take", &[&JsValue::from_str(question), signal])?).await?;
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
    let drawn = capability::awaited(capability::call(&first()?, "draw", &[&JsValue::from_str(text)])?).await?;
    drawn.as_string().filter(|picture| !picture.is_empty())
}

/// Comes when the page has had its turn so many times: each time in a task of its own, but in a page that is not seen, whose timers wait
/// long.
pub(super) async fn turns(tasks: u32) {
    for _ in 0..tasks {
        let Some(turn) = first().and_then(|first| capability::call(&first, "nextTask", &[])) else { return };
        capability::awaited(turn).await;
    }
}

/// The file of the words of a language: of all of them, or of those for the template API. `None` where it does not come, or is
/// not the one that was built.
pub(super) async fn words(tag: &str, is_full: bool) -> Option<String> {
    let words = capability::call(&first()?, "words", &[&JsValue::from_str(tag), &JsValue::from_bool(is_full)])?;
    capability::awaited(words).await?.as_string()
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
