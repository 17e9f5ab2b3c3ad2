//! What the browser tells the page of its own accord. The page listens as long as it lives.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AddEventListenerOptions, Element, EventTarget, PageTransitionEvent};

use super::{
    beside::{self, Act},
    capability, send, surroundings,
};
use crate::checkout::Event;

pub(super) fn all() {
    let window = capability::window();
    on(&capability::document(), "visibilitychange", || Event::VisibilityChanged { visible: surroundings::is_visible() });
    let restored = Closure::new(|event: web_sys::Event| {
        // The first showing of a page is no return.
        if event.dyn_into::<PageTransitionEvent>().is_ok_and(|event| event.persisted()) {
            send(Event::Restored);
        }
    });
    listen(&window, "pageshow", false, restored);
    on(&window, "pagehide", || Event::Left);
    on(&window, "focus", || Event::CameBack);
    on(&window, "online", || Event::ConnectionChanged { online: true });
    on(&window, "offline", || Event::ConnectionChanged { online: false });
    // WeChat's bridge counts as a gesture: from then on it plays sound.
    for gesture in ["pointerdown", "keydown", "touchend", "WeixinJSBridgeReady"] {
        on_gesture(&window, gesture);
    }
}

fn on(target: &EventTarget, name: &str, event: fn() -> Event) {
    // Not captured: the focus of an element inside the page is not the shopper coming back.
    listen(target, name, false, Closure::new(move |_| send(event())));
}

/// A press on the sound switch says what it wants itself.
fn on_gesture(target: &EventTarget, name: &str) {
    let listener = Closure::new(|event: web_sys::Event| {
        beside::act(Act::Unlock);
        let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        // What is pressed for its own sake is not pressed to hear something; nor is a key that only goes on to the next.
        let is_control = element.is_some_and(|element| matches!(element.closest("a, button, select"), Ok(Some(_))));
        let is_tab = capability::text(&event, "key").is_some_and(|key| matches!(key.as_str(), "Tab" | "Shift"));
        if !is_control && !is_tab {
            send(Event::Gestured);
        }
    });
    listen(target, name, true, listener);
}

fn listen(target: &EventTarget, name: &str, capture: bool, listener: Closure<dyn FnMut(web_sys::Event)>) {
    let options = AddEventListenerOptions::new();
    options.set_passive(true);
    options.set_capture(capture);
    if target.add_event_listener_with_callback_and_add_event_listener_options(name, listener.as_ref().unchecked_ref(), &options).is_ok() {
        listener.forget();
    }
}
