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
