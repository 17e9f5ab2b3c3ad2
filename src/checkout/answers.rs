//! What the gateway's answers make of a checkout.

use alloc::sync::Arc;
use core::time::Duration;

use super::{
    Checkout, Effect, LONGEST_WAY, Phase, QuestionId, Reason, Route, Shared, Source, Warning,
    awaiting::{Awaiting, Begin},
    choosing::Choosing,
    entering::Lost,
    paid::{How, Paid},
    place::Past,
    time::{Instant, Reading},
};
use crate::order::{Answer, Failure, HostResult, Info, Offer, Order, OrderRef, PayMethod, Refusal, Returning, Standing, Verdict, Visit};

impl Checkout {
    pub(super) fn answered(
        &mut self,
        now: Instant,
        question: QuestionId,
        answer: Answer,
        date: Option<Reading>,
        retry_after: Option<Duration>,
        effects: &mut Vec<Effect>,
    ) {
        let asked = match (&self.phase, &answer) {
            (Phase::Loading { attempts, .. }, Answer::Info(_)) => attempts.asking(),
            (Phase::Awaiting(awaiting), answer) => awaiting.asking(answer),
            (Phase::Choosing(choosing), answer) => choosing.asking(answer),
            (Phase::Entering(entering), answer) => entering.asking(answer),
            _ => None,
        };
        let Some(asked) = asked.filter(|asked| asked.id == question) else { return };
        // A proxy's page has a `Date` too: only an answer of the gateway tells its time.
        if let (Some(reading), true) = (date, answer.is_good()) {
            self.shared.clock.read(reading, asked.sent, now);
            // What has just come over the network shows that there is one, whatever the device says.
            self.shared.online |= reading.age.is_none();
        }
        match answer {
            Answer::Info(Ok(info)) => self.informed(now, *info, effects),
            Answer::Info(Err(failure)) => self.not_informed(now, failure, retry_after, effects),
            Answer::Status(Ok(standing)) => self.in_standing(now, standing, Source::Gateway, effects),
            Answer::Status(Err(Failure::Refused(Refusal { message, verdict: Some(Verdict::SignIn), .. }))) => {
                // Signed in again, the shopper comes back to see it paid.
                self.end(Phase::Failed(Reason::Refused(Verdict::SignIn, message)), effects);
            }
            Answer::Status(Err(failure)) => {
                let refused = matches!(failure, Failure::Refused(_));
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/status", failure }));
                self.in_awaiting(|awaiting, shared| awaiting.poll_failed(now, refused, shared, retry_after));
                if let Phase::Choosing(choosing) = &mut self.phase {
                    choosing.watch.faulted(now, &mut self.shared, retry_after);
                }
            }
            Answer::QrCode(result) => self.offered(now, result, retry_after, effects),
            Answer::Audio(result) => self.in_awaiting(|awaiting, shared| awaiting.prompted(now, result, shared, effects)),
            Answer::Methods(result) => {
                if let Phase::Choosing(choosing) = &mut self.phase {
                    choosing.listed(now, result, retry_after, &mut self.shared, effects);
                }
            }
            Answer::Chosen(result) => {
                if let Phase::Choosing(choosing) = &mut self.phase {
                    let route = choosing.chosen(now, result, effects);
                    self.forward(now, route, effects);
                }
            }
            Answer::Cashier(result) => {
                if let Phase::Entering(entering) = &mut self.phase {
                    let parsed = entering.parsed(now, result, retry_after, &mut self.shared, effects);
                    self.lose(parsed);
                }
            }
            Answer::Created(result) => {
                if let Phase::Entering(entering) = &mut self.phase {
                    let route = entering.created(result, effects);
                    self.forward(now, route, effects);
                }
            }
        }
    }

    fn forward(&mut self, now: Instant, route: Option<Route>, effects: &mut Vec<Effect>) {
        if let Some(route) = route {
            effects.push(Effect::Go(route));
            self.phase = Phase::Forwarded { until: now + LONGEST_WAY };
        }
    }

    pub(super) fn lose(&mut self, parsed: Result<(), Lost>) {
        if let Err(lost) = parsed {
            self.phase = Phase::Failed(match lost {
                Lost::Refused(words) => Reason::CashierNotFound(words),
                Lost::Unreachable => Reason::Unreachable,
            });
        }
    }

    fn informed(&mut self, now: Instant, mut info: Info, effects: &mut Vec<Effect>) {
        let Phase::Loading { order: order_ref, .. } = &self.phase else { return };
        let order_ref = order_ref.clone();
        self.shared.told.complete(&mut info);
        let Info { offer, order, standing, redirect_wait } = info;
        let id = order.id.clone().or_else(|| match &order_ref {
            OrderRef::Id(id) => Some(id.clone()),
            OrderRef::Out { .. } => None,
        });
        let chooses = match &self.shared.visit {
            Visit::Choose(_) => true,
            Visit::Pay(_) => order.method.is_none(),
            Visit::Enter(_) | Visit::Invalid(_) | Visit::Nothing | Visit::See(..) => false,
        };
        if standing.is_waiting() && self.may_be_under_way() {
            self.phase = Phase::Failed(Reason::Refused(Verdict::Unsure, None));
            return;
        }
        if standing.is_waiting() && chooses {
            let Some(id) = id else {
                effects.push(Effect::Tell(Warning::NoNumber));
                self.phase = Phase::Failed(Reason::NotFound(None));
                return;
            };
            if matches!(self.shared.visit, Visit::Choose(_)) || self.shared.terms.chooses_here {
                let expires = if let Standing::Waiting { expires, .. } = standing { expires } else { None };
                self.phase = Phase::Choosing(Choosing::new(now, id, Arc::new(order), expires, redirect_wait, &self.shared));
            } else {
                self.forward(now, Some(Route::Separate(id)), effects);
            }
            return;
        }
        let order = Arc::new(order);
        match standing {
            Standing::Ended(end) => self.phase = Phase::Ended { end, order },
            Standing::Over { .. } => self.finish(now, How::Finished, order, Source::Gateway, effects),
            Standing::Paid { redirect_wait: wait, returning } => {
                // Who was sent to the shop and comes back is not sent there again: that would be a trap.
                let stays = self.shared.place.past == Past::Left || matches!(self.shared.visit, Visit::See(..));
                self.pay(now, order, wait.or(redirect_wait), returning, stays, effects);
            }
            Standing::Waiting { expires, opens_wallet } => {
                let claim = if let Visit::See(_, claim) = &self.shared.visit { Some(claim.clone()) } else { None };
                // Who has just made the order names it from now on.
                let own = id.clone().filter(|_| offer.is_some()).map(OrderRef::Id);
                let order_ref = own.unwrap_or(order_ref);
                self.await_payment(now, Begin { claim, expires, id, offer, opens_wallet, order, order_ref, redirect_wait }, effects);
            }
        }
    }

    fn not_informed(&mut self, now: Instant, failure: Failure, retry_after: Option<Duration>, effects: &mut Vec<Effect>) {
        let Phase::Loading { attempts, .. } = &mut self.phase else { return };
        effects.push(Effect::Tell(Warning::CallFailed { call: "order/info", failure: failure.clone() }));
        let reason = if let Failure::Refused(Refusal { message, verdict: Some(verdict), .. }) = failure {
            Reason::Refused(verdict, message)
        } else if !failure.passes() {
            Reason::NotFound(failure.words().map(str::to_owned))
        } else if attempts.faulted(now, self.shared.dice.jitter(), retry_after) {
            return;
        } else {
            Reason::Unreachable
        };
        self.phase = Phase::Failed(reason);
    }

    pub(super) fn in_standing(&mut self, now: Instant, standing: Standing, source: Source, effects: &mut Vec<Effect>) {
        let (order, first_wait) = match &mut self.phase {
            Phase::Awaiting(awaiting) => (Arc::clone(&awaiting.order), awaiting.redirect_wait),
            Phase::Choosing(choosing) => {
                if let Standing::Waiting { expires: Some(expires), .. } = standing {
                    choosing.watch.expires = Some(expires);
                }
                match source {
                    Source::Gateway if matches!(standing, Standing::Over { heard: false }) => {
                        choosing.watch.faulted(now, &mut self.shared, None);
                    }
                    Source::Gateway => choosing.watch.answered(now, &self.shared),
                    Source::OtherTab => choosing.watch.poll.overheard_answer(),
                }
                (Arc::clone(&choosing.order), choosing.redirect_wait)
            }
            _ => return,
        };
        match standing {
            // Nothing is left to do for the shopper, and the gateway has not heard of it yet.
            Standing::Waiting { .. } if self.is_settled() => self.over(now, true, source, order, effects),
            Standing::Waiting { expires, opens_wallet } => self.in_awaiting(|awaiting, shared| {
                awaiting.still_waits(now, expires, opens_wallet, source, shared, effects);
            }),
            Standing::Ended(end) => self.end(Phase::Ended { end, order }, effects),
            Standing::Over { heard } => self.over(now, heard, source, order, effects),
            Standing::Paid { redirect_wait, returning } => {
                // Of several tabs the one that asked goes to the shop; the others stay and show that it is paid.
                let stays = source == Source::OtherTab || matches!(self.shared.visit, Visit::See(..));
                self.pay(now, order, redirect_wait.or(first_wait), returning, stays, effects);
                if source == Source::Gateway && self.shared.place.sound {
                    effects.push(Effect::PlayCue);
                }
            }
        }
    }

    fn pay(
        &mut self,
        now: Instant,
        order: Arc<Order>,
        wait: Option<Duration>,
        returning: Returning,
        stays: bool,
        effects: &mut Vec<Effect>,
    ) {
        let target = match returning {
            Returning::Nowhere => self.shared.return_page.clone(),
            Returning::Refused => {
                effects.push(Effect::Tell(Warning::ReturnTargetRefused));
                None
            }
            Returning::To(target) if !self.shared.return_hosts.is_empty() && !target.is_within(&self.shared.return_hosts) => {
                effects.push(Effect::Tell(Warning::ReturnTargetElsewhere));
                None
            }
            // From there the shopper would come here again.
            Returning::To(target) if target.is_status_page() && matches!(self.shared.visit, Visit::See(..)) => None,
            Returning::To(target) => Some(target),
        };
        self.end(Phase::Paid(Paid::new(now, How::Paid, order, target, wait, stays)), effects);
    }

    /// Whether a payment may be under way that an earlier visit has asked for, and must not be asked for again unasked.
    fn may_be_under_way(&self) -> bool {
        let Shared { place, terms, wants_to_pay_again, .. } = &self.shared;
        terms.asks_once && !wants_to_pay_again && matches!(place.past, Past::Left | Past::Visited)
    }

    fn is_settled(&self) -> bool {
        matches!(&self.phase, Phase::Awaiting(awaiting) if awaiting.is_settled())
    }

    /// The order waits no more, and whether it is paid is not known yet, or never will be.
    fn over(&mut self, now: Instant, heard: bool, source: Source, order: Arc<Order>, effects: &mut Vec<Effect>) {
        let goes_on = match &mut self.phase {
            Phase::Awaiting(awaiting) => awaiting.over(now, heard, source, &mut self.shared, effects),
            _ => self.shared.terms.confirms,
        };
        if !goes_on {
            self.finish(now, How::Finished, order, source, effects);
        }
    }

    /// The app around the page has answered.
    pub(super) fn host_answered(&mut self, now: Instant, result: HostResult, effects: &mut Vec<Effect>) {
        let Phase::Awaiting(awaiting) = &mut self.phase else { return };
        if !awaiting.host_answered(now, result, &self.shared, effects) {
            return;
        }
        if result == HostResult::Done && self.shared.terms.status_timeout.is_none() {
            // Nobody can be asked: the shopper sees it in the shop.
            let order = Arc::clone(&awaiting.order);
            self.finish(now, How::Finished, order, Source::Gateway, effects);
        }
    }

    /// Nothing is left to be done here: the shopper is sent to where they see the order, by one of several tabs.
    fn finish(&mut self, now: Instant, how: How, order: Arc<Order>, source: Source, effects: &mut Vec<Effect>) {
        let stays = source == Source::OtherTab || self.shared.place.past == Past::Left || matches!(self.shared.visit, Visit::See(..));
        let target = self.shared.return_page.clone();
        self.end(Phase::Paid(Paid::new(now, how, order, target, None, stays)), effects);
    }

    fn await_payment(&mut self, now: Instant, begin: Begin, effects: &mut Vec<Effect>) {
        let awaiting = Awaiting::new(now, begin, &mut self.shared, effects);
        self.phase = Phase::Awaiting(Box::new(awaiting));
    }

    /// The shopper chose a method on this page.
    pub(super) fn pay_with(&mut self, now: Instant, method: PayMethod, effects: &mut Vec<Effect>) {
        let Phase::Choosing(choosing) = &self.phase else { return };
        effects.extend(choosing.questions().map(Effect::Abandon));
        let order = Arc::new(Order { method: Some(method), ..Order::clone(&choosing.order) });
        let (id, expires, redirect_wait) = (choosing.id.clone(), choosing.watch.expires, choosing.redirect_wait);
        if self.shared.place.past == Past::Visited {
            // Who chooses again wants to be taken there again.
            self.shared.place.past = Past::Fresh;
        }
        let order_ref = OrderRef::Id(id.clone());
        let begin = Begin { claim: None, expires, id: Some(id), offer: None, opens_wallet: false, order, order_ref, redirect_wait };
        self.await_payment(now, begin, effects);
    }

    /// The shopper wants to choose again.
    pub(super) fn choose_again(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Phase::Awaiting(awaiting) = &self.phase
            && self.shared.terms.chooses_here
            && let Some(choosing) = awaiting.choice(now, &self.shared)
        {
            self.end(Phase::Choosing(choosing), effects);
        }
    }

    /// What a refusal of the payment leads to, where its meaning is known.
    pub(super) fn refused(&mut self, now: Instant, verdict: Verdict, words: Option<String>, effects: &mut Vec<Effect>) {
        let Phase::Awaiting(awaiting) = &mut self.phase else { return };
        let order = Arc::clone(&awaiting.order);
        match verdict {
            Verdict::NotPayable => {
                // Its answer would be older than this one.
                effects.extend(awaiting.polling().map(Effect::Abandon));
                awaiting.nothing_left(now, effects);
                self.in_standing(now, Standing::Over { heard: true }, Source::Gateway, effects);
            }
            Verdict::NothingToPay => self.finish(now, How::Free, order, Source::Gateway, effects),
            Verdict::Unsupported if self.shared.terms.chooses_here => {
                let choosing = awaiting.choice(now, &self.shared);
                self.shared.unsupported.extend(order.method.as_ref().map(|method| (method.code.clone(), words.clone())));
                self.end(choosing.map_or(Phase::Failed(Reason::Refused(verdict, words)), Phase::Choosing), effects);
            }
            _ => self.end(Phase::Failed(Reason::Refused(verdict, words)), effects),
        }
    }

    /// Leaves what was shown for this, and whatever is asked about it but what there is to pay with: that may be a payment.
    pub(super) fn end(&mut self, phase: Phase, effects: &mut Vec<Effect>) {
        if let Phase::Choosing(choosing) = &self.phase {
            effects.extend(choosing.questions().map(Effect::Abandon));
        }
        if let Phase::Awaiting(awaiting) = &self.phase {
            effects.extend(awaiting.polling().into_iter().chain(awaiting.prompting()).map(Effect::Abandon));
            if awaiting.has_prompt() {
                effects.push(Effect::Hush);
            }
        }
        self.phase = phase;
    }

    fn offered(&mut self, now: Instant, result: Result<Offer, Failure>, retry_after: Option<Duration>, effects: &mut Vec<Effect>) {
        let meaning = match &result {
            Err(Failure::Refused(Refusal { message, verdict: Some(verdict), .. })) => Some((*verdict, message.clone())),
            // What got lost may have been taken on.
            Err(Failure::Fault(_)) if self.shared.terms.asks_once => Some((Verdict::Unsure, None)),
            _ => None,
        };
        if let Some((verdict, words)) = meaning {
            if let Err(failure) = result {
                effects.push(Effect::Tell(Warning::CallFailed { call: "order/qrcode", failure }));
            }
            self.refused(now, verdict, words, effects);
            return;
        }
        let is_nothing = matches!(result, Ok(Offer::Nothing));
        let Phase::Awaiting(awaiting) = &mut self.phase else { return };
        if is_nothing {
            awaiting.nothing_left(now, effects);
            if !self.shared.terms.confirms {
                let order = Arc::clone(&awaiting.order);
                self.finish(now, How::Finished, order, Source::Gateway, effects);
            }
            return;
        }
        if let Some(id) = awaiting.offered(now, result, retry_after, &mut self.shared, effects) {
            effects.push(Effect::Resign);
            effects.push(Effect::Defer(id));
            self.phase = Phase::Forwarded { until: now + LONGEST_WAY };
        }
    }
}
