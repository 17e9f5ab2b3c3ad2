//! An order of which nothing is left to pay, and the way back to the shop.

use alloc::sync::Arc;
use core::time::Duration;

use super::time::Instant;
use crate::order::{Order, ReturnTarget};

/// An order of which nothing is left to pay. Final: only the way back is left, and it is taken by itself at most once.
#[derive(Debug)]
pub(super) struct Paid {
    /// What the gateway's word for it was.
    pub(super) how: How,
    leaving: Leaving,
    pub(super) order: Arc<Order>,
    pub(super) target: Option<ReturnTarget>,
}

/// How there came to be nothing left to pay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum How {
    /// It does not wait any more; whether it is paid is not known.
    Finished,
    /// It costs nothing.
    Free,
    /// It is paid.
    Paid,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Leaving {
    /// The jump is set for that moment.
    At(Instant),
    /// Gone, or staying: nobody is sent anywhere any more.
    Settled,
}

impl Paid {
    /// How long "paid" is shown when no answer says so.
    const DEFAULT_WAIT: Duration = Duration::from_secs(3);

    pub(super) fn new(
        now: Instant,
        how: How,
        order: Arc<Order>,
        target: Option<ReturnTarget>,
        wait: Option<Duration>,
        stays: bool,
    ) -> Self {
        let leaves = target.is_some() && !stays;
        let leaving = if leaves { Leaving::At(now + wait.unwrap_or(Self::DEFAULT_WAIT)) } else { Leaving::Settled };
        Self { how, leaving, order, target }
    }

    /// The next change of the countdown, or the jump.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        match self.leaving {
            Leaving::At(at) => Some(now + until_next_second(at.since(now))),
            Leaving::Settled => None,
        }
    }

    /// Seconds to the jump, counted up to whole ones.
    pub(super) fn leaving_in(&self, now: Instant) -> Option<u64> {
        match self.leaving {
            Leaving::At(at) => Some(whole_seconds(at.since(now))),
            Leaving::Settled => None,
        }
    }

    /// Gives the target back once, when its moment has come.
    pub(super) fn leave_if_due(&mut self, now: Instant) -> Option<ReturnTarget> {
        match self.leaving {
            Leaving::At(at) if at <= now => {
                self.leaving = Leaving::Settled;
                self.target.clone()
            }
            Leaving::At(_) | Leaving::Settled => None,
        }
    }

    /// The shopper has decided: nothing happens by itself any more.
    pub(super) fn settle(&mut self) {
        self.leaving = Leaving::Settled;
    }
}

/// Rounded up, so that a countdown reads zero only when it is over.
pub(super) fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

/// How long until [`whole_seconds`] of a shrinking span changes.
pub(super) fn until_next_second(span: Duration) -> Duration {
    match span.subsec_millis() {
        0 if span.is_zero() => Duration::ZERO,
        0 => Duration::from_secs(1),
        millis => Duration::from_millis(u64::from(millis)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_changes_at_whole_seconds_and_is_over_at_none() {
        for (span, next) in [(0, 0), (1, 1), (999, 999), (1_000, 1_000), (1_500, 500), (2_000, 1_000)] {
            assert_eq!(until_next_second(Duration::from_millis(span)), Duration::from_millis(next), "{span}");
        }
    }
}
