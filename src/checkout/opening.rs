//! Whether a wallet that was opened came.

use core::time::Duration;

use super::time::Instant;

/// A wallet that opens takes the page from the screen. One that is still on it after a while did not open.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Opening {
    /// It did not come: help is wanted.
    Failed,
    /// Nothing is being opened, or it came.
    #[default]
    Idle,
    /// Asked for at that moment.
    Since(Instant),
}

impl Opening {
    /// How long a wallet takes to come.
    const PATIENCE: Duration = Duration::from_millis(2_500);
    /// A page that hears of that moment this late did not run meanwhile: something was before it.
    const LATEST: Duration = Duration::from_millis(5_000);

    pub(super) fn asked(&mut self, now: Instant) {
        *self = Self::Since(now);
    }

    /// The page left the screen: something opened.
    pub(super) fn left(&mut self) {
        *self = Self::Idle;
    }

    pub(super) fn has_failed(self) -> bool {
        self == Self::Failed
    }

    pub(super) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Since(asked) => Some(asked + Self::PATIENCE),
            Self::Failed | Self::Idle => None,
        }
    }

    pub(super) fn proceed(&mut self, now: Instant, visible: bool) {
        let Self::Since(asked) = *self else { return };
        let waited = now.since(asked);
        if waited >= Self::PATIENCE {
            *self = if visible && waited <= Self::LATEST { Self::Failed } else { Self::Idle };
        }
    }
}
