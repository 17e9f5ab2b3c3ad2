//! The two clocks of a checkout.

use core::{ops::Add, time::Duration};

use crate::order::UnixSeconds;

/// A moment on the page's clock, which never goes back, and goes on while the device sleeps. Its zero means nothing; only differences do.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

impl Instant {
    /// A moment `ms` milliseconds after the clock's zero.
    pub fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the clock's zero.
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// The moment so long before.
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// How long ago `earlier` was; zero if it is yet to come.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

/// The whole milliseconds of a span. (Those of the standard library are 128 bits long.)
pub fn millis(span: Duration) -> u64 {
    span.as_secs().saturating_mul(1000).saturating_add(span.subsec_millis().into())
}

/// What is known of the gateway's clock: how far it is ahead of the monotonic one, between two bounds, in milliseconds.
///
/// A `Date` header is cut to seconds and was written at an unknown moment between question and answer, so each answer
/// gives an interval. Intervals are intersected, and the estimate sharpens with every answer. The device's wall clock
/// takes no part: a wrong one cannot make an order expire. (One that is set while the page is open is taken for a sleep, until the next answer.)
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct GatewayClock(Option<Bounds>);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Bounds {
    low: i64,
    high: i64,
}

/// What an answer says of the gateway's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// How long the answer had been here, where the page had asked before its checkout began.
    pub age: Option<Duration>,
    /// The time when it was written, cut to seconds: the `Date` header.
    pub date: UnixSeconds,
}

impl From<UnixSeconds> for Reading {
    fn from(date: UnixSeconds) -> Self {
        Self { age: None, date }
    }
}

impl GatewayClock {
    /// Learns from an answer that was asked at `sent` and taken at `now`.
    pub fn read(&mut self, reading: Reading, sent: Instant, now: Instant) {
        match reading.age {
            None => self.learn(reading.date, sent, now),
            // The page's clock begins before anything is asked.
            Some(age) => self.learn(reading.date, Instant::default(), now.before(age)),
        }
    }

    /// Learns from an answer's `Date` (unix seconds), asked at `sent` and come at `received`.
    ///
    /// When the new interval contradicts what was known, one of the clocks was set or the device slept: the new one is taken.
    pub fn learn(&mut self, date: UnixSeconds, sent: Instant, received: Instant) {
        let date = signed(date.as_millis());
        let new = Bounds { low: date - signed(received.as_millis()), high: date + 999 - signed(sent.as_millis()) };
        let both = self.0.map_or(new, |old| Bounds { low: old.low.max(new.low), high: old.high.min(new.high) });
        self.0 = Some(if both.low <= both.high { both } else { new });
    }

    /// How long until `moment` by the gateway's clock; zero once it has passed. `None` while that clock is unknown.
    pub fn until(&self, moment: UnixSeconds, now: Instant) -> Option<Duration> {
        Some(Duration::from_millis(u64::try_from(self.ahead(moment, now)?).unwrap_or(0)))
    }

    fn ahead(&self, moment: UnixSeconds, now: Instant) -> Option<i64> {
        let offset = self.0.map(|bounds| bounds.low + (bounds.high - bounds.low) / 2)?;
        Some(signed(moment.as_millis()) - signed(now.as_millis()) - offset)
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(raw: i64) -> UnixSeconds {
        UnixSeconds::decode(raw).unwrap()
    }

    #[test]
    fn a_moment_beyond_all_clocks_is_far_in_the_future() {
        assert_eq!([signed(7), signed(u64::MAX)], [7, i64::MAX / 4]);
    }

    #[test]
    fn an_unknown_clock_tells_nothing() {
        assert_eq!(GatewayClock::default().until(seconds(1), Instant::default()), None);
    }

    #[test]
    fn a_clock_that_was_set_is_followed() {
        let mut clock = GatewayClock::default();
        clock.learn(seconds(1_000), Instant::from_millis(0), Instant::from_millis(100));
        clock.learn(seconds(9_000), Instant::from_millis(1_000), Instant::from_millis(1_100));
        let left = clock.until(seconds(9_010), Instant::from_millis(1_100)).unwrap();
        assert!(left.abs_diff(Duration::from_millis(9_450)) <= Duration::from_millis(100), "{left:?}");
    }

    #[test]
    fn an_answer_that_came_before_is_as_old_as_it_says() {
        let (mut clock, now) = (GatewayClock::default(), Instant::from_millis(5_000));
        clock.read(Reading { age: Some(Duration::from_secs(3)), date: seconds(1_000) }, now, now);
        // It was written in the page's first two seconds.
        let left = clock.until(seconds(1_010), now).unwrap();
        assert!(left.abs_diff(Duration::from_millis(5_500)) <= Duration::from_millis(1), "{left:?}");
        assert_eq!(Instant::from_millis(3).before(Duration::from_millis(4)), Instant::default());
        assert_eq!(now.before(Duration::from_secs(3)), Instant::from_millis(2_000));
    }

    proptest! {
        /// Whatever the delays, the countdown is off by at most half a second plus half the shortest round trip.
        #[test]
        fn answers_sharpen_the_clock(
            offset in 0u64..2_000_000_000_000,
            exchanges in prop::collection::vec((0u64..5_000, 0u64..800, 0u64..800), 1..20),
        ) {
            let mut clock = GatewayClock::default();
            let (mut now, mut shortest) = (0, u64::MAX);
            for (pause, there, back) in exchanges {
                let sent = now + pause;
                now = sent + there + back;
                shortest = shortest.min(there + back);
                let date = (sent + there + offset) / 1000;
                clock.learn(seconds(i64::try_from(date).unwrap().max(1)), Instant::from_millis(sent), Instant::from_millis(now));
            }
            prop_assume!(offset > 2_000);
            let moment = seconds(i64::try_from((now + offset) / 1000 + 60).unwrap());
            let truth = moment.as_millis() - now - offset;
            let told = u64::try_from(clock.until(moment, Instant::from_millis(now)).unwrap().as_millis()).unwrap();
            prop_assert!(told.abs_diff(truth) <= 501 + shortest / 2, "{told} is not {truth}");
        }
    }
}
