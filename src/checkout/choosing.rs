//! An order that waits, and for which the shopper chooses how to pay.

use alloc::sync::Arc;

use super::{
    Choice, Effect, Pay, Route, Shared, Trouble, Warning, ask,
    question::{Attempts, Question},
    time::Instant,
};
use crate::order::{Answer, Call, Failure, Order, OrderId, PayMethod};

/// The choice of a method.
#[derive(Debug)]
pub(super) struct Choosing {
    id: OrderId,
    methods: Methods,
    pub(super) order: Arc<Order>,
}

#[derive(Debug)]
enum Methods {
    Asking(Attempts),
    Here { chosen: Option<(Question, String)>, methods: Arc<Vec<PayMethod>>, trouble: Trouble },
    Missing(Option<String>),
}

impl Choosing {
    pub(super) fn new(now: Instant, id: OrderId, order: Arc<Order>) -> Self {
        Self { id, methods: Methods::Asking(Attempts::new(now)), order }
    }

    /// The question under way that an answer of this kind belongs to.
    pub(super) fn asking(&self, answer: &Answer) -> Option<&Question> {
        match (answer, &self.methods) {
            (Answer::Methods(_), Methods::Asking(attempts)) => attempts.asking(),
            (Answer::Chosen(_), Methods::Here { chosen: Some((question, _)), .. }) => Some(question),
            _ => None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.methods {
            Methods::Asking(attempts) => Some(attempts.deadline()),
            Methods::Here { chosen, .. } => chosen.as_ref().map(|(question, _)| question.overdue_at()),
            Methods::Missing(_) => None,
        }
    }

    pub(super) fn pay(&self) -> Pay {
        match &self.methods {
            Methods::Asking(_) => Pay::Asking,
            Methods::Here { chosen, methods, trouble } => Pay::Choice(Choice {
                chosen: chosen.as_ref().map(|(_, code)| code.clone()),
                methods: Arc::clone(methods),
                trouble: trouble.clone(),
            }),
            Methods::Missing(words) => Pay::Missing(words.clone()),
        }
    }

    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) {
        match &mut self.methods {
            Methods::Asking(attempts) => {
                if !attempts.proceed(now, shared, || Call::Methods(self.id.clone()), effects) {
                    self.methods = Methods::Missing(None);
                }
            }
            Methods::Here { chosen, trouble, .. } => {
                if let Some((overdue, _)) = chosen.take_if(|(question, _)| question.is_overdue(now)) {
                    effects.push(Effect::Abandon(overdue.id));
                    *trouble = Trouble::NoAnswer;
                }
            }
            Methods::Missing(_) => {}
        }
    }

    /// The list has come, or not.
    pub(super) fn listed(&mut self, now: Instant, result: Result<Vec<PayMethod>, Failure>, shared: &mut Shared, effects: &mut Vec<Effect>) {
        let Methods::Asking(attempts) = &mut self.methods else { return };
        self.methods = match result {
            Ok(methods) if methods.is_empty() => Methods::Missing(None),
            Ok(methods) => Methods::Here { chosen: None, methods: Arc::new(methods), trouble: Trouble::None },
            Err(failure) => {
                let again = matches!(failure, Failure::Fault(_)) && attempts.faulted(now, shared.dice.jitter(), None);
                let words = failure.words().map(str::to_owned);
                effects.push(Effect::Tell(Warning::CallFailed { call: "pay/types", failure }));
                if again {
                    return;
                }
                Methods::Missing(words)
            }
        };
    }

    /// The shopper chose one of the methods.
    pub(super) fn choose(&mut self, now: Instant, code: &str, shared: &mut Shared, effects: &mut Vec<Effect>) {
        if let Methods::Here { chosen: chosen @ None, methods, trouble } = &mut self.methods
            && methods.iter().any(|method| method.code == code)
        {
            let call = Call::Choose { id: self.id.clone(), method: code.to_owned() };
            let question = ask(&mut shared.numbering, now, call, Attempts::TIMEOUT, effects);
            *chosen = Some((question, code.to_owned()));
            *trouble = Trouble::None;
        }
    }

    /// The gateway took the choice, or not. Gives back where to go.
    pub(super) fn chosen(&mut self, result: Result<(), Failure>, effects: &mut Vec<Effect>) -> Option<Route> {
        let Methods::Here { chosen, trouble, .. } = &mut self.methods else { return None };
        *chosen = None;
        match result {
            Ok(()) => return Some(Route::Pay(self.id.clone())),
            Err(failure) => {
                *trouble = Trouble::of(&failure);
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/chose-type", failure }));
            }
        }
        None
    }

    /// The shopper or the network is back, or wants it tried again.
    pub(super) fn attend(&mut self, now: Instant) {
        match &mut self.methods {
            Methods::Asking(attempts) => attempts.hurry(now),
            Methods::Here { .. } | Methods::Missing(_) => {}
        }
    }

    pub(super) fn retry(&mut self, now: Instant) {
        if matches!(self.methods, Methods::Missing(_)) {
            self.methods = Methods::Asking(Attempts::new(now));
        }
    }
}
