//! What there is to hear with an order that waits.

use super::{Effect, Sound, Warning, question::Question, time::Instant};
use crate::order::{Failure, Prompt};

/// The prompt that asks to pay.
#[derive(Debug, Default)]
pub(super) enum Prompting {
    /// It is being asked for.
    Asking(Question),
    /// It is here; `blocked`: the browser waits for a gesture.
    Here { blocked: bool, prompt: Prompt },
    /// There is none.
    #[default]
    Nothing,
}

impl Prompting {
    /// The question under way.
    pub(super) fn asking(&self) -> Option<&Question> {
        match self {
            Self::Asking(question) => Some(question),
            Self::Here { .. } | Self::Nothing => None,
        }
    }

    pub(super) fn is_here(&self) -> bool {
        matches!(self, Self::Here { .. })
    }

    /// The sound control; `on`: the shopper wants to hear.
    pub(super) fn sound(&self, on: bool) -> Option<Sound> {
        match self {
            Self::Here { blocked, prompt } => Some(Sound { blocked: *blocked && on, on, words: prompt.words.clone() }),
            Self::Asking(_) | Self::Nothing => None,
        }
    }

    /// What is to be heard has come, or not. A failure stays silent: the words are not needed to pay.
    pub(super) fn answered(&mut self, result: Result<Option<Prompt>, Failure>, plays: bool, effects: &mut Vec<Effect>) {
        *self = match result {
            Ok(Some(prompt)) => Self::Here { blocked: false, prompt },
            Ok(None) => Self::Nothing,
            Err(failure) => {
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/audio", failure }));
                Self::Nothing
            }
        };
        if plays {
            self.play(effects);
        }
    }

    /// It is to be heard now.
    pub(super) fn play(&self, effects: &mut Vec<Effect>) {
        if let Self::Here { prompt, .. } = self {
            effects.push(Effect::Play(prompt.clone()));
        }
    }

    /// The browser would not play it before a gesture.
    pub(super) fn blocked(&mut self) {
        if let Self::Here { blocked, .. } = self {
            *blocked = true;
        }
    }

    /// A gesture frees a sound that the browser held back.
    pub(super) fn gestured(&mut self, effects: &mut Vec<Effect>) {
        if let Self::Here { blocked: blocked @ true, .. } = self {
            *blocked = false;
            self.play(effects);
        }
    }

    /// The switch was pressed. A press on one that says "tap to hear" wants to hear, not to switch off.
    pub(super) fn switched(&mut self, on: &mut bool, effects: &mut Vec<Effect>) {
        let Self::Here { blocked, .. } = self else { return };
        *on = !*on || *blocked;
        *blocked = false;
        effects.push(Effect::RememberSound(*on));
        if *on { self.play(effects) } else { effects.push(Effect::Hush) }
    }

    /// Gives up a question that nobody answers.
    pub(super) fn proceed(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Some(overdue) = self.asking().filter(|question| question.is_overdue(now)) {
            effects.push(Effect::Abandon(overdue.id));
            *self = Self::Nothing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_held_back_only_where_it_is_wanted() {
        for (blocked, on) in [(false, false), (false, true), (true, false), (true, true)] {
            let prompting = Prompting::Here { blocked, prompt: Prompt { url: None, words: None } };
            assert_eq!(prompting.sound(on), Some(Sound { blocked: blocked && on, on, words: None }));
        }
    }
}
