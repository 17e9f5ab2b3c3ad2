//! An order that waits, and for which the shopper chooses how to pay.

use alloc::sync::Arc;
use core::time::Duration;

use super::{
    Choice, Effect, Pay, Route, Shared, Trouble, Warning, ask,
    question::{Attempts, Question, QuestionId},
    time::Instant,
    watch::Watch,
};
use crate::order::{Answer, Call, Failure, Order, OrderId, OrderRef, PayMethod, UnixSeconds};

/// The choice of a method.
#[derive(Debug)]
pub(super) struct Choosing {
    pub(super) id: OrderId,
    methods: Methods,
    pub(super) order: Arc<Order>,
    pub(super) redirect_wait: Option<Duration>,
    /// A code that was on the screen before, here or in another tab, can be paid while the shopper chooses.
    pub(super) watch: Watch,
}

#[derive(Debug)]
enum Methods {
    Asking(Attempts),
    Here { chosen: Option<(Question, String)>, methods: Arc<Vec<PayMethod>>, trouble: Trouble },
    Missing(Trouble),
}

impl Choosing {
    pub(super) fn new(
        now: Instant,
        id: OrderId,
        order: Arc<Order>,
        expires: Option<UnixSeconds>,
        redirect_wait: Option<Duration>,
        shared: &Shared,
    ) -> Self {
        Self { id, methods: Methods::Asking(Attempts::new(now)), order, redirect_wait, watch: Watch::new(now, expires, shared) }
    }

    /// The question under way that an answer of this kind belongs to.
    pub(super) fn asking(&self, answer: &Answer) -> Option<&Question> {
        match (answer, &self.methods) {
            (Answer::Methods(_), Methods::Asking(attempts)) => attempts.asking(),
            (Answer::Status(_), _) => self.watch.poll.asking(),
            (Answer::Chosen(_), Methods::Here { chosen: Some((question, _)), .. }) => Some(question),
            _ => None,
        }
    }

    pub(super) fn deadline(&self, shared: &Shared) -> Option<Instant> {
        let methods = match &self.methods {
            Methods::Asking(attempts) => Some(attempts.deadline()),
            Methods::Here { chosen, .. } => chosen.as_ref().map(|(question, _)| question.overdue_at()),
            Methods::Missing(_) => None,
        };
        [methods, self.watch.deadline(shared)].into_iter().flatten().min()
    }

    pub(super) fn pay(&self) -> Pay {
        match &self.methods {
            Methods::Asking(_) => Pay::Choice(Choice { chosen: None, methods: Arc::default(), trouble: Trouble::None }),
            Methods::Here { chosen, methods, trouble } => Pay::Choice(Choice {
                chosen: chosen.as_ref().map(|(_, code)| code.clone()),
                methods: Arc::clone(methods),
                trouble: trouble.clone(),
            }),
            Methods::Missing(trouble) => Pay::Choice(Choice { chosen: None, methods: Arc::default(), trouble: trouble.clone() }),
        }
    }

    pub(super) fn proceed(&mut self, now: Instant, shared: &mut Shared, effects: &mut Vec<Effect>) {
        self.watch.has_just_expired(now, shared);
        self.watch.proceed(now, shared, &OrderRef::Id(self.id.clone()), effects);
        match &mut self.methods {
            Methods::Asking(attempts) => {
                if !attempts.proceed(now, shared, || Call::Methods(self.id.clone()), effects) {
                    self.methods = Methods::Missing(Trouble::NoAnswer);
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
    pub(super) fn listed(
        &mut self,
        now: Instant,
        result: Result<Vec<PayMethod>, Failure>,
        retry_after: Option<Duration>,
        shared: &mut Shared,
        effects: &mut Vec<Effect>,
    ) {
        let Methods::Asking(attempts) = &mut self.methods else { return };
        self.methods = match result {
            Ok(mut methods) => {
                // What was chosen before and is not supported after all is offered no more.
                methods.retain(|method| shared.unsupported.iter().all(|(code, _)| *code != method.code));
                let trouble = shared.unsupported.last().map_or(Trouble::None, |(_, words)| Trouble::Refused(words.clone()));
                match (methods.is_empty(), trouble) {
                    (true, Trouble::None) => Methods::Missing(Trouble::Refused(None)),
                    (true, trouble) => Methods::Missing(trouble),
                    (false, trouble) => Methods::Here { chosen: None, methods: Arc::new(methods), trouble },
                }
            }
            Err(failure) => {
                let again = matches!(failure, Failure::Fault(_)) && attempts.faulted(now, shared.dice.jitter(), retry_after);
                let trouble = Trouble::of(&failure);
                effects.push(Effect::Tell(Warning::CallFailed { call: "pay/types", failure }));
                if again {
                    return;
                }
                Methods::Missing(trouble)
            }
        };
    }

    /// The shopper chose one of the methods. Gives it back where it is paid on this page.
    pub(super) fn choose(&mut self, now: Instant, code: &str, shared: &mut Shared, effects: &mut Vec<Effect>) -> Option<PayMethod> {
        if let Methods::Here { chosen: chosen @ None, methods, trouble } = &mut self.methods
            && let Some(method) = methods.iter().find(|method| method.code == code)
        {
            if shared.terms.chooses_here {
                return Some(method.clone());
            }
            let call = Call::Choose { id: self.id.clone(), method: code.to_owned() };
            let question = ask(&mut shared.numbering, now, call, Attempts::TIMEOUT, effects);
            *chosen = Some((question, code.to_owned()));
            *trouble = Trouble::None;
        }
        None
    }

    /// The gateway took the choice, or not. Gives back where to go.
    pub(super) fn chosen(&mut self, now: Instant, result: Result<(), Failure>, effects: &mut Vec<Effect>) -> Option<Route> {
        let Methods::Here { chosen, trouble, .. } = &mut self.methods else { return None };
        *chosen = None;
        match result {
            Ok(()) => return Some(Route::Pay(self.id.clone())),
            Err(failure) => {
                *trouble = Trouble::of(&failure);
                let is_refused = matches!(failure, Failure::Refused(_));
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/chose-type", failure }));
                if is_refused {
                    // It may wait no more.
                    self.watch.attend(now, effects);
                }
            }
        }
        None
    }

    /// The shopper or the network is back.
    pub(super) fn attend(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Methods::Asking(attempts) = &mut self.methods {
            attempts.hurry(now);
        }
        self.watch.attend(now, effects);
    }

    /// The question that nobody needs answered any more.
    pub(super) fn questions(&self) -> impl Iterator<Item = QuestionId> {
        let chosen = if let Methods::Here { chosen: Some((question, _)), .. } = &self.methods { Some(question.id) } else { None };
        [self.watch.poll.asking().map(|question| question.id), chosen].into_iter().flatten()
    }

    pub(super) fn retry(&mut self, now: Instant) {
        if matches!(self.methods, Methods::Missing(_)) {
            self.methods = Methods::Asking(Attempts::new(now));
        }
    }
}
