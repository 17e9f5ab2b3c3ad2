//! When the gateway is asked where the order stands.

use core::time::Duration;

use super::{
    question::{Backoff, Question, QuestionId},
    time::Instant,
};

/// How often it is asked where an order stands: for so many seconds, so often. In one place.
struct Schedule {
    /// While a shopper who has come back is watched closely.
    attentive: u64,
    /// After time is up; then no more, unless the shopper wants it.
    expired: [(u64, u64); 2],
    /// While the page is out of sight.
    hidden: u64,
    /// While the order waits; the last pause is kept.
    waiting: [(u64, u64); 3],
}

const SCHEDULE: Schedule =
    Schedule { attentive: 2, expired: [(5 * 60, 10), (30 * 60, 30)], hidden: 30, waiting: [(90, 2), (5 * 60, 5), (u64::MAX, 10)] };

/// What the pace of asking depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances {
    /// For how long the page has known that time is up, if it is.
    pub(super) expired: Option<Duration>,
    /// The shop wants no shorter pause.
    pub(super) least_pause: Duration,
    /// Whether the page is on the screen.
    pub(super) visible: bool,
}

/// The schedule of status questions: at most one is under way, and the next is set when an answer has come.
#[derive(Clone, Debug)]
pub(super) struct Poll {
    /// A shopper who came back is watched closely until then.
    attentive_until: Instant,
    /// When the waiting began.
    began: Instant,
    /// Faults in a row.
    backoff: Backoff,
    /// When this tab last said that it asks for all.
    claimed: Option<Instant>,
    last_asked: Instant,
    /// The gateway wants to be left alone until then.
    not_before: Instant,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// A question is under way.
    Asking(Question),
    /// Another tab asks; when nothing is heard of it until that moment, this one does.
    Following(Instant),
    /// Nothing is asked any more unless the shopper wants it.
    Resting,
    /// The next question is due at that moment.
    Waiting(Instant),
}

impl Poll {
    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// How long to wait before the next question. `None`: do not ask any more.
    fn pace(&self, now: Instant, circumstances: Circumstances) -> Option<Duration> {
        let Circumstances { expired, least_pause, visible } = circumstances;
        let attentive = now < self.attentive_until;
        let lasting =
            |phases: &[(u64, u64)], span: Duration| phases.iter().find(|(lasts, _)| span < Self::secs(*lasts)).map(|(_, pause)| *pause);
        let seconds = match expired {
            // Who comes back after all is watched as at the beginning.
            Some(_) if attentive => lasting(&SCHEDULE.expired, Duration::ZERO),
            Some(expired) => lasting(&SCHEDULE.expired, expired),
            None if attentive => Some(SCHEDULE.attentive),
            None => lasting(&SCHEDULE.waiting, now.since(self.began)),
        };
        let seconds = seconds.map(|seconds| if visible { seconds } else { SCHEDULE.hidden });
        seconds.map(|seconds| Self::secs(seconds).max(least_pause))
    }

    /// Starts when an answer has just said that the order waits.
    pub(super) fn new(now: Instant, circumstances: Circumstances) -> Self {
        let mut poll = Self {
            attentive_until: now,
            began: now,
            backoff: Backoff::default(),
            claimed: None,
            last_asked: now,
            not_before: now,
            state: State::Resting,
        };
        poll.schedule(now, circumstances);
        poll
    }

    fn schedule(&mut self, now: Instant, circumstances: Circumstances) {
        self.state = self.pace(now, circumstances).map_or(State::Resting, |pace| State::Waiting(now + pace));
    }

    /// Whether a question is due now. The caller then asks it with [`Poll::asked`].
    pub(super) fn is_due(&mut self, now: Instant, circumstances: Circumstances) -> bool {
        match self.state {
            // Nobody is heard any more, and there is nothing left to hope for.
            State::Following(at) if at <= now && self.pace(now, circumstances).is_none() => {
                self.state = State::Resting;
                false
            }
            State::Following(at) | State::Waiting(at) => at <= now,
            State::Asking(_) | State::Resting => false,
        }
    }

    /// When something happens next, if nothing else does.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Asking(question) => Some(question.overdue_at()),
            State::Resting => None,
            State::Following(at) | State::Waiting(at) => Some(*at),
        }
    }

    /// Whether another tab asks.
    pub(super) fn is_following(&self) -> bool {
        matches!(self.state, State::Following(_))
    }

    /// This tab has said that it asks for all.
    pub(super) fn claimed(&mut self, now: Instant) {
        self.claimed = Some(now);
    }

    /// Whether that is so short a time ago that another tab cannot have heard it before it claimed itself.
    pub(super) fn has_just_claimed(&self, now: Instant) -> bool {
        !self.is_following() && self.claimed.is_some_and(|at| now.since(at) < Self::secs(2))
    }

    /// Another tab asks from now on: it is left to it as long as it is heard. Gives back a question to abandon.
    pub(super) fn follow(&mut self, now: Instant, circumstances: Circumstances, jitter: i64) -> Option<QuestionId> {
        let abandoned = self.asking().map(|question| question.id);
        self.state = match self.pace(now, circumstances) {
            None => State::Resting,
            Some(pace) => {
                // Longer than the other's pace and its longest answer; and no two tabs lose patience at once.
                let patience = pace + Self::secs(20) + Duration::from_millis(jitter.unsigned_abs() * 20);
                State::Following(now.max(self.not_before) + patience)
            }
        };
        abandoned
    }

    /// The tab that asked is gone or out of sight: one that is looked at asks soon, the others when it stays silent.
    pub(super) fn orphaned(&mut self, now: Instant, visible: bool, jitter: i64) {
        if self.is_following() {
            let pause = u64::try_from(jitter + 200).unwrap_or(0) + if visible { 0 } else { 32_000 };
            self.state = State::Following(self.not_before.max(now + Duration::from_millis(pause)));
        }
    }

    /// Another tab got a good answer. What this one has under way or set for later stays so.
    pub(super) fn overheard_answer(&mut self) {
        self.backoff.reset();
    }

    /// The tab that asks met a fault.
    pub(super) fn overheard_fault(&mut self, now: Instant, retry_after: Option<Duration>) {
        self.backoff.count();
        if let (Some(wanted), State::Following(at)) = (retry_after, &mut self.state) {
            self.not_before = now + Backoff::capped(wanted);
            *at = (*at).max(self.not_before + Self::secs(20));
        }
    }

    /// Whether asking has ended, for want of hope.
    pub(super) fn is_resting(&self) -> bool {
        matches!(self.state, State::Resting)
    }

    /// The question under way.
    pub(super) fn asking(&self) -> Option<&Question> {
        match &self.state {
            State::Asking(question) => Some(question),
            State::Following(_) | State::Resting | State::Waiting(_) => None,
        }
    }

    /// Faults in a row.
    pub(super) fn faults(&self) -> u32 {
        self.backoff.faults()
    }

    /// A question went out.
    pub(super) fn asked(&mut self, question: Question) {
        self.last_asked = question.sent;
        self.state = State::Asking(question);
    }

    /// A good answer came: back to the schedule.
    pub(super) fn answered(&mut self, now: Instant, circumstances: Circumstances) {
        self.backoff.reset();
        self.schedule(now, circumstances);
    }

    /// The question under way failed: wait as long as the back-off says, or the gateway.
    pub(super) fn faulted(&mut self, now: Instant, jitter: i64, retry_after: Option<Duration>, circumstances: Circumstances) {
        let pause = self.backoff.next(jitter, retry_after);
        if retry_after.is_some() {
            self.not_before = now + pause;
        }
        self.state = match self.pace(now, circumstances) {
            Some(_) if circumstances.visible => State::Waiting(now + pause),
            Some(pace) => State::Waiting(now + pause.max(pace)),
            None => State::Resting,
        };
    }

    /// The shopper came back, or asked to look: ask at once and stay attentive for half a minute.
    ///
    /// Browsers report one return in several events, so a question of the last second is not asked again. One that has
    /// been under way for longer may hang on a connection that died meanwhile: it is given back, to be abandoned.
    pub(super) fn attend(&mut self, now: Instant) -> Option<QuestionId> {
        self.attentive_until = now + Self::secs(30);
        let soonest = now.max(self.not_before);
        self.backoff.restart();
        match &self.state {
            State::Asking(question) if now.since(question.sent) < Self::secs(2) => None,
            State::Asking(question) => {
                let stale = question.id;
                self.state = State::Waiting(soonest);
                Some(stale)
            }
            State::Following(_) | State::Resting => {
                self.state = State::Waiting(soonest);
                None
            }
            State::Waiting(at) => {
                self.state = State::Waiting((*at).min(soonest.max(self.last_asked + Self::secs(1))));
                None
            }
        }
    }

    /// The circumstances changed for the slower; what is due later than the pace allows is left alone.
    pub(super) fn relax(&mut self, now: Instant, circumstances: Circumstances) {
        if let (State::Waiting(at), Some(pace)) = (&self.state, self.pace(now, circumstances)) {
            self.state = State::Waiting((*at).max(now + pace));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::question::Numbering;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn circumstances(expired: Option<u64>, visible: bool) -> Circumstances {
        Circumstances { expired: expired.map(Poll::secs), least_pause: Duration::ZERO, visible }
    }

    const VISIBLE: Circumstances = Circumstances { expired: None, least_pause: Duration::ZERO, visible: true };
    const HIDDEN: Circumstances = Circumstances { visible: false, ..VISIBLE };

    fn new() -> Poll {
        Poll::new(Instant::default(), VISIBLE)
    }

    #[test]
    fn each_pace_lasts_until_its_moment_and_not_longer() {
        let pace = |ms: u64, expired: Option<u64>| new().pace(at(ms), circumstances(expired, true)).map(|pace| pace.as_secs());
        for (ms, seconds) in [(0, 2), (89_999, 2), (90_000, 5), (299_999, 5), (300_000, 10), (10_000_000, 10)] {
            assert_eq!(pace(ms, None), Some(seconds), "{ms}");
        }
        for (expired, seconds) in [(0, Some(10)), (299, Some(10)), (300, Some(30)), (1799, Some(30)), (1800, None)] {
            assert_eq!(pace(0, Some(expired)), seconds, "{expired}");
        }
    }

    #[test]
    fn who_has_come_back_is_watched_closely_for_half_a_minute() {
        let mut poll = new();
        poll.attend(at(600_000));
        let pace = |ms: u64, expired: Option<u64>| poll.pace(at(ms), circumstances(expired, true)).map(|pace| pace.as_secs());
        assert_eq!([pace(629_999, None), pace(630_000, None)], [Some(2), Some(10)]);
        // Time was up long ago: it is asked again all the same.
        assert_eq!([pace(629_999, Some(1800)), pace(630_000, Some(1800))], [Some(10), None]);
    }

    #[test]
    fn another_tab_is_heard_of_for_twenty_seconds_longer_than_its_pace() {
        for (jitter, patience) in [(0, 22_000), (100, 24_000), (-200, 26_000)] {
            let mut poll = new();
            assert_eq!(poll.follow(at(1_000), VISIBLE, jitter), None);
            assert_eq!(poll.deadline(), Some(at(1_000 + patience)), "{jitter}");
        }
    }

    #[test]
    fn when_the_other_tab_is_gone_one_that_is_looked_at_asks_soon() {
        for (visible, jitter, pause) in [(true, -200, 0), (true, 0, 200), (true, 200, 400), (false, 0, 32_200), (false, 200, 32_400)] {
            let mut poll = new();
            poll.follow(at(1_000), VISIBLE, 0);
            poll.orphaned(at(5_000), visible, jitter);
            assert_eq!(poll.deadline(), Some(at(5_000 + pause)), "{visible} {jitter}");
        }
    }

    #[test]
    fn two_claims_cross_within_two_seconds() {
        let mut poll = new();
        poll.claimed(at(1_000));
        assert_eq!([poll.has_just_claimed(at(2_999)), poll.has_just_claimed(at(3_000))], [true, false]);
    }

    #[test]
    fn a_fault_is_not_asked_after_sooner_than_a_hidden_page_asks_at_all() {
        for (circumstances, pause) in [(VISIBLE, 1_000), (HIDDEN, 30_000)] {
            let mut poll = new();
            poll.faulted(at(1_000), 0, None, circumstances);
            assert_eq!(poll.deadline(), Some(at(1_000 + pause)), "{circumstances:?}");
        }
    }

    #[test]
    fn a_question_of_the_last_two_seconds_is_no_stale_one() {
        for (after, is_stale) in [(1_999, false), (2_000, true)] {
            let mut poll = new();
            let question = Numbering::default().next(at(1_000), Poll::secs(8));
            let id = question.id;
            poll.asked(question);
            assert_eq!(poll.attend(at(1_000 + after)), is_stale.then_some(id), "{after}");
        }
    }
}
