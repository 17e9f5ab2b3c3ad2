//! Playing, speaking, and the short tone that says "paid".
//!
//! Nothing leaves the page for it: words are spoken by voices of the device only, never by those of a service.

use core::cell::Cell;

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{capability, send, speech};
use crate::{checkout::Event, order::Prompt};

/// What is sounding.
#[derive(Default)]
pub(super) struct Sound {
    audio: Option<JsValue>,
    /// Made at the first gesture: only then a browser lets it sound.
    context: Option<JsValue>,
}

impl Sound {
    /// To be called within a gesture: from then on tones sound. A phone call interrupts them until the next gesture.
    pub(super) fn unlock(&mut self) {
        if self.context.is_none() {
            self.context = capability::new("AudioContext", &[]);
        }
        if let Some(context) = &self.context {
            // What runs already resumes at once; what cannot run stays silent.
            capability::call(context, "resume", &[]);
        }
        if let Some(speech) = speech() {
            // The list of voices is empty until somebody has asked for it.
            capability::call(&speech, "getVoices", &[]);
        }
    }

    /// Says "paid": two tones, and a touch of the hand that holds the phone.
    pub(super) fn cue(&self) {
        if was_touched() {
            let [short, pause] = [40.0, 60.0].map(JsValue::from_f64);
            if let Some(navigator) = capability::global("navigator") {
                capability::call(&navigator, "vibrate", &[&capability::list(&[&short, &pause, &short])]);
            }
        }
        // A tone for a clock that stands still would sound at the next touch, whatever that is.
        if let Some(context) = self.context.as_ref().filter(|context| capability::text(context, "state").as_deref() == Some("running")) {
            speech::sound_tones(context);
        }
    }

    /// Plays the recording, else speaks the words. A browser that wants a gesture first answers [`Event::SoundBlocked`].
    pub(super) fn play(&mut self, prompt: &Prompt) {
        self.hush();
        let words = prompt.words.clone();
        let audio = prompt.url.as_ref().and_then(|url| capability::new("Audio", &[&JsValue::from_str(url.as_str())]));
        let Some(audio) = audio else {
            speak(words.as_deref());
            return;
        };
        if let Some(started) = capability::call(&audio, "play", &[]).and_then(|started| started.dyn_into::<Promise>().ok()) {
            spawn_local(async move {
                let Err(error) = JsFuture::from(started).await else { return };
                match capability::text(&error, "name").as_deref() {
                    Some("NotAllowedError") => send(Event::SoundBlocked),
                    // Hushed while it was loading.
                    Some("AbortError") => {}
                    _ => {
                        super::report("saoma: audio_url could not be played, the words are spoken instead");
                        speak(words.as_deref());
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
            capability::call(&audio, "pause", &[]);
        }
        WISHES.set(WISHES.get().wrapping_add(1));
        if let Some(speech) = speech() {
            // What waits for voices is hushed too.
            capability::set(&speech, "onvoiceschanged", &JsValue::NULL);
            capability::call(&speech, "cancel", &[]);
        }
    }
}

/// `None` in a browser without speech, of which Android's WebView is one.
pub(super) fn speech() -> Option<JsValue> {
    capability::global("speechSynthesis")
}

/// Whether there was a gesture yet, which browsers want before they speak; `true` where the browser does not tell.
fn was_touched() -> bool {
    let touched =
        capability::navigator("userActivation").and_then(|activation| Reflect::get(&activation, &JsValue::from_str("hasBeenActive")).ok());
    touched.and_then(|touched| touched.as_bool()).unwrap_or(true)
}

/// Speaks words, unless the browser wants a gesture first.
fn speak(words: Option<&str>) {
    let (Some(words), Some(speech)) = (words, speech()) else { return };
    if was_touched() {
        let wish = WISHES.get().wrapping_add(1);
        WISHES.set(wish);
        speech::speak(&speech, words, wish);
    } else {
        // Some browsers refuse with an event, others say nothing at all.
        send(Event::SoundBlocked);
    }
}

/// Whether this wish to speak is the last one, and nothing was hushed since.
pub(super) fn is_wanted(wish: u32) -> bool {
    WISHES.get() == wish
}

thread_local! {
    /// Counts wishes to speak, and to be silent.
    static WISHES: Cell<u32> = const { Cell::new(0) };
}
