//! What the page shows, as values, and which of it each phase of the machine shows.

use alloc::sync::Arc;

use super::{
    Checkout, Phase,
    action::Means,
    paid::{How, Paid},
    time::Instant,
};
use crate::order::{
    Cashier, Claim, End, Failure, Fen, HostResult, Order, OrderId, PayMethod, ReturnTarget, Terms, Told, Tone, UnixSeconds, Verdict,
};

/// The whole page. Parts that change often stand apart from the screen, so that a tick redraws only itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ViewModel {
    /// How the line to the gateway is.
    pub connection: Connection,
    /// What to pay with, while the order waits.
    pub pay: Option<Pay>,
    /// When the order expires, while it waits.
    pub expires: Option<UnixSeconds>,
    /// Whether the wallet that was opened did not come.
    pub not_opened: bool,
    /// How the entry of an amount goes, on that screen.
    pub entry: Option<Entry>,
    /// What became of a payment that the app around the page makes.
    pub handing: Option<Handing>,
    /// Seconds until the jump to the shop, while one is pending.
    pub leaving_in: Option<u64>,
    /// Seconds until the order expires, while it waits and the gateway's clock is known.
    pub remaining: Option<u64>,
    /// Which screen.
    pub screen: Screen,
    /// The sound control, where there is something to hear.
    pub sound: Option<Sound>,
    /// How the gateway goes about the payment.
    pub terms: Terms,
    /// Seconds left, from the moment at which they are to be spoken.
    pub time_warning: Option<u64>,
}

impl Checkout {
    /// What to show.
    pub fn view(&self, now: Instant) -> ViewModel {
        let mut view = ViewModel {
            connection: Connection::Good,
            entry: None,
            expires: None,
            handing: None,
            leaving_in: None,
            not_opened: false,
            pay: None,
            remaining: None,
            screen: self.screen(),
            sound: None,
            terms: self.shared.terms,
            time_warning: None,
        };
        match &self.phase {
            Phase::Awaiting(awaiting) => {
                view.connection = awaiting.connection(self.shared.online);
                view.expires = awaiting.watch.expires;
                view.handing = awaiting.handing.handing();
                view.not_opened = awaiting.has_not_opened();
                view.pay = Some(awaiting.pay(now, &self.shared));
                view.remaining = awaiting.remaining(now, &self.shared);
                view.sound = awaiting.sound(now, &self.shared);
                view.time_warning = awaiting.time_warning(now, &self.shared);
            }
            Phase::Choosing(choosing) => view.pay = Some(choosing.pay()),
            Phase::Entering(entering) => view.entry = entering.entry(),
            Phase::Paid(paid) => view.leaving_in = paid.leaving_in(now),
            Phase::Ended { .. } | Phase::Failed(_) | Phase::Forwarded { .. } | Phase::Loading { .. } => {}
        }
        let is_asking = matches!(self.phase, Phase::Choosing(_) | Phase::Entering(_) | Phase::Loading { .. });
        if is_asking && !self.shared.online {
            view.connection = Connection::Offline;
        }
        view
    }

    fn screen(&self) -> Screen {
        let Told { amount, subject, .. } = &self.shared.told;
        let loading = |retrying| Screen::Loading {
            expected: amount.map(|amount| (amount, subject.clone())),
            number: self.number().unwrap_or_default(),
            retrying,
        };
        match &self.phase {
            Phase::Awaiting(awaiting) => Screen::Awaiting { order: Arc::clone(&awaiting.order) },
            Phase::Choosing(choosing) => Screen::Awaiting { order: Arc::clone(&choosing.order) },
            Phase::Ended { end, order } => Screen::Ended { end: *end, order: Arc::clone(order) },
            Phase::Entering(entering) => match entering.cashier() {
                Some(cashier) => Screen::Entering { cashier: cashier.clone() },
                None => loading(entering.loading() == Some(true)),
            },
            Phase::Failed(reason) => Screen::Failed { number: self.number(), reason: reason.clone() },
            Phase::Forwarded { .. } => loading(false),
            Phase::Loading { attempts, .. } => loading(attempts.has_faulted()),
            Phase::Paid(Paid { how: How::Paid, order, target, .. }) => Screen::Paid { order: Arc::clone(order), target: target.clone() },
            Phase::Paid(Paid { how, order, target, .. }) => {
                Screen::Finished { free: *how == How::Free, order: Arc::clone(order), target: target.clone() }
            }
        }
    }
}

impl ViewModel {
    /// The code of the way in which the order on the screen is paid.
    pub fn method(&self) -> Option<&str> {
        self.screen.order()?.method.as_ref().map(|method| method.code.as_str())
    }

    /// The name of what is on the screen, for styles, tests and scripts of the shop (`docs/embed.md`).
    pub fn name(&self) -> &'static str {
        match (&self.screen, &self.pay) {
            (Screen::Awaiting { .. }, Some(Pay::Agree { .. })) => "agreeing",
            (Screen::Awaiting { .. }, Some(Pay::Checking { .. } | Pay::Confirming { .. })) => "checking",
            (Screen::Awaiting { .. }, Some(Pay::Choice(_))) => "choosing",
            (Screen::Awaiting { .. }, Some(Pay::Unconfirmed { .. })) => "unconfirmed",
            (screen, _) => screen.name(),
        }
    }
}

/// The line to the gateway.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Connection {
    /// Answers come.
    Good,
    /// The device says that it has no network.
    Offline,
    /// Two or more questions in a row failed.
    Reconnecting,
    /// Two or more questions in a row failed, the last because the gateway would not answer it.
    Refusing,
}

/// One of the page's screens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Screen {
    /// The order waits for payment.
    Awaiting {
        /// The order.
        order: Arc<Order>,
    },
    /// The shopper enters an amount.
    Entering {
        /// Where.
        cashier: Cashier,
    },
    /// The order ended without payment.
    Ended {
        /// How.
        end: End,
        /// The order.
        order: Arc<Order>,
    },
    /// There is no order to show.
    Failed {
        /// The number that was asked for.
        number: Option<String>,
        /// Why.
        reason: Reason,
    },
    /// Nothing is left to be done here, and whether it is paid the page cannot say. Or there is nothing to pay.
    Finished {
        /// Whether it costs nothing.
        free: bool,
        /// The order.
        order: Arc<Order>,
        /// Where the shopper sees the order.
        target: Option<ReturnTarget>,
    },
    /// The order is being asked for.
    Loading {
        /// What the server that wrote the page said of it: amount and subject.
        expected: Option<(Fen, Option<String>)>,
        /// The number that is asked for.
        number: String,
        /// Whether an attempt has failed already.
        retrying: bool,
    },
    /// The order is paid.
    Paid {
        /// The order.
        order: Arc<Order>,
        /// The way back to the shop.
        target: Option<ReturnTarget>,
    },
}

/// How things stand, at a glance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mood {
    /// Something is yet to come.
    Waiting,
    /// The shopper has what they came for.
    Good,
    /// Nothing can be paid here, unless it is tried again.
    Over,
}

impl Screen {
    /// Its name; while an order waits there are others, by what there is to pay with: [`ViewModel::name`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Awaiting { .. } => "awaiting",
            Self::Ended { end: End::Closed, .. } => "closed",
            Self::Ended { end: End::CreationFailed, .. } => "creation-failed",
            Self::Ended { end: End::TimedOut, .. } => "timed-out",
            Self::Entering { .. } => "entering",
            Self::Failed { reason, .. } => reason.name(),
            Self::Finished { free: true, .. } => "free",
            Self::Finished { free: false, .. } => "finished",
            Self::Loading { .. } => "loading",
            Self::Paid { .. } => "paid",
        }
    }

    /// How things stand.
    pub fn mood(&self) -> Mood {
        match self {
            Self::Awaiting { .. } | Self::Entering { .. } | Self::Loading { .. } => Mood::Waiting,
            Self::Finished { free: true, .. } | Self::Paid { .. } => Mood::Good,
            Self::Ended { .. } | Self::Failed { .. } | Self::Finished { .. } => Mood::Over,
        }
    }

    /// Whether nothing more comes, and it is not that the order is paid.
    pub fn has_ended(&self) -> bool {
        match self {
            Self::Awaiting { .. } | Self::Entering { .. } | Self::Loading { .. } | Self::Paid { .. } => false,
            Self::Failed { reason, .. } => *reason != Reason::Unreachable,
            Self::Ended { .. } | Self::Finished { .. } => true,
        }
    }

    /// The order that it shows.
    pub fn order(&self) -> Option<&Order> {
        match self {
            Self::Awaiting { order } | Self::Ended { order, .. } | Self::Finished { order, .. } | Self::Paid { order, .. } => Some(order),
            Self::Entering { .. } | Self::Failed { .. } | Self::Loading { .. } => None,
        }
    }
}

/// What there is to pay with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pay {
    /// Another amount is to be paid than the link asked for: the shopper has to agree first.
    Agree {
        /// What the link asked for.
        asked: Fen,
        /// What is to be paid.
        due: Fen,
    },
    /// It is being asked for.
    Asking,
    /// The shopper chooses how to pay.
    Choice(Choice),
    /// Time is up by the gateway's clock: nothing can be scanned or opened while the page checks.
    Checking {
        /// Whether the page has stopped asking and waits for the shopper.
        resting: bool,
    },
    /// This, and this is what can be done with it here.
    Instrument(Arc<Means>),
    /// Nothing is left to pay: whether it is paid is being asked.
    Confirming {
        /// Whether the page has stopped asking and waits for the shopper.
        resting: bool,
    },
    /// It could not be had; the gateway's words, if it gave any.
    Missing(Option<String>),
    /// The gateway answered with words alone.
    Notice {
        /// Whether the words are there to be copied.
        copyable: bool,
        /// How they are meant.
        tone: Tone,
        /// The words.
        words: String,
    },
    /// The gateway has not reported a payment, and this page is there to say so.
    Unconfirmed {
        /// What the link says of it.
        claim: Claim,
        /// With what number it can still be paid.
        id: Option<OrderId>,
        /// Whether the page has stopped asking and waits for the shopper.
        resting: bool,
    },
}

/// The ways to pay, and what has become of the choice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// The one that the gateway is being told of.
    pub chosen: Option<String>,
    /// All of them.
    pub methods: Arc<Vec<PayMethod>>,
    /// Why the last one chosen did not go through.
    pub trouble: Trouble,
}

/// How far a payment has come that the app around the page makes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handing {
    /// The app has not answered yet.
    Asked,
    /// It has.
    Answered(HostResult),
}

/// How the entry of an amount goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Whether the order is being made.
    pub creating: bool,
    /// Why it was not made.
    pub trouble: Trouble,
}

/// Why what the shopper wanted did not go through. It can be tried again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// It did, or nothing was tried.
    None,
    /// The gateway did not answer, or not so that it can be understood.
    NoAnswer,
    /// The gateway refused; its words, if it gave any.
    Refused(Option<String>),
}

impl Trouble {
    pub(super) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Fault(_) => Self::NoAnswer,
            Failure::Refused(refusal) => Self::Refused(refusal.message.clone()),
        }
    }
}

/// Why there is no order to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The gateway does not know the cashier; its words, if it gave any.
    CashierNotFound(Option<String>),
    /// The link names no order.
    LinkIncomplete,
    /// The link has a field that it must not have, or not so: this one.
    LinkInvalid(String),
    /// The gateway does not know the order; its words, if it gave any.
    NotFound(Option<String>),
    /// The gateway will not, and this is what it means; with its words, if it gave any.
    Refused(Verdict, Option<String>),
    /// The gateway could not be reached, or not understood.
    Unreachable,
}

impl Reason {
    /// Its name, as a screen.
    fn name(&self) -> &'static str {
        match self {
            Self::CashierNotFound(_) => "cashier-not-found",
            Self::LinkIncomplete => "link-incomplete",
            Self::LinkInvalid(_) => "link-invalid",
            Self::NotFound(_) => "not-found",
            Self::Refused(..) => "refused",
            Self::Unreachable => "unreachable",
        }
    }
}

/// The sound control.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sound {
    /// Whether the browser waits for a gesture.
    pub blocked: bool,
    /// Whether it is switched on.
    pub on: bool,
    /// The words of the prompt.
    pub words: Option<String>,
}
