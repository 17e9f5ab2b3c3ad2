//! What the page shows: components over the view model. It holds no state but what a component needs to look right.
//!
//! It decides nothing and asks nobody: what it wants of the browser beyond elements it asks of its [`Ports`], and what a shopper does
//! it tells as an [`Event`]. It knows no gateway.

mod agreement;
mod announcer;
mod awaiting;
mod copy_button;
mod desk;
mod details;
mod element;
mod entering;
mod hint;
mod host;
mod icon;
mod instrument;
mod language;
mod later;
mod outcome;
mod points;
mod poster;
mod signal;
mod verdict;

use core::ops::Deref;
use std::cell::RefCell;

use leptos::tachys::view::Render;

pub use signal::Signal;

use self::{
    copy_button::Copied,
    element::{El, el},
};
use crate::{
    checkout::{Connection, Event, Pay, Screen, ViewModel},
    config::Config,
    i18n::{Language, Locale, Messages, fill, sentences},
    order::{Fen, Instrument, Order, OrderId, PayMethod, UnixSeconds},
};

/// What is done with the outcome of something that takes a while.
pub type Then<T> = Box<dyn FnOnce(T)>;

/// What the view may ask of the browser.
#[derive(Clone, Copy)]
pub struct Ports {
    /// The address of the page, to be opened elsewhere.
    pub address: fn() -> String,
    /// Goes back to the page before this one.
    pub back: fn(),
    /// Copies a text, then says whether it worked.
    pub copy: fn(String, Then<bool>),
    /// The element in which the first paint has drawn this code: its text, or the address of its picture.
    pub drawn: fn(&str) -> Option<web_sys::Element>,
    /// Tells scripts of the shop that the shopper goes back. `false`: they see to it.
    pub goes_back: fn() -> bool,
    /// Tells scripts of the shop that the shopper goes to the return address. `false`: they see to it.
    pub leaves: fn(&str) -> bool,
    /// An amount in the language of the page.
    pub money: fn(Fen) -> String,
    /// Where an order is paid.
    pub pay_path: fn(&OrderId) -> String,
    /// Turns a text into the address of a picture of its code.
    pub picture: fn(String, Then<Option<String>>),
    /// Draws a poster, and does with it what is wished.
    pub poster: fn(Poster, Wish),
    /// Tells the checkout what the shopper did.
    pub send: fn(Event),
    /// Speaks another language from now on.
    pub speak: fn(Locale),
    /// Days, minutes or seconds in the words of the page's language.
    pub span: fn(u64, Unit) -> String,
}

/// What is to be on the picture of a code that is saved.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Poster {
    /// Above the code, in large letters.
    pub amount: String,
    /// The picture of the code.
    pub code: String,
    /// Until when it can be paid, and the words for it, with a place for the `time`.
    pub expires: Option<(&'static str, UnixSeconds)>,
    /// What the file is called, without its ending.
    pub file_name: String,
    /// Lines under the code.
    pub lines: Vec<String>,
    /// Whether the language runs from right to left.
    pub rtl: bool,
    /// Under the amount.
    pub subject: String,
}

/// What is to be done with a poster, and who is told what became of it.
pub enum Wish {
    /// It is drawn. What is told is the address of the picture, where it could be.
    Draw(Then<Option<String>>),
    /// It is handed to another app, or saved as a file.
    Save(Then<Saved>),
}

/// What became of a poster.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Saved {
    /// It is a file, or in another app.
    Done,
    /// It could not be drawn or not be saved.
    Failed,
    /// The shopper changed their mind.
    NotWanted,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Day,
    Minute,
    Second,
}

/// What every component needs, in one language. It stays for as long as the page does, so that what is handed on, and kept in
/// every closure, is one pointer.
#[derive(Clone, Copy)]
struct Context(&'static Shared);

struct Shared {
    config: &'static Config,
    copied: Signal<Copied>,
    locale: Locale,
    messages: Messages,
    ports: Ports,
    view: Signal<ViewModel>,
}

impl Deref for Context {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

impl Context {
    /// Reads the view model; what calls this runs again when it changes.
    fn read<T>(self, read: impl FnOnce(&ViewModel) -> T) -> T {
        self.view.with(read)
    }

    /// What is to be paid: where another currency is sent its amount, as the gateway wrote it, else the order's.
    fn amount_to_pay(self, order: &Order, instrument: &Instrument) -> String {
        instrument.actual_amount.clone().unwrap_or_else(|| self.money(order))
    }

    /// The order's amount; empty where it is not known.
    fn money(self, order: &Order) -> String {
        order.trade_amount.map(self.ports.money).unwrap_or_default()
    }

    /// Whether there is, or may yet be, something to pay with. What calls this runs again when it changes.
    fn is_payable(self) -> bool {
        self.read(|view| matches!(view.pay, Some(Pay::Asking | Pay::Instrument(_))))
    }

    /// Whether time is up, or a payment is only looked for: nobody is told to pay anything. What calls this runs again when
    /// it changes.
    fn is_covered(self) -> bool {
        self.read(|view| matches!(view.pay, Some(Pay::Checking { .. } | Pay::Confirming { .. } | Pay::Unconfirmed { .. })))
    }

    /// A button that tells the checkout something.
    fn button(self, class: &str, text: &str, event: fn() -> Event) -> El {
        el("button").attr("type", "button").class(class).text(text).on_click(move || (self.ports.send)(event()))
    }

    /// The shop's own sentence for a state.
    fn own_words(self, state: &str) -> Option<El> {
        let words = self.config.message(state, self.locale)?;
        Some(el("p").class("own-words").child(el("bdi").text(words)))
    }

    /// Seconds in words: minutes where they are whole ones.
    fn span(self, seconds: u64) -> String {
        let whole_minutes = seconds >= 60 && seconds.is_multiple_of(60);
        if whole_minutes { (self.ports.span)(seconds / 60, Unit::Minute) } else { (self.ports.span)(seconds, Unit::Second) }
    }
}

/// The whole page. Everything but the live regions and the choice of the language is made anew in another language.
pub fn page(
    view: Signal<ViewModel>,
    language: Signal<Language>,
    config: &'static Config,
    ports: Ports,
) -> impl Render<State = web_sys::Element> {
    let copied = Signal::new(Copied::default());
    // Each language is kept once, however often it is chosen.
    let spoken: &RefCell<Vec<Context>> = Box::leak(Box::default());
    let speaking = move |Language { locale, messages }| {
        let mut spoken = spoken.borrow_mut();
        let known = spoken.iter().copied().find(|context| context.messages == messages && context.locale == locale);
        known.unwrap_or_else(|| {
            let context = Context(Box::leak(Box::new(Shared { config, copied, locale, messages, ports, view })));
            spoken.push(context);
            context
        })
    };
    let context = move || speaking(language.get());
    announcer::announce(context);
    el("div")
        .class("page")
        .bind_attr("data-words", move || if language.get().messages.is_silent() { "none" } else { "here" })
        .child(el("p").class("connection").bind_text(move || connection_text(view.with(|view| view.connection), context().messages)))
        .child(el("div").class("screen").bind_child(
            move || (view.with(|view| view.screen.clone()), language.get()),
            move |(screen, language)| {
                let context = speaking(*language);
                match screen {
                    Screen::Awaiting { order } => Some(awaiting::awaiting(context, order)),
                    Screen::Entering { cashier } => Some(entering::entering(context, cashier)),
                    screen => outcome::card_of(context, screen),
                }
            },
        ))
        .child(language::choice(language, ports))
}

/// What is wrong with the line to the gateway; empty if nothing is.
fn connection_text(connection: Connection, messages: Messages) -> String {
    let trouble = match connection {
        Connection::Good => return String::new(),
        Connection::Offline => messages.offline(),
        Connection::Reconnecting => messages.reconnecting(),
        Connection::Refusing => messages.refusing(),
    };
    sentences(&[trouble, messages.safe()])
}

/// What a shopper calls the way an order is paid.
fn method_name(method: Option<&PayMethod>, messages: Messages) -> &str {
    match method {
        None => messages.method_unknown(),
        // The gateway's word for it is better than none.
        Some(method) if messages.is_silent() => method.label.as_deref().unwrap_or(&method.code),
        Some(method) => messages.method(&method.kind()).unwrap_or_else(|| method.label.as_deref().unwrap_or(&method.code)),
    }
}

/// The app that a code is scanned with: for a coin, which is no app, the shopper's own.
fn scanner_name(method: Option<&PayMethod>, messages: Messages) -> &str {
    match method {
        Some(method) if method.kind() == "usdt" => messages.method_unknown(),
        method => method_name(method, messages),
    }
}

/// The title of the tab; empty while there are no words for one.
pub fn title(view: &ViewModel, config: &Config, messages: Messages, money: fn(Fen) -> String) -> String {
    match &view.screen {
        _ if messages.is_silent() => String::new(),
        Screen::Awaiting { order } => {
            let is_covered = matches!(view.pay, Some(Pay::Checking { .. } | Pay::Confirming { .. } | Pay::Unconfirmed { .. }));
            let due = order.trade_amount.filter(|_| !is_covered).map(|due| fill(messages.title_due(), &[("amount", &money(due))]));
            let stands = if is_covered { messages.checking() } else { due.as_deref().unwrap_or(messages.title()) };
            [stands, " – ", subject(order, messages)].concat()
        }
        screen => outcome::title_of(screen, messages).unwrap_or_else(|| config.text("title").unwrap_or(messages.title()).to_owned()),
    }
}

fn subject(order: &Order, messages: Messages) -> &str {
    order.subject.as_deref().unwrap_or(messages.title())
}
