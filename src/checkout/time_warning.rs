//! When the time that is left is spoken of.

/// Remembers how much time was left when it was last spoken of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TimeWarning {
    last: Option<u64>,
    spoken: Option<u64>,
}

impl TimeWarning {
    /// Seconds left at which it is spoken of.
    const AT: [u64; 3] = [180, 60, 30];
    /// A device that slept past the moment by more than this keeps silent about it.
    const LATEST: u64 = 3;

    /// Seconds left, where they are to be spoken now.
    pub(super) fn spoken(self) -> Option<u64> {
        self.spoken
    }

    /// The countdown goes on.
    pub(super) fn proceed(&mut self, remaining: Option<u64>) {
        let is_over = self.spoken.zip(remaining).is_some_and(|(spoken, now)| now + Self::LATEST < spoken);
        let reached = self
            .last
            .zip(remaining)
            .and_then(|(before, now)| Self::AT.into_iter().find(|at| before > *at && now <= *at && now + Self::LATEST > *at));
        let is_extended = self.spoken.zip(remaining).is_some_and(|(spoken, now)| now > spoken);
        if reached.is_some() || remaining.is_none() || is_extended || is_over {
            self.spoken = reached;
        }
        self.last = remaining;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is spoken after each of these.
    fn spoken(remaining: &[Option<u64>]) -> Vec<Option<u64>> {
        let mut warning = TimeWarning::default();
        let proceed = |remaining: &Option<u64>| {
            warning.proceed(*remaining);
            warning.spoken()
        };
        remaining.iter().map(proceed).collect()
    }

    #[test]
    fn a_moment_is_spoken_of_when_it_is_reached_and_for_three_seconds() {
        let some = |seconds: &[u64]| seconds.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(spoken(&some(&[182, 181, 180, 179, 177, 176])), [None, None, Some(180), Some(180), Some(180), None]);
        assert_eq!(spoken(&some(&[61, 60, 31, 30])), [None, Some(60), None, Some(30)]);
    }

    #[test]
    fn a_moment_that_the_page_begins_with_or_has_slept_through_is_not_spoken_of() {
        for (before, now, expected) in [(180, 179, None), (181, 178, Some(180)), (181, 177, None), (181, 100, None), (200, 58, Some(60))] {
            assert_eq!(spoken(&[Some(before), Some(now)]).last(), Some(&expected), "{before} {now}");
        }
    }

    #[test]
    fn nothing_is_spoken_of_once_there_is_more_time_or_no_countdown() {
        for after in [None, Some(600)] {
            assert_eq!(spoken(&[Some(181), Some(180), after]), [None, Some(180), None]);
        }
    }
}
