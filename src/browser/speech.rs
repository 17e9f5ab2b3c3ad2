//! Words, spoken by a voice of the device, and tones.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{capability, language, send, sound};
use crate::{
    checkout::Event,
    text::{before, swapped},
};

/// The two tones that say "paid".
pub(super) fn sound_tones(context: &JsValue) {
    for (start, frequency) in [(0.0, 880.0), (0.14, 1318.5)] {
        tone(context, start, frequency);
    }
}

/// A tenth of a second or so of one frequency (Hz), from `start` seconds on, without a click at its ends. A device without an
/// output has no tone; the page says "paid" all the same.
fn tone(context: &JsValue, start: f64, frequency: f64) -> Option<()> {
    let number = JsValue::from_f64;
    let (oscillator, gain) = (capability::call(context, "createOscillator", &[])?, capability::call(context, "createGain", &[])?);
    let begin = capability::number(context, "currentTime")? + start;
    capability::set(&capability::of(&oscillator, "frequency")?, "value", &number(frequency));
    let loudness = capability::of(&gain, "gain")?;
    capability::call(&loudness, "setValueAtTime", &[&number(0.0), &number(begin)])?;
    capability::call(&loudness, "linearRampToValueAtTime", &[&number(0.2), &number(begin + 0.02)])?;
    capability::call(&loudness, "linearRampToValueAtTime", &[&number(0.0), &number(begin + 0.18)])?;
    capability::call(&oscillator, "connect", &[&gain])?;
    capability::call(&gain, "connect", &[&capability::of(context, "destination")?])?;
    capability::call(&oscillator, "start", &[&number(begin)])?;
    capability::call(&oscillator, "stop", &[&number(begin + 0.2)])?;
    Some(())
}

/// Speaks words, once there are voices, if they are still wanted then.
pub(super) fn speak(speech: &JsValue, words: &str, wish: u32) {
    let tag = language_of(words);
    if voices(speech).is_empty() {
        // They come some time after they were first asked for.
        let words = words.to_owned();
        let came = Closure::<dyn Fn(JsValue)>::new(move |_| {
            if let Some(speech) = sound::speech().filter(|_| sound::is_wanted(wish)) {
                capability::set(&speech, "onvoiceschanged", &JsValue::NULL);
                utter(&speech, &words, tag);
            }
        });
        capability::set(speech, "onvoiceschanged", &came.into_js_value());
        return;
    }
    utter(speech, words, tag);
}

fn voices(speech: &JsValue) -> Vec<JsValue> {
    let voices = capability::call(speech, "getVoices", &[]);
    voices.map(|voices| voices.unchecked_into::<Array>().iter().collect()).unwrap_or_default()
}

/// The language of the words, told by their letters; the page's own where those tell nothing.
fn language_of(words: &str) -> &'static str {
    let has = |first: char, last: char| words.chars().any(|char| (first..=last).contains(&char));
    if has('\u{3040}', '\u{30ff}') {
        "ja"
    } else if has('\u{ac00}', '\u{d7a3}') {
        "ko"
    } else if has('\u{4e00}', '\u{9fff}') {
        "zh-CN"
    } else {
        language::tag()
    }
}

/// A voice of the device for this language, with the language that it says it speaks.
fn voice(speech: &JsValue, tag: &str) -> Option<(JsValue, String)> {
    let is_own = |voice: &JsValue| Reflect::get(voice, &JsValue::from_str("localService")).is_ok_and(|own| own == JsValue::TRUE);
    let named = |voice: JsValue| capability::text(&voice, "lang").map(|lang| (voice, lang));
    let voices: Vec<_> = voices(speech).into_iter().filter(is_own).filter_map(named).collect();
    let primary = |tag: &str| before(tag, "-_").to_ascii_lowercase();
    let exact = voices.iter().find(|(_, lang)| swapped(lang, '_', '-').eq_ignore_ascii_case(tag));
    exact.or_else(|| voices.iter().find(|(_, lang)| primary(lang) == primary(tag))).cloned()
}

fn utter(speech: &JsValue, words: &str, tag: &str) {
    // Without a voice of its own the device would ask a service, or read Chinese with an English mouth.
    let Some((voice, lang)) = voice(speech, tag) else { return };
    let Some(utterance) = capability::new("SpeechSynthesisUtterance", &[&JsValue::from_str(words)]) else { return };
    capability::set(&utterance, "lang", &JsValue::from_str(&lang));
    capability::set(&utterance, "voice", &voice);
    let refused = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        if capability::text(&event, "error").as_deref() == Some("not-allowed") {
            send(Event::SoundBlocked);
        }
    });
    capability::set(&utterance, "onerror", &refused.into_js_value());
    capability::call(speech, "speak", &[&utterance]);
}
