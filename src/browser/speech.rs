//! Words, spoken by a voice of the device, and tones.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AudioContext, SpeechSynthesis, SpeechSynthesisUtterance, SpeechSynthesisVoice};

use super::{capability, language, send, sound};
use crate::{apart::on_demand, checkout::Event};

/// What is to be heard.
pub(super) enum Performance {
    /// The two tones that say "paid".
    Tones(AudioContext),
    /// Words, if they are still wanted.
    Words { wish: u32, words: String },
}

on_demand! {
    speech,
    /// Lets it be heard.
    pub(super) fn perform(performance: Performance) -> () {
        match performance {
            Performance::Tones(context) => {
                for (start, frequency) in [(0.0, 880.0), (0.14, 1318.5)] {
                    // A device without an output has no tone; the page says "paid" all the same.
                    let _ = tone(&context, start, frequency);
                }
            }
            Performance::Words { wish, words } if !words.is_empty() && sound::is_wanted(wish) => speak(&words),
            Performance::Words { .. } => {}
        }
    }
}

/// A tenth of a second or so of one frequency (Hz), from `start` seconds on, without a click at its ends.
fn tone(context: &AudioContext, start: f64, frequency: f32) -> Result<(), JsValue> {
    let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
    let begin = context.current_time() + start;
    oscillator.frequency().set_value(frequency);
    gain.gain().set_value_at_time(0.0, begin)?;
    gain.gain().linear_ramp_to_value_at_time(0.2, begin + 0.02)?;
    gain.gain().linear_ramp_to_value_at_time(0.0, begin + 0.18)?;
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    oscillator.start_with_when(begin)?;
    oscillator.stop_with_when(begin + 0.2)
}

fn speak(words: &str) {
    let Some(speech) = sound::speech() else { return };
    let tag = language_of(words);
    if speech.get_voices().length() == 0 {
        // They come some time after they were first asked for.
        let words = words.to_owned();
        let came = Closure::<dyn FnMut()>::once_into_js(move || {
            if let Some(speech) = sound::speech() {
                speech.set_onvoiceschanged(None);
                utter(&speech, &words, tag);
            }
        });
        speech.set_onvoiceschanged(Some(came.unchecked_ref()));
        return;
    }
    utter(&speech, words, tag);
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

/// A voice of the device for this language.
fn voice(speech: &SpeechSynthesis, tag: &str) -> Option<SpeechSynthesisVoice> {
    let voices: Vec<SpeechSynthesisVoice> =
        speech.get_voices().iter().map(JsCast::unchecked_into).filter(SpeechSynthesisVoice::local_service).collect();
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let exact = voices.iter().find(|voice| voice.lang().replace('_', "-").eq_ignore_ascii_case(tag));
    exact.or_else(|| voices.iter().find(|voice| primary(&voice.lang()) == primary(tag))).cloned()
}

fn utter(speech: &SpeechSynthesis, words: &str, tag: &str) {
    // Without a voice of its own the device would ask a service, or read Chinese with an English mouth.
    let Some(voice) = voice(speech, tag) else { return };
    let Ok(utterance) = SpeechSynthesisUtterance::new_with_text(words) else { return };
    utterance.set_lang(&voice.lang());
    utterance.set_voice(Some(&voice));
    let refused = Closure::<dyn FnMut(JsValue)>::once_into_js(|event: JsValue| {
        if capability::text(&event, "error").as_deref() == Some("not-allowed") {
            send(Event::SoundBlocked);
        }
    });
    utterance.set_onerror(Some(refused.unchecked_ref()));
    speech.speak(&utterance);
}
