//! What a checkout asks a gateway, and what may come back.

use core::time::Duration;

use super::{Instrument, Order, OrderId, OrderRef, Prompt, ReturnTarget, Status, UnixSeconds, WalletLink};

/// A question to the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Call {
    /// What is heard with this order?
    Audio(OrderRef),
    /// What is this order? Always asked first and alone.
    Info(OrderRef),
    /// What is it paid with? Takes the gateway's own number only.
    QrCode(OrderId),
    /// Where does it stand?
    Status(OrderRef),
}

/// An answer to the call of the same name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// `None`: nothing is to be heard.
    Audio(Result<Option<Prompt>, Failure>),
    /// The order and where it stands.
    Info(Result<Box<Info>, Failure>),
    /// What the gateway offers to pay with.
    QrCode(Result<Offer, Failure>),
    /// Where the order stands.
    Status(Result<Standing, Failure>),
}

impl Answer {
    /// Whether it is an answer of the gateway rather than a failure.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Audio(result) => result.is_ok(),
            Self::Info(result) => result.is_ok(),
            Self::QrCode(result) => result.is_ok(),
            Self::Status(result) => result.is_ok(),
        }
    }
}

/// The first answer: the order, and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    /// What it is.
    pub order: Order,
    /// Where it stands.
    pub standing: Standing,
    /// How long to wait between "paid" and the jump to the shop, unless a later answer says otherwise.
    pub redirect_wait: Option<Duration>,
}

/// Where an order stands, with what is valid only then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It will not be paid any more.
    Ended(End),
    /// It is paid: the only success there is.
    Paid {
        /// How long to wait before the jump. `None`: as the first answer said.
        redirect_wait: Option<Duration>,
        /// Where to go.
        returning: Returning,
    },
    /// It waits for payment.
    Waiting {
        /// When it stops waiting; `None` where the answer does not say.
        expires: Option<UnixSeconds>,
        /// Whether the gateway wants the wallet opened by itself.
        opens_wallet: bool,
    },
}

impl Standing {
    /// Whether the order still waits.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Self::Waiting { .. })
    }
}

/// How an order ended without payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Closed by the shop or the gateway.
    Closed,
    /// The gateway could not create it.
    CreationFailed,
    /// Not paid in time.
    TimedOut,
}

impl End {
    /// `None` for a status that ends nothing.
    pub fn of(status: Status) -> Option<Self> {
        match status {
            Status::Closed => Some(Self::Closed),
            Status::CreationFailed => Some(Self::CreationFailed),
            Status::TimedOut => Some(Self::TimedOut),
            Status::Paid | Status::Waiting => None,
        }
    }
}

/// What a paid answer says of the way back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Returning {
    /// Nothing: the shopper stays.
    Nowhere,
    /// Something that is no web address: the shopper stays, the merchant is told.
    Refused,
    /// Here.
    To(ReturnTarget),
}

/// What the gateway offers to pay with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Offer {
    /// The gateway's server shows this order's page itself, at the order's own address.
    Elsewhere,
    /// A code, a link, an account, a text: whatever is there.
    Instrument(Instrument),
    /// A page or an app to go to at once.
    Jump(WalletLink),
    /// Words alone.
    Notice {
        /// Whether the words are there to be copied.
        copyable: bool,
        /// How they are meant.
        tone: Tone,
        /// The words.
        words: String,
    },
}

/// How words of the gateway are meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// Something went wrong.
    Error,
    /// Something to know.
    Info,
    /// Something went well. It says nothing of the payment.
    Success,
    /// Something to mind.
    Warning,
}

/// Why a call brought no answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Failure {
    /// No usable answer came: ask again.
    Fault(Fault),
    /// The gateway answered that it will not.
    Refused(Refusal),
}

impl Failure {
    /// The gateway's own words, where there are any.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Fault(_) => None,
            Self::Refused(refusal) => refusal.message.as_deref(),
        }
    }
}

/// The gateway's refusal of a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Its code, other than the code of success.
    pub code: i64,
    /// Its words.
    pub message: Option<String>,
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// An answer whose HTTP status is not one of success, and which explains nothing.
    HttpStatus(u16),
    /// The request did not get through, or the answer broke off.
    Network,
    /// No answer in time.
    TimedOut,
    /// An answer that cannot be understood, and what is wrong with it.
    Undecodable(&'static str),
}
