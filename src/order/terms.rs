//! How a gateway goes about a payment, where gateways differ.

use core::time::Duration;

use super::Fen;

/// What the checkout has to know of a gateway. The default is a gateway that tells of its orders and has a page of its own
/// for choosing a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// What the link asks to be paid: any other amount has to be agreed to first.
    pub asked: Option<Fen>,
    /// Whether a payment that was asked for must not be asked for again by itself: an answer that got lost may have been one.
    pub asks_once: bool,
    /// Whether the shopper chooses a method on this page, rather than on one of its own.
    pub chooses_here: bool,
    /// Whether the gateway, or another source, tells "paid" from "not waiting any more".
    pub confirms: bool,
    /// How long an answer to "where does it stand?" may take; `None` where nobody can be asked.
    pub status_timeout: Option<Duration>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { asked: None, asks_once: false, chooses_here: false, confirms: true, status_timeout: Some(Duration::from_secs(8)) }
    }
}
