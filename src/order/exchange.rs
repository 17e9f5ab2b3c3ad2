//! What a checkout asks a gateway, and what may come back.

use core::time::Duration;

use super::{
    CashierKey, Fen, Instrument, Order, OrderId, OrderRef, PayMethod, Prompt, ReturnTarget, Status, UnixSeconds, Verdict, WalletLink,
};

/// A question to the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Call {
    /// What is heard with this order?
    Audio(OrderRef),
    /// What does the key of a cashier stand for?
    Cashier(CashierKey),
    /// Let the order be paid like this.
    Choose {
        /// Which order.
        id: OrderId,
        /// The code of one of its methods.
        method: String,
    },
    /// Make an order of an amount.
    Create {
        /// How much.
        amount: Fen,
        /// At which cashier.
        key: CashierKey,
    },
    /// What is this order? Always asked first and alone.
    Info(OrderRef),
    /// How can it be paid?
    Methods(OrderId),
    /// What is it paid with? Takes the gateway's own number only.
    QrCode {
        /// Which order.
        id: OrderId,
        /// The code of the method in which it is to be paid, where one is known.
        method: Option<String>,
    },
    /// Where does it stand?
    Status(OrderRef),
}

impl Call {
    /// The answer of a call that brought none.
    pub fn failed(&self, failure: Failure) -> Answer {
        match self {
            Self::Audio(_) => Answer::Audio(Err(failure)),
            Self::Cashier(_) => Answer::Cashier(Err(failure)),
            Self::Choose { .. } => Answer::Chosen(Err(failure)),
            Self::Create { .. } => Answer::Created(Err(failure)),
            Self::Info(_) => Answer::Info(Err(failure)),
            Self::Methods(_) => Answer::Methods(Err(failure)),
            Self::QrCode { .. } => Answer::QrCode(Err(failure)),
            Self::Status(_) => Answer::Status(Err(failure)),
        }
    }
}

/// An answer to the call of the same name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// `None`: nothing is to be heard.
    Audio(Result<Option<Prompt>, Failure>),
    /// The cashier.
    Cashier(Result<Cashier, Failure>),
    /// The gateway took the choice.
    Chosen(Result<(), Failure>),
    /// The number of the new order.
    Created(Result<OrderId, Failure>),
    /// The order and where it stands.
    Info(Result<Box<Info>, Failure>),
    /// The ways in which it can be paid.
    Methods(Result<Vec<PayMethod>, Failure>),
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
            Self::Cashier(result) => result.is_ok(),
            Self::Chosen(result) => result.is_ok(),
            Self::Created(result) => result.is_ok(),
            Self::Info(result) => result.is_ok(),
            Self::Methods(result) => result.is_ok(),
            Self::QrCode(result) => result.is_ok(),
            Self::Status(result) => result.is_ok(),
        }
    }
}

/// A page on which the shopper enters the amount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cashier {
    /// The largest amount, where there is one.
    pub highest: Option<Fen>,
    /// The smallest amount: at least a fen.
    pub lowest: Fen,
    /// Whom, or what, it is for.
    pub title: Option<String>,
}

impl Cashier {
    /// Whether an order of this amount can be made.
    pub fn takes(&self, amount: Fen) -> bool {
        amount >= self.lowest && self.highest.is_none_or(|highest| amount <= highest)
    }
}

/// The first answer: the order, and where it stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    /// What it is paid with, where the gateway says so at once.
    pub offer: Option<Offer>,
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
    /// It does not wait any more, and whether it is paid is not known.
    Over {
        /// Whether nobody knows who can be asked, or whoever knows could not be asked now.
        heard: bool,
    },
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
    /// Nothing is left for the shopper to do.
    Nothing,
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
    /// A refusal with its meaning; a fault means nothing.
    pub fn judged(self, judge: impl FnOnce(&Refusal) -> Verdict) -> Self {
        match self {
            Self::Fault(_) => self,
            Self::Refused(refusal) => Self::Refused(Refusal { verdict: Some(judge(&refusal)), ..refusal }),
        }
    }

    /// The gateway's own words, where there are any.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Fault(_) => None,
            Self::Refused(refusal) => refusal.message.as_deref(),
        }
    }

    /// Whether it may be otherwise next time: "too busy" and "broken" are refusals that pass.
    pub fn passes(&self) -> bool {
        match self {
            Self::Fault(_) => true,
            Self::Refused(refusal) => refusal.code == 429 || (500..600).contains(&refusal.code),
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
    /// What it means, where its code says so.
    pub verdict: Option<Verdict>,
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
