//! A button that copies a text and says whether it did.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;

use super::{
    Context, Shared,
    element::{El, el},
    icon,
    signal::Signal,
};

/// For so long a button says what became of the press.
const REST_MS: u32 = 2_500;

/// What became of the last press on any button that copies or saves: one thing happened last, so one button says so.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Copied {
    button: u32,
    said: Option<(&'static str, bool)>,
}

/// One such button.
#[derive(Clone, Copy)]
pub(super) struct Button {
    copied: Signal<Copied>,
    number: u32,
}

impl Copied {
    /// A button that has nothing to say yet.
    pub(super) fn button(copied: Signal<Self>) -> Button {
        thread_local!(static MADE: Cell<u32> = const { Cell::new(0) });
        Button { copied, number: MADE.replace(MADE.get() + 1) }
    }
}

impl Button {
    /// Says for a while what became of the press, and whether it worked.
    pub(super) fn say(self, words: &'static str, worked: bool) {
        thread_local!(static REST: RefCell<Option<Timeout>> = const { RefCell::new(None) });
        let Self { copied, number } = self;
        copied.set(Copied { button: number, said: Some((words, worked)) });
        REST.set(Some(Timeout::new(REST_MS, move || copied.set(Copied::default()))));
    }

    /// What it says now. What calls this runs again when it changes.
    pub(super) fn said(self) -> Option<&'static str> {
        self.outcome().map(|(words, _)| words)
    }

    fn outcome(self) -> Option<(&'static str, bool)> {
        let last = self.copied.get();
        last.said.filter(|_| last.button == self.number)
    }
}

impl Context {
    /// What the last such button has to say to those who hear the page; empty most of the time.
    pub(super) fn said_of_copying(self) -> &'static str {
        self.copied.get().said.map_or("", |(words, _)| words)
    }
}

/// `what` names the copied thing to those who cannot see what the button stands next to. `shown` is where the text can be
/// seen: it is selected when copying does not work.
pub(super) fn copy_button(context: Context, what: &str, text: &str, shown: &El) -> El {
    copy_button_of(context, context.messages.copy(), what, text, shown)
}

/// The same with words of its own.
pub(super) fn copy_button_of(context: Context, words: &'static str, what: &str, text: &str, shown: &El) -> El {
    let Shared { copied, messages, ports, .. } = *context;
    let button = Copied::button(copied);
    let class = move || match button.outcome() {
        None => "copy",
        Some((_, true)) => "copy done",
        Some((_, false)) => "copy failed",
    };
    let (text, shown) = (text.to_owned(), shown.clone());
    let copy = move || {
        let shown = shown.clone();
        let done = move |worked: bool| {
            if !worked {
                shown.select_text();
            }
            button.say(if worked { messages.copied() } else { messages.copy_failed() }, worked);
        };
        (ports.copy)(text.clone(), Box::new(done));
    };
    let sign = el("span").class("sign").bind_child(move || matches!(button.outcome(), Some((_, true))), |done| Some(icon::copy(*done)));
    let label = el("span").class("said").bind_text(move || button.said().unwrap_or(words).to_owned());
    let what = (!what.is_empty()).then(|| el("span").class("offscreen").text(" ").text(what));
    el("button").attr("type", "button").bind_attr("class", class).on_click(copy).child(sign).child(label).child(what)
}
