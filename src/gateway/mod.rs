//! Bytes ⇄ order types: how each gateway is asked and how its answers are understood. One file for each.
//!
//! This room uses `order`, and `json` and `text` to read with; nothing else of the page, no clock and no browser. It sends
//! nothing: a call to a gateway is a conversation of one or more requests, and each [`Step`] of it says what to send next, or
//! what the answer is.

mod anqi;
mod instant;
mod link;
mod mapi;
mod wire;
mod xarr;

pub use anqi::{Anqi, METHODS};
pub use instant::{Instant, methods as points_methods};
pub use link::{LinkFault, Mistake};
pub use mapi::Mapi;
pub use wire::Reply;
pub use xarr::{decode as decode_xarr, pay_path, request as request_xarr, separate_path};

use crate::order::{Answer, Call, Fault, Fen, OrderId, OrderRef, Terms, Visit};

/// The gateway that a page speaks to, with what the link says of the payment.
#[derive(Clone, Debug)]
pub enum Gateway {
    /// The order payment of AnqiCMS.
    Anqi(Anqi),
    /// Immediate payment, with money or points, by an app around the page.
    Instant(Instant),
    /// A payment whose form the shop has signed.
    Mapi(Mapi),
    /// The template API of XArrPay.
    Xarr,
}

/// The names of all gateways, as links and settings have them.
pub const NAMES: [&str; 4] = ["anqi", "instant", "mapi", "xarr"];

/// A request to send to the page's own host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// What is posted; `None` for a GET.
    pub body: Option<String>,
    /// The type of the body.
    pub content_type: &'static str,
    /// Whether the shopper's token goes with it.
    pub is_signed_in: bool,
    /// The path from the top of the host, with a query perhaps.
    pub path: String,
}

impl Request {
    /// The type of a form's fields.
    const FORM: &'static str = "application/x-www-form-urlencoded";
    /// The type of JSON.
    pub const JSON: &'static str = "application/json";

    /// Posts JSON.
    pub fn post(path: String, body: String) -> Self {
        Self { body: Some(body), content_type: Self::JSON, is_signed_in: false, path }
    }
}

/// What a conversation with a gateway needs next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// Nothing: this is the answer.
    Answer(Answer),
    /// This request is to be sent, and its reply told with [`Gateway::hear`].
    Ask(Request),
}

/// What a link is read with.
#[derive(Clone, Debug, Default)]
pub struct Premises {
    /// Where the API of the template gateway is, and of those that share its paths.
    pub api: String,
    /// The path of a source that tells how an order stands, as the template API's info and status do.
    pub confirm: Option<String>,
    /// What the app around the page says of the order, by the names of the link.
    pub host_fields: Vec<(String, String)>,
    /// Whether the page is inside a WeChat mini-program.
    pub in_mini_program: bool,
    /// The methods that the shop offers; none: all that there are.
    pub methods: Vec<String>,
    /// The path at which a payment is asked for; the gateway's own where there is none.
    pub pay_path: Option<String>,
    /// The page's query, with or without its `?`.
    pub query: String,
}

/// What a link asks for.
#[derive(Clone, Debug)]
pub struct Start {
    /// What is to be paid, by the link's word.
    pub amount: Option<Fen>,
    /// Whom to ask.
    pub gateway: Gateway,
    /// What is bought, by the link's word.
    pub subject: Option<String>,
    /// How this gateway goes about it.
    pub terms: Terms,
    /// What the shopper comes for.
    pub visit: Visit,
}

impl Gateway {
    /// Reads the link of a gateway other than the template API, whose links are addresses: see [`Visit::of_address`].
    ///
    /// # Errors
    /// Where the link lacks a field, or has one that it must not have, or not so.
    pub fn start(name: &str, premises: &Premises) -> Result<Start, LinkFault> {
        match name {
            "anqi" => anqi::start(premises),
            "instant" => instant::start(premises),
            "mapi" => mapi::start(premises),
            _ => Err(LinkFault { field: "gateway".to_owned(), mistake: Mistake::Unusable }),
        }
    }

    /// How a call begins. `api` is where the template API is.
    pub fn ask(&self, call: &Call, api: &str) -> Step {
        match self {
            Self::Anqi(anqi) => anqi.ask(call),
            Self::Instant(instant) => instant.ask(call),
            Self::Mapi(mapi) => mapi.ask(call, api),
            Self::Xarr => Step::Ask(xarr::request(call, api)),
        }
    }

    /// How it goes on. `round` counts the replies of this call from 0; `origin` is the page's own, without a trailing slash.
    pub fn hear(&self, call: &Call, round: u8, reply: Result<Reply<'_>, Fault>, origin: &str, api: &str) -> Step {
        match self {
            Self::Anqi(anqi) => anqi.hear(call, round, reply, origin),
            Self::Instant(instant) => instant.hear(call, reply, origin),
            Self::Mapi(mapi) => mapi.hear(call, round, reply, origin, api),
            Self::Xarr => Step::Answer(xarr::decode(call, reply, origin)),
        }
    }

    /// Whether a reply about where an order stands is one of the template API.
    pub fn shares_status(&self) -> bool {
        matches!(self, Self::Mapi(_) | Self::Xarr)
    }
}

/// The order that a call is about, by the gateway's own number.
fn id_of(call: &Call) -> Option<&OrderId> {
    match call {
        Call::Audio(OrderRef::Id(id)) | Call::Info(OrderRef::Id(id)) | Call::Status(OrderRef::Id(id)) => Some(id),
        Call::Choose { id, .. } | Call::Methods(id) | Call::QrCode { id, .. } => Some(id),
        Call::Audio(_) | Call::Cashier(_) | Call::Create { .. } | Call::Info(_) | Call::Status(_) => None,
    }
}
