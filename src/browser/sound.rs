//! Playing and speaking.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, SpeechSynthesis, SpeechSynthesisUtterance};

use super::send;
use crate::{checkout::Event, i18n::Locale, order::Prompt};

/// What is sounding.
#[derive(Default)]
pub(super) struct Sound {
    audio: Option<HtmlAudioElement>,
}

impl Sound {
    /// Plays the recording, else speaks the words. A browser that wants a gesture first answers [`Event::SoundBlocked`].
    pub(super) fn play(&mut self, prompt: &Prompt, locale: Locale) {
        self.hush();
        let words = prompt.words.clone();
        let Some(url) = &prompt.url else {
            speak(words.as_deref(), locale);
            return;
        };
        let Ok(audio) = HtmlAudioElement::new_with_src(url.as_str()) else {
            speak(words.as_deref(), locale);
            return;
        };
        if let Ok(started) = audio.play() {
            spawn_local(async move {
                match JsFuture::from(started).await {
                    Ok(_) => {}
                    Err(error) if name_of(&error).as_deref() == Some("NotAllowedError") => send(Event::SoundBlocked),
                    // Hushed while it was loading.
                    Err(error) if name_of(&error).as_deref() == Some("AbortError") => {}
                    Err(_) => {
                        super::report("saoma: audio_url could not be played, the words are spoken instead");
                        speak(words.as_deref(), locale);
                    }
                }
            });
        }
        self.audio = Some(audio);
    }

    /// Ends whatever sounds.
    pub(super) fn hush(&mut self) {
        if let Some(audio) = self.audio.take() {
            // Pausing what does not play is allowed.
            let _ = audio.pause();
        }
        if let Some(speech) = speech() {
            speech.cancel();
        }
    }
}

fn name_of(error: &JsValue) -> Option<String> {
    js_sys::Reflect::get(error, &JsValue::from_str("name")).ok()?.as_string()
}

/// `None` in a browser without speech, of which Android's WebView is one.
fn speech() -> Option<SpeechSynthesis> {
    let window = web_sys::window()?;
    let exists = js_sys::Reflect::get(&window, &JsValue::from_str("speechSynthesis")).is_ok_and(|value| value.is_object());
    exists.then(|| window.speech_synthesis().ok()).flatten()
}

/// Whether there was a gesture yet, which browsers want before they speak; `true` where the browser does not tell.
fn was_touched() -> bool {
    let Some(window) = web_sys::window() else { return true };
    let activation = js_sys::Reflect::get(&window.navigator(), &JsValue::from_str("userActivation"));
    let touched = activation.and_then(|activation| js_sys::Reflect::get(&activation, &JsValue::from_str("hasBeenActive")));
    touched.ok().and_then(|touched| touched.as_bool()).unwrap_or(true)
}

fn speak(words: Option<&str>, locale: Locale) {
    let (Some(words), Some(speech)) = (words, speech()) else { return };
    if !was_touched() {
        // Some browsers refuse with an event, others say nothing at all.
        send(Event::SoundBlocked);
        return;
    }
    let Ok(utterance) = SpeechSynthesisUtterance::new_with_text(words) else { return };
    // A prompt with Chinese characters is Chinese, whatever language the page speaks.
    let is_chinese = words.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
    utterance.set_lang(if is_chinese { Locale::ZhCn.tag() } else { locale.tag() });
    let refused = Closure::<dyn FnMut(JsValue)>::once_into_js(|event: JsValue| {
        let error = js_sys::Reflect::get(&event, &JsValue::from_str("error")).ok().and_then(|error| error.as_string());
        if error.as_deref() == Some("not-allowed") {
            send(Event::SoundBlocked);
        }
    });
    utterance.set_onerror(Some(refused.unchecked_ref()));
    speech.speak(&utterance);
}
