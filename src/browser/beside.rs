//! What the page does beside showing an order and asking for it: it sounds, keeps the screen on, and speaks with other tabs.
//!
//! None of it is needed for the code, so it comes in a file of its own, once the page is shown. What is to be done before waits for
//! it, in its order. Where it does not come, the page is silent and alone, and an order is paid all the same; the file is asked
//! for again now and then. A gesture that comes before it lets nothing sound on devices of Apple: the next one does.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
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

/// Where what does all this is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    /// Not asked for, or on its way.
    Awaited,
    Here,
    /// It did not come; it is asked for again.
    Missing,
}

/// How long to wait before it is asked for again.
const PAUSE_MS: u32 = 30_000;

thread_local! {
    static BESIDE: RefCell<Beside> = RefCell::default();
    static PART: Cell<Part> = const { Cell::new(Part::Awaited) };
    /// What waits for it.
    static WAITING: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
}

/// The page is shown: what does all this may come.
pub(super) fn begin() {
    spawn_local(async {
        let part = if done(Vec::new()).await.is_ok() { Part::Here } else { Part::Missing };
        PART.set(part);
        if part == Part::Here {
            proceed();
        } else {
            Timeout::new(PAUSE_MS, begin).forget();
        }
    });
}

/// Has it done as soon as what does it is here: where it is, within the task that calls this, or a gesture would be over.
pub(super) fn act(act: Act) {
    let is_wanted = match (PART.get(), &act) {
        (Part::Here, _) => true,
        // News grows old, and what was to be heard is over when a file that did not come comes after all.
        (_, Act::PassOn(_)) | (Part::Missing, Act::Cue | Act::Hush | Act::Play(_) | Act::Unlock) => false,
        _ => true,
    };
    if is_wanted {
        WAITING.with_borrow_mut(|waiting| waiting.push(act));
    }
    if PART.get() == Part::Here {
        proceed();
    }
}

/// Does what waits. What does it is here, so that no other act comes between.
fn proceed() {
    let acts = WAITING.take();
    spawn_local(async move {
        // It is here: this cannot fail.
        let _ = done(acts).await;
    });
}

on_demand! {
    beside,
    fn done(acts: Vec<Act>) -> () {
        for act in acts {
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
}
