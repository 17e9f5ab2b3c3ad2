//! A cashier: the shopper enters the amount, and the gateway makes an order of it.

use core::time::Duration;

use super::{
    Effect, Entry, Route, Shared, Trouble, Warning, ask,
    question::{Attempts, Question},
    time::Instant,
};
use crate::order::{Answer, Call, Cashier, CashierKey, Failure, Fen, OrderId};

/// The entry of an amount.
#[derive(Debug)]
pub(super) struct Entering {
    key: CashierKey,
    state: State,
}

#[derive(Debug)]
enum State {
    Asking(Attempts),
    Here { cashier: Cashier, creating: Option<Question>, trouble: Trouble },
}

/// Why there is no entry.
pub(super) enum Lost {
    Refused(Option<String>),
    Unreachable,
}

impl Entering {
    pub(super) fn new(now: Instant, key: CashierKey) -> Self {
        Self { key, state: State::Asking(Attempts::new(now)) }
    }

    /// The question under way that an answer of this kind belongs to.
    pub(super) fn asking(&self, answer: &Answer) -> Option<&Question> {
        match (answer, &self.state) {
            (Answer::Cashier(_), State::Asking(attempts)) => attempts.asking(),
            (Answer::Created(_), State::Here { creating, .. }) => creating.as_ref(),
            _ => None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Asking(attempts) => Some(attempts.deadline()),
            State::Here { creating, .. } => creating.as_ref().map(Question::overdue_at),
        }
    }

    /// Whether the cashier is being asked for, and whether an attempt has failed.
    pub(super) fn loading(&self) -> Option<bool> {
        match &self.state {
            State::Asking(attempts) => Some(attempts.has_faulted()),
            State::Here { .. } => None,
        }
    }

    pub(super) fn cashier(&self) -> Option<&Cashier> {
        match &self.state {
            State::Asking(_) => None,
            State::Here { cashier, .. } => Some(cashier),
        }
    }

    pub(super) fn entry(&self) -> Option<Entry> {
        match &self.state {
            State::Asking(_) => None,
            State::Here { creating, trouble, .. } => Some(Entry { creating: creating.is_some(), trouble: trouble.clone() }),
        }
    }

    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) -> Result<(), Lost> {
        match &mut self.state {
            State::Asking(attempts) => {
                if !attempts.proceed(now, shared, || Call::Cashier(self.key.clone()), effects) {
                    return Err(Lost::Unreachable);
                }
            }
            State::Here { creating, trouble, .. } => {
                if let Some(overdue) = creating.take_if(|question| question.is_overdue(now)) {
                    effects.push(Effect::Abandon(overdue.id));
                    *trouble = Trouble::NoAnswer;
                }
            }
        }
        Ok(())
    }

    /// What the key stands for has come, or not.
    pub(super) fn parsed(
        &mut self,
        now: Instant,
        result: Result<Cashier, Failure>,
        retry_after: Option<Duration>,
        shared: &mut Shared,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Lost> {
        let State::Asking(attempts) = &mut self.state else { return Ok(()) };
        match result {
            Ok(cashier) => self.state = State::Here { cashier, creating: None, trouble: Trouble::None },
            Err(failure) => {
                let words = failure.words().map(str::to_owned);
                let passes = failure.passes();
                effects.push(Effect::Tell(Warning::CallFailed { call: "cashier/parse", failure }));
                if !passes {
                    return Err(Lost::Refused(words));
                }
                if !attempts.faulted(now, shared.dice.jitter(), retry_after) {
                    return Err(Lost::Unreachable);
                }
            }
        }
        Ok(())
    }

    /// The shopper entered an amount. Nothing is paid with it yet: it becomes an order.
    pub(super) fn enter(&mut self, now: Instant, amount: Fen, shared: &mut Shared, effects: &mut Vec<Effect>) {
        if let State::Here { cashier, creating: creating @ None, trouble } = &mut self.state
            && cashier.takes(amount)
        {
            let call = Call::Create { amount, key: self.key.clone() };
            *creating = Some(ask(&mut shared.numbering, now, call, Attempts::TIMEOUT, effects));
            *trouble = Trouble::None;
        }
    }

    /// The order was made, or not. Gives back where to go.
    pub(super) fn created(&mut self, result: Result<OrderId, Failure>, effects: &mut Vec<Effect>) -> Option<Route> {
        let State::Here { creating, trouble, .. } = &mut self.state else { return None };
        *creating = None;
        match result {
            Ok(id) => return Some(Route::Pay(id)),
            Err(failure) => {
                *trouble = Trouble::of(&failure);
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/create-cashier", failure }));
            }
        }
        None
    }

    /// The shopper or the network is back.
    pub(super) fn attend(&mut self, now: Instant) {
        if let State::Asking(attempts) = &mut self.state {
            attempts.hurry(now);
        }
    }
}
