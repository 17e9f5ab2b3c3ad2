//! Keeping the screen on while a code is shown.

use std::{cell::RefCell, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::capability;

/// A lock on the screen. The browser ends it by itself when the page is hidden.
#[derive(Default)]
pub(super) struct WakeLock {
    held: Rc<RefCell<Held>>,
}

#[derive(Default)]
enum Held {
    Asked,
    #[default]
    No,
    Yes(JsValue),
}

impl WakeLock {
    /// Takes the lock or lets go of it. A browser that has none, or a device that saves power, refuses; nothing is lost.
    pub(super) fn hold(&mut self, wanted: bool) {
        let held = Rc::clone(&self.held);
        let is_held = !matches!(*held.borrow(), Held::No);
        if wanted == is_held {
            return;
        }
        if !wanted {
            if let Held::Yes(lock) = held.replace(Held::No) {
                capability::call(&lock, "release", &[]);
            }
            return;
        }
        let Some(locks) = capability::navigator("wakeLock") else { return };
        let asked = capability::call(&locks, "request", &[&JsValue::from_str("screen")]);
        let Some(promise) = asked.and_then(|promise| promise.dyn_into::<Promise>().ok()) else { return };
        held.replace(Held::Asked);
        spawn_local(async move {
            let granted = JsFuture::from(promise).await;
            let is_still_wanted = matches!(*held.borrow(), Held::Asked);
            match granted {
                Ok(lock) if is_still_wanted => drop(held.replace(Held::Yes(lock))),
                Ok(lock) => drop(capability::call(&lock, "release", &[])),
                // Refused: it is asked for again when the page has been away.
                Err(_) => {}
            }
        });
    }
}
