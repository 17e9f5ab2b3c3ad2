//! A payment that the app around the page makes: whether it was asked, and what it said.

use core::time::Duration;

use super::{Handing, time::Instant};
use crate::order::HostResult;

/// For how long an app that was asked to pay may say nothing.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// So soon it is not asked again.
const SHORTEST_PAUSE: Duration = Duration::from_secs(3);

/// What the app was asked and said last, and when.
#[derive(Debug, Default)]
pub(super) struct HandOver(Option<(Handing, Instant)>);

impl HandOver {
    /// The app is asked, if it was not just before. One that says nothing can be asked again after a while: the payment is
    /// the same.
    pub(super) fn begin(&mut self, now: Instant) -> bool {
        let is_busy = matches!(self.0, Some((Handing::Asked, since)) if now.since(since) < SHORTEST_PAUSE);
        if !is_busy {
            self.0 = Some((Handing::Asked, now));
        }
        !is_busy
    }

    /// The app has answered, which it may do late. `false`: it was not asked.
    pub(super) fn answered(&mut self, now: Instant, result: HostResult) -> bool {
        let was_asked = self.0.is_some();
        if was_asked {
            self.0 = Some((Handing::Answered(result), now));
        }
        was_asked
    }

    /// The shopper is back from somewhere. An app that has said nothing until then may never do.
    pub(super) fn came_back(&mut self) {
        if let Some((handing @ Handing::Asked, _)) = &mut self.0 {
            *handing = Handing::Answered(HostResult::Unsure);
        }
    }

    /// An app that says nothing for long is not waited for.
    pub(super) fn proceed(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.came_back();
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.0 {
            Some((Handing::Asked, since)) => Some(since + LONGEST_SILENCE),
            _ => None,
        }
    }

    /// Whether the app may be paying, or has paid.
    pub(super) fn is_pending(&self) -> bool {
        matches!(self.0, Some((Handing::Asked | Handing::Answered(HostResult::Done | HostResult::Unsure), _)))
    }

    /// What to show of it.
    pub(super) fn handing(&self) -> Option<Handing> {
        self.0.map(|(handing, _)| handing)
    }
}
