//! What the page does beside showing an order and asking for it: it sounds, keeps the screen on, and speaks with other tabs.
//!
//! None of it is needed for the code, so it comes in a file of its own, once the page is shown. What is to be done before waits for
//! it, in its order. Where it does not come, the page is silent and alone, and an order is paid all the same.

use std::cell::RefCell;

use wasm_bindgen_futures::spawn_local;

use super::{http::Outcome, sound::Sound, tabs::Tabs, wake_lock::WakeLock};
use crate::{
    apart::on_demand,
    order::{OrderRef, Prompt},
};

/// Something to be done.
pub(super) enum Act {
    /// This tab asks from now on.
    Claim,
    /// The tone that says "paid".
    Cue,
    /// Silence.
    Hush,
    /// The tabs of this order are listened to; the number settles who asks when two want to at the same time.
    Join(OrderRef, u32),
    /// This tab no longer asks.
    Leave,
    /// Where the order stands, as this tab has heard.
    PassOn(Outcome),
    Play(Prompt),
    /// The screen is to stay on, or may go off.
    StayAwake(bool),
    /// A gesture has come: from now on the browser lets the page sound.
    Unlock,
}

#[derive(Default)]
struct Beside {
    sound: Sound,
    tabs: Option<Tabs>,
    wake_lock: WakeLock,
}

thread_local! {
    static BESIDE: RefCell<Beside> = RefCell::default();
    /// What waits for the page to be shown; `None` once it is.
    static WAITING: RefCell<Option<Vec<Act>>> = const { RefCell::new(Some(Vec::new())) };
}

/// The page is shown: what does all this may come.
pub(super) fn begin() {
    WAITING.take().into_iter().flatten().for_each(act);
}

/// Has it done as soon as what does it is here: where it is, within the task that calls this, or a gesture would be over.
pub(super) fn act(act: Act) {
    let now = WAITING.with_borrow_mut(|waiting| match waiting {
        Some(waiting) => {
            waiting.push(act);
            None
        }
        None => Some(act),
    });
    if let Some(act) = now {
        spawn_local(async move {
            // Without it nothing of an order is lost.
            let _ = done(act).await;
        });
    }
}

on_demand! {
    beside,
    fn done(act: Act) -> () {
        BESIDE.with_borrow_mut(|Beside { sound, tabs, wake_lock }| match (act, tabs) {
            (Act::Cue, _) => sound.cue(),
            (Act::Hush, _) => sound.hush(),
            (Act::Join(order, rank), tabs) => *tabs = Tabs::of(&order, rank),
            (Act::Play(prompt), _) => sound.play(&prompt),
            (Act::StayAwake(wanted), _) => wake_lock.hold(wanted),
            (Act::Unlock, _) => sound.unlock(),
            (Act::Claim, Some(tabs)) => tabs.claim(),
            (Act::Leave, Some(tabs)) => tabs.leave(),
            (Act::PassOn(outcome), Some(tabs)) => tabs.pass_on(&outcome),
            (Act::Claim | Act::Leave | Act::PassOn(_), None) => {}
        });
    }
}
