//! What the page shows, as values.

use alloc::sync::Arc;

use super::action::Means;
use crate::order::{End, Order, ReturnTarget, Tone, UnixSeconds};

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
    /// Seconds until the jump to the shop, while one is pending.
    pub leaving_in: Option<u64>,
    /// Seconds until the order expires, while it waits and the gateway's clock is known.
    pub remaining: Option<u64>,
    /// Which screen.
    pub screen: Screen,
    /// The sound control, where there is something to hear.
    pub sound: Option<Sound>,
    /// Seconds left, from the moment at which they are to be spoken.
    pub time_warning: Option<u64>,
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
    /// The order is being asked for.
    Loading {
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

/// What there is to pay with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Pay {
    /// It is being asked for.
    Asking,
    /// Time is up by the gateway's clock: nothing can be scanned or opened while the page checks.
    Checking {
        /// Whether the page has stopped asking and waits for the shopper.
        resting: bool,
    },
    /// This, and this is what can be done with it here.
    Instrument(Arc<Means>),
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
}

/// Why there is no order to show.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The link names no order.
    LinkIncomplete,
    /// The gateway does not know the order; its words, if it gave any.
    NotFound(Option<String>),
    /// The gateway could not be reached, or not understood.
    Unreachable,
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
