//! The watch over an order that waits: when it is asked about, and until when it can be paid.

use core::time::Duration;

use super::{
    Effect, Shared, ask,
    poll::{Circumstances, Poll},
    time::Instant,
};
use crate::order::{Call, OrderRef, UnixSeconds};

/// Once time was up, less than this coming back is no more time, but a gateway's clock that is known better now: the code stays covered,
/// rather than flash up and be covered again.
const LEAST_RETURN: Duration = Duration::from_secs(5);

/// The questions about an order, at the pace that its time calls for.
#[derive(Debug)]
pub(super) struct Watch {
    /// Since when the page has known that time is up, on its own clock: a gateway's clock may be set.
    expired_since: Option<Instant>,
    /// As the gateway said last.
    pub(super) expires: Option<UnixSeconds>,
    pub(super) poll: Poll,
}

impl Watch {
    /// Starts when an answer has just said that the order waits.
    pub(super) fn new(now: Instant, expires: Option<UnixSeconds>, shared: &Shared) -> Self {
        let is_expired = left(expires, now, shared).is_some_and(|left| left.is_zero());
        let circumstances =
            Circumstances { expired: is_expired.then_some(Duration::ZERO), least_pause: shared.least_pause, visible: shared.visible };
        Self { expired_since: is_expired.then_some(now), expires, poll: Poll::new(now, circumstances) }
    }

    /// How long the order can still be paid, by the gateway's clock; once it was up, less than [`LEAST_RETURN`] is nothing.
    pub(super) fn left(&self, now: Instant, shared: &Shared) -> Option<Duration> {
        let left = left(self.expires, now, shared)?;
        let stays_over = self.expired_since.is_some() && left < LEAST_RETURN;
        Some(if stays_over { Duration::ZERO } else { left })
    }

    /// Whether nothing is left of that.
    pub(super) fn is_expired(&self, now: Instant, shared: &Shared) -> bool {
        self.left(now, shared).is_some_and(|left| left.is_zero())
    }

    /// When something is to be asked or given up.
    pub(super) fn deadline(&self, shared: &Shared) -> Option<Instant> {
        self.poll.deadline().filter(|_| shared.terms.status_timeout.is_some())
    }

    /// What the pace depends on.
    pub(super) fn circumstances(&self, now: Instant, shared: &Shared) -> Circumstances {
        let since = self.expired_since.unwrap_or(now);
        let expired = self.is_expired(now, shared).then(|| now.since(since));
        Circumstances { expired, least_pause: shared.least_pause, visible: shared.visible }
    }

    /// A good answer came.
    pub(super) fn answered(&mut self, now: Instant, shared: &Shared) {
        self.poll.answered(now, self.circumstances(now, shared));
    }

    /// The question failed.
    pub(super) fn faulted(&mut self, now: Instant, shared: &mut Shared, retry_after: Option<Duration>) {
        let circumstances = self.circumstances(now, shared);
        self.poll.faulted(now, shared.dice.jitter(), retry_after, circumstances);
    }

    /// The shopper or the network is back.
    pub(super) fn attend(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        effects.extend(self.poll.attend(now).map(Effect::Abandon));
    }

    /// The page left the screen.
    pub(super) fn relax(&mut self, now: Instant, shared: &Shared) {
        self.poll.relax(now, self.circumstances(now, shared));
    }

    /// Says to the other tabs that this one asks for all.
    pub(super) fn claim(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.poll.claimed(now);
        effects.push(Effect::Claim);
    }

    /// Whether time has run out since this was last asked.
    pub(super) fn has_just_expired(&mut self, now: Instant, shared: &Shared) -> bool {
        let was_expired = self.expired_since.is_some();
        self.expired_since = self.is_expired(now, shared).then_some(self.expired_since.unwrap_or(now));
        self.expired_since.is_some() && !was_expired
    }

    /// Asks what is due. `true`: a question stayed without an answer.
    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, order: &OrderRef, effects: &mut Vec<Effect>) -> bool {
        let overdue = self.poll.asking().filter(|question| question.is_overdue(now)).map(|question| question.id);
        if let Some(overdue) = overdue {
            effects.push(Effect::Abandon(overdue));
            self.faulted(now, shared, None);
        }
        if let Some(timeout) = shared.terms.status_timeout
            && self.poll.is_due(now, self.circumstances(now, shared))
        {
            if self.poll.is_following() {
                self.claim(now, effects);
            }
            self.poll.asked(ask(&mut shared.numbering, now, Call::Status(order.clone()), timeout, effects));
        }
        overdue.is_some()
    }
}

fn left(expires: Option<UnixSeconds>, now: Instant, shared: &Shared) -> Option<Duration> {
    expires.and_then(|expires| shared.clock.until(expires, now))
}
