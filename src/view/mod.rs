//! What the page shows: components over the view model. It holds no state but what a component needs to look right.

mod announcer;
mod awaiting;
mod copy_button;
mod details;
mod element;
mod icon;
mod outcome;

use leptos::{
    prelude::{RwSignal, With},
    tachys::view::Render,
};

use self::{
    copy_button::Copied,
    element::{El, el},
};
use crate::{
    checkout::{Connection, Event, Pay, Screen, ViewModel},
    i18n::{Messages, fill},
    order::{Order, PayMethod},
};

/// What the view may ask of the browser.
#[derive(Clone, Copy)]
pub struct Ports {
    /// Copies a text, then says whether it worked.
    pub copy: fn(String, Box<dyn FnOnce(bool)>),
    /// Tells the checkout what the shopper did.
    pub send: fn(Event),
}

/// What every component needs.
#[derive(Clone, Copy)]
struct Context {
    messages: &'static Messages,
    copied: RwSignal<Copied>,
    ports: Ports,
    view: RwSignal<ViewModel>,
}

impl Context {
    /// Reads the view model; what calls this runs again when it changes.
    fn read<T>(self, read: impl FnOnce(&ViewModel) -> T) -> T {
        self.view.with(read)
    }

    /// Whether time is up: nobody is told to pay anything any more. What calls this runs again when it changes.
    fn is_covered(self) -> bool {
        self.read(|view| matches!(view.pay, Some(Pay::Checking { .. })))
    }

    /// A button that tells the checkout something.
    fn button(self, class: &str, text: &str, event: Event) -> El {
        el("button").attr("type", "button").class(class).text(text).on_click(move || (self.ports.send)(event.clone()))
    }
}

/// The whole page.
pub fn page(view: RwSignal<ViewModel>, messages: &'static Messages, ports: Ports) -> impl Render<State = web_sys::Element> {
    let context = Context { copied: RwSignal::new(Copied::default()), messages, ports, view };
    el("div").class("page").child(announcer::announcer(context)).child(connection(context)).child(el("div").class("screen").bind_child(
        move || context.read(|view| view.screen.clone()),
        move |screen| {
            Some(match screen {
                Screen::Awaiting { order } => awaiting::awaiting(context, order),
                Screen::Ended { end, order } => outcome::ended(context, *end, order),
                Screen::Failed { number, reason } => outcome::failed(context, number.as_deref(), reason),
                Screen::Loading { number, retrying } => outcome::loading(context, number, *retrying),
                Screen::Paid { order, target } => outcome::paid(context, order, target.as_ref()),
            })
        },
    ))
}

/// What is wrong with the line to the gateway, if anything is.
fn connection(context: Context) -> El {
    el("p").class("connection").bind_text(move || context.read(|view| connection_text(view.connection, context.messages).to_owned()))
}

fn connection_text(connection: Connection, messages: &Messages) -> &str {
    match connection {
        Connection::Good => "",
        Connection::Offline => messages.offline,
        Connection::Reconnecting => messages.reconnecting,
        Connection::Refusing => messages.refusing,
    }
}

/// What a shopper calls the way an order is paid.
fn method_name<'order>(method: Option<&'order PayMethod>, messages: &'order Messages) -> &'order str {
    method.map_or(messages.method_unknown, |method| messages.method(&method.code, method.label.as_deref()))
}

/// The title of the tab.
pub fn title(view: &ViewModel, messages: &Messages) -> String {
    match &view.screen {
        Screen::Awaiting { order } if matches!(view.pay, Some(Pay::Checking { .. })) => {
            [messages.checking, " – ", subject(order, messages)].concat()
        }
        Screen::Awaiting { order } => {
            [&fill(messages.title_due, &[("amount", &order.trade_amount.grouped())]), " – ", subject(order, messages)].concat()
        }
        Screen::Ended { end, .. } => outcome::end_texts(*end, messages).0.to_owned(),
        Screen::Failed { reason, .. } => outcome::reason_texts(reason, messages).0.to_owned(),
        Screen::Loading { .. } => messages.title.to_owned(),
        Screen::Paid { order, .. } => ["✓ ", messages.paid, " – ", subject(order, messages)].concat(),
    }
}

fn subject<'order>(order: &'order Order, messages: &'order Messages) -> &'order str {
    order.subject.as_deref().unwrap_or(messages.title)
}
