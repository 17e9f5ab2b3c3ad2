//! Questions that are under way, and how long to wait after one that failed.

use core::time::Duration;

use super::{Effect, Shared, ask, time::Instant};
use crate::order::Call;

/// Names one question to the gateway. A reply to any other than the current one changes nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QuestionId(u32);

/// A question under way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Question {
    pub(super) id: QuestionId,
    pub(super) sent: Instant,
    /// How long the browser waits for the answer.
    pub(super) timeout: Duration,
}

impl Question {
    /// A browser that never says what became of a question must not stop the waiting.
    const GRACE: Duration = Duration::from_secs(2);

    pub(super) fn overdue_at(&self) -> Instant {
        self.sent + self.timeout + Self::GRACE
    }

    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        now >= self.overdue_at()
    }
}

/// Numbers questions.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering(u32);

impl Numbering {
    pub(super) fn next(&mut self, now: Instant, timeout: Duration) -> Question {
        self.0 = self.0.wrapping_add(1);
        Question { id: QuestionId(self.0), sent: now, timeout }
    }
}

/// 1, 2, 4, 8, 15, 15 … seconds, ±20 %; the gateway's `Retry-After` wins, up to two minutes.
#[derive(Clone, Debug, Default)]
pub(super) struct Backoff {
    faults: u32,
    /// Which pause comes next.
    step: usize,
}

impl Backoff {
    const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);
    const STEPS: [u64; 5] = [1, 2, 4, 8, 15];

    /// Faults in a row.
    pub(super) fn faults(&self) -> u32 {
        self.faults
    }

    /// Counts a fault that somebody else waits out.
    pub(super) fn count(&mut self) {
        self.faults = self.faults.saturating_add(1);
    }

    /// Counts a fault and says how long to wait. `jitter` is between -200 and 200 thousandths.
    pub(super) fn next(&mut self, jitter: i64, retry_after: Option<Duration>) -> Duration {
        let seconds = Self::STEPS.get(self.step).copied().unwrap_or(15);
        self.step = self.step.saturating_add(1);
        self.faults = self.faults.saturating_add(1);
        if let Some(wanted) = retry_after {
            return Self::capped(wanted);
        }
        let factor = u64::try_from(1000 + jitter.clamp(-200, 200)).unwrap_or(1000);
        Duration::from_millis(seconds * factor)
    }

    /// What is granted of a wish to be left alone.
    pub(super) fn capped(retry_after: Duration) -> Duration {
        retry_after.min(Self::LONGEST_RETRY_AFTER)
    }

    /// A good answer came.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The next pause is a short one again; the faults still count.
    pub(super) fn restart(&mut self) {
        self.step = 0;
    }
}

/// One call that is tried a few times before the shopper is asked what to do.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    backoff: Backoff,
    /// Until then the gateway wants to be left alone.
    not_before: Instant,
    state: Attempt,
}

#[derive(Clone, Debug)]
enum Attempt {
    Asking(Question),
    Pausing(Instant),
}

impl Attempts {
    /// Faults in a row before it is given up.
    const MAX_FAULTS: u32 = 5;
    /// The longest that an answer may take.
    pub(super) const TIMEOUT: Duration = Duration::from_secs(15);

    /// The first attempt is due at once.
    pub(super) fn new(now: Instant) -> Self {
        Self { backoff: Backoff::default(), not_before: now, state: Attempt::Pausing(now) }
    }

    /// When something happens next, if nothing else does.
    pub(super) fn deadline(&self) -> Instant {
        match &self.state {
            Attempt::Asking(question) => question.overdue_at(),
            Attempt::Pausing(at) => *at,
        }
    }

    /// Makes the call when it is due, and counts one that stays without an answer. `false`: it is given up.
    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, call: impl FnOnce() -> Call, effects: &mut Vec<Effect>) -> bool {
        if let Some(overdue) = self.asking().filter(|question| question.is_overdue(now)) {
            effects.push(Effect::Abandon(overdue.id));
            if !self.faulted(now, shared.dice.jitter(), None) {
                return false;
            }
        }
        if matches!(self.state, Attempt::Pausing(at) if at <= now) {
            self.state = Attempt::Asking(ask(&mut shared.numbering, now, call(), Self::TIMEOUT, effects));
        }
        true
    }

    /// The question under way.
    pub(super) fn asking(&self) -> Option<&Question> {
        match &self.state {
            Attempt::Asking(question) => Some(question),
            Attempt::Pausing(_) => None,
        }
    }

    /// Counts a fault; gives back whether there will be another attempt.
    pub(super) fn faulted(&mut self, now: Instant, jitter: i64, retry_after: Option<Duration>) -> bool {
        let next = now + self.backoff.next(jitter, retry_after);
        if retry_after.is_some() {
            self.not_before = next;
        }
        self.state = Attempt::Pausing(next);
        self.backoff.faults() < Self::MAX_FAULTS
    }

    /// The shopper or the network is back: a pause ends at once, unless the gateway wants it, and faults so far count no more.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.backoff.reset();
        if let Attempt::Pausing(at) = &mut self.state {
            *at = now.max(self.not_before).min(*at);
        }
    }

    /// Whether at least one attempt has failed.
    pub(super) fn has_faulted(&self) -> bool {
        self.backoff.faults() > 0
    }
}

/// A small generator for jitter (xorshift32): it spreads retries, it guards nothing.
#[derive(Clone, Debug)]
pub(super) struct Dice(u32);

impl Dice {
    pub(super) fn new(seed: u32) -> Self {
        Self(seed.max(1))
    }

    /// A number between -200 and 200.
    pub(super) fn jitter(&mut self) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        i64::from(self.0 % 401) - 200
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_a_minute() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u64> = (0..7).map(|_| backoff.next(0, None).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 15, 15, 15]);
        backoff.reset();
        assert_eq!(backoff.next(0, None).as_secs(), 1);
    }

    #[test]
    fn a_pause_is_longer_or_shorter_by_as_much_as_the_dice_say() {
        for (jitter, pause) in [(-200, 800), (0, 1_000), (200, 1_200), (900, 1_200)] {
            assert_eq!(Backoff::default().next(jitter, None), Duration::from_millis(pause), "{jitter}");
        }
    }

    #[test]
    fn who_comes_back_is_waited_for_shortly_again_and_faults_still_count() {
        let mut backoff = Backoff::default();
        for _ in 0..3 {
            backoff.next(0, None);
        }
        backoff.restart();
        assert_eq!((backoff.next(0, None).as_secs(), backoff.faults()), (1, 4));
    }

    #[test]
    fn who_comes_back_ends_a_pause_between_two_attempts() {
        let (begun, later) = (Instant::default(), Instant::from_millis(300));
        let mut attempts = Attempts::new(begun);
        assert!(attempts.faulted(begun, 0, None));
        assert_eq!(attempts.deadline(), Instant::from_millis(1_000));
        attempts.hurry(later);
        assert_eq!((attempts.deadline(), attempts.has_faulted()), (later, false));
    }

    #[test]
    fn who_comes_back_does_not_end_a_pause_that_the_gateway_wants() {
        let (begun, later) = (Instant::default(), Instant::from_millis(300));
        let mut attempts = Attempts::new(begun);
        assert!(attempts.faulted(begun, 0, Some(Duration::from_secs(60))));
        attempts.hurry(later);
        assert_eq!(attempts.deadline(), Instant::from_millis(60_000));
    }

    /// The first numbers of xorshift32, as G. Marsaglia's paper has it (13, 17, 5), from 1 on.
    #[test]
    fn the_dice_are_those_of_the_paper() {
        let mut dice = Dice::new(1);
        for expected in [270_369_u32, 67_634_689, 2_647_435_461, 307_599_695, 2_398_689_233] {
            assert_eq!(dice.jitter(), i64::from(expected % 401) - 200);
        }
    }

    #[test]
    fn the_gateways_wish_wins_up_to_two_minutes() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.next(200, Some(Duration::from_secs(33))).as_secs(), 33);
        assert_eq!(backoff.next(200, Some(Duration::from_secs(9999))).as_secs(), 120);
    }

    #[test]
    fn jitter_stays_within_a_fifth_and_varies() {
        let mut dice = Dice::new(7);
        let rolls: Vec<i64> = (0..1000).map(|_| dice.jitter()).collect();
        assert!(rolls.iter().all(|roll| (-200..=200).contains(roll)));
        assert!(rolls.iter().any(|roll| *roll < -150) && rolls.iter().any(|roll| *roll > 150));
    }
}
