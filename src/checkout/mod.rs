//! The checkout: a state machine that decides everything and touches nothing.
//!
//! The one loop there is:
//!
//! ```text
//! let (mut checkout, effects) = Checkout::start(now, setup);
//! do all effects; show checkout.view(now);
//! for each event, and at checkout.next_deadline(now):
//!     do all of checkout.update(now, event); show checkout.view(now);
//! ```
//!
//! Eight rules hold at all times; each is a property in `tests/machine/rules.rs`:
//!
//! 1. Nothing is asked before the info answer; nothing after a terminal phase but the redirect.
//! 2. At most one status question is under way; a reply to an older question changes nothing.
//! 3. A fault, a bad status line, an answer that does not decode or an unknown status never ends the wait and never means paid.
//! 4. Paid is final, reached once, redirects at most once, and only to an http(s) target.
//! 5. Time is the gateway's: the device's wall clock decides nothing.
//! 6. At zero the code is covered, and the wait goes on slowly: a late payment is a success.
//! 7. A wallet is opened without a tap at most once, on a phone, when the gateway asks for it.
//! 8. A late or surprising event changes nothing.

mod action;
mod awaiting;
mod event;
mod opening;
mod paid;
mod place;
mod poll;
mod question;
mod time;
mod time_warning;
mod view_model;

use alloc::sync::Arc;
use core::time::Duration;

use awaiting::Awaiting;
use paid::Paid;
use question::{Attempts, Dice, Numbering};

pub use action::{Action, Means, Saving, actions};
pub use event::{Effect, Event, Warning};
pub use place::{Device, Host, Past, Place};
pub use question::QuestionId;
pub use time::{GatewayClock, Instant};
pub use view_model::{Connection, Pay, Reason, Screen, Sound, ViewModel};

use crate::order::{Answer, Call, End, Failure, Info, Order, OrderRef, Returning, Standing, UnixSeconds};

/// What a checkout starts from.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The order that the link names.
    pub order: Option<OrderRef>,
    /// Whether the device has a network.
    pub online: bool,
    /// Where the page is open.
    pub place: Place,
    /// Any number: it spreads retries, and it is the tab's rank among those of its order.
    pub seed: u32,
    /// The gateway's clock when its server wrote this page, after the page's own clock began.
    pub server_time: Option<UnixSeconds>,
    /// Whether the page is on the screen.
    pub visible: bool,
}

/// One order on its way to being paid.
#[derive(Debug)]
pub struct Checkout {
    phase: Phase,
    shared: Shared,
}

/// What all phases need.
#[derive(Debug)]
struct Shared {
    clock: GatewayClock,
    dice: Dice,
    numbering: Numbering,
    online: bool,
    place: Place,
    /// Of two tabs that want to ask at the same time, the one of the higher rank does.
    rank: u32,
    visible: bool,
}

/// Who was told where the order stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    /// This tab, by the gateway.
    Gateway,
    /// Another tab, which passed it on.
    OtherTab,
}

/// Where the checkout stands. Each phase holds only what is valid in it.
#[derive(Debug)]
enum Phase {
    /// The order waits for payment.
    Awaiting(Box<Awaiting>),
    /// The gateway ended it without payment. Final.
    Ended { end: End, order: Arc<Order> },
    /// There is no usable order. "Try again" starts over, where the link names one.
    Failed { order: Option<OrderRef>, reason: Reason },
    /// The browser is on its way to another page of the gateway; coming back starts over.
    Forwarded { order: OrderRef },
    /// The order is being asked for.
    Loading { attempts: Attempts, order: OrderRef },
    /// It is paid. Final.
    Paid(Paid),
}

impl Checkout {
    /// Begins, with the first effects.
    pub fn start(now: Instant, setup: Setup) -> (Self, Vec<Effect>) {
        let Setup { order, online, place, seed, server_time, visible } = setup;
        let mut clock = GatewayClock::default();
        if let Some(server_time) = server_time {
            // The page's clock begins when its loading does, which is before its server wrote it.
            clock.learn(server_time, Instant::default(), now);
        }
        let shared = Shared { clock, dice: Dice::new(seed), numbering: Numbering::default(), online, place, rank: seed, visible };
        let phase = match order {
            Some(order) => Phase::Loading { attempts: Attempts::new(now), order },
            None => Phase::Failed { order: None, reason: Reason::LinkIncomplete },
        };
        let mut checkout = Self { phase, shared };
        let mut effects = Vec::new();
        checkout.proceed(now, &mut effects);
        (checkout, effects)
    }

    /// Takes an event and says what is to be done.
    pub fn update(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.take(now, event, &mut effects);
        self.proceed(now, &mut effects);
        effects
    }

    /// When [`Event::TimePassed`] is wanted; `None` if nothing will happen by itself.
    pub fn next_deadline(&self, now: Instant) -> Option<Instant> {
        match &self.phase {
            Phase::Awaiting(awaiting) => awaiting.deadline(now, &self.shared),
            Phase::Ended { .. } | Phase::Failed { .. } | Phase::Forwarded { .. } => None,
            Phase::Loading { attempts, .. } => Some(attempts.deadline()),
            Phase::Paid(paid) => paid.deadline(now),
        }
    }

    /// What to show.
    pub fn view(&self, now: Instant) -> ViewModel {
        let mut view = ViewModel {
            connection: Connection::Good,
            expires: None,
            leaving_in: None,
            not_opened: false,
            pay: None,
            remaining: None,
            screen: self.screen(),
            sound: None,
            time_warning: None,
        };
        match &self.phase {
            Phase::Awaiting(awaiting) => {
                view.connection = awaiting.connection(self.shared.online);
                view.expires = awaiting.expires;
                view.not_opened = awaiting.has_not_opened();
                view.pay = Some(awaiting.pay(now, &self.shared));
                view.remaining = awaiting.remaining(now, &self.shared);
                view.sound = awaiting.sound(now, &self.shared);
                view.time_warning = awaiting.time_warning(now, &self.shared);
            }
            Phase::Loading { .. } if !self.shared.online => view.connection = Connection::Offline,
            Phase::Paid(paid) => view.leaving_in = paid.leaving_in(now),
            Phase::Ended { .. } | Phase::Failed { .. } | Phase::Forwarded { .. } | Phase::Loading { .. } => {}
        }
        view
    }

    fn screen(&self) -> Screen {
        match &self.phase {
            Phase::Awaiting(awaiting) => Screen::Awaiting { order: Arc::clone(&awaiting.order) },
            Phase::Ended { end, order } => Screen::Ended { end: *end, order: Arc::clone(order) },
            Phase::Failed { order, reason } => {
                Screen::Failed { number: order.as_ref().map(|order| order.as_str().to_owned()), reason: reason.clone() }
            }
            Phase::Forwarded { order } => Screen::Loading { number: order.as_str().to_owned(), retrying: false },
            Phase::Loading { attempts, order } => Screen::Loading { number: order.as_str().to_owned(), retrying: attempts.has_faulted() },
            Phase::Paid(paid) => Screen::Paid { order: Arc::clone(&paid.order), target: paid.target.clone() },
        }
    }

    fn take(&mut self, now: Instant, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Answered { answer, date, question, retry_after } => self.answered(now, question, answer, date, retry_after, effects),
            Event::CameBack => self.attend(now, effects),
            Event::Claimed { rank } => self.follow(now, rank, effects),
            Event::CodeBroken => self.in_awaiting(|awaiting, shared| awaiting.code_broken(shared)),
            Event::CheckAgainPressed => self.attend(now, effects),
            Event::ConnectionChanged { online } => {
                self.shared.online = online;
                if online {
                    self.attend(now, effects);
                }
            }
            Event::Gestured => self.in_awaiting(|awaiting, shared| awaiting.gestured(now, shared, effects)),
            Event::GoNowFollowed => self.in_paid(|paid| {
                paid.settle();
                effects.push(Effect::MarkLeft);
            }),
            Event::Left => self.in_awaiting(|awaiting, _| {
                awaiting.page_left();
                if !awaiting.is_following() {
                    effects.push(Effect::Resign);
                }
            }),
            Event::Orphaned => self.in_awaiting(|awaiting, shared| awaiting.orphaned(now, shared)),
            Event::Overheard { rank, result, retry_after } => {
                self.follow(now, rank, effects);
                match result {
                    Ok(standing) => self.in_standing(now, standing, Source::OtherTab, effects),
                    Err(failure) => self.in_awaiting(|awaiting, _| awaiting.overheard_failure(now, &failure, retry_after)),
                }
            }
            Event::Restored => {
                if let Phase::Forwarded { order } = &self.phase {
                    self.phase = Phase::Loading { attempts: Attempts::new(now), order: order.clone() };
                }
                self.attend(now, effects);
            }
            Event::RetryPressed => self.retry(now, effects),
            Event::SoundBlocked => self.in_awaiting(|awaiting, _| awaiting.sound_blocked()),
            Event::SoundSwitched => self.in_awaiting(|awaiting, shared| awaiting.switch_sound(shared, effects)),
            Event::StayPressed => self.in_paid(Paid::settle),
            Event::TimePassed => self.in_awaiting(|awaiting, shared| awaiting.time_passed(now, shared)),
            Event::WalletTapped => self.in_awaiting(|awaiting, _| awaiting.wallet_tapped(now, effects)),
            Event::VisibilityChanged { visible } => {
                self.shared.visible = visible;
                if visible {
                    self.attend(now, effects);
                } else {
                    // A tab that is looked at is the one to ask, and to go to the shop.
                    self.in_awaiting(|awaiting, shared| {
                        awaiting.relax(now, shared);
                        if !awaiting.is_following() {
                            effects.push(Effect::Resign);
                        }
                    });
                }
            }
        }
    }

    fn in_awaiting(&mut self, change: impl FnOnce(&mut Awaiting, &mut Shared)) {
        if let Phase::Awaiting(awaiting) = &mut self.phase {
            change(awaiting, &mut self.shared);
        }
    }

    fn in_paid(&mut self, change: impl FnOnce(&mut Paid)) {
        if let Phase::Paid(paid) = &mut self.phase {
            change(paid);
        }
    }

    /// The shopper or the network is back.
    fn attend(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match &mut self.phase {
            Phase::Awaiting(awaiting) => awaiting.attend(now, &self.shared, effects),
            Phase::Failed { reason: Reason::Unreachable, .. } => self.retry(now, effects),
            Phase::Loading { attempts, .. } => attempts.hurry(now),
            Phase::Ended { .. } | Phase::Failed { .. } | Phase::Forwarded { .. } | Phase::Paid(_) => {}
        }
    }

    /// Another tab asks for this one too.
    fn follow(&mut self, now: Instant, rank: u32, effects: &mut Vec<Effect>) {
        self.in_awaiting(|awaiting, shared| effects.extend(awaiting.follow(now, rank, shared).map(Effect::Abandon)));
    }

    fn retry(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match &mut self.phase {
            Phase::Awaiting(awaiting) => {
                if !awaiting.retry_offer(now) {
                    effects.push(Effect::Resign);
                    // Without a number there is nothing to ask a code for: the order has to be asked for anew.
                    self.phase = Phase::Loading { attempts: Attempts::new(now), order: awaiting.order_ref.clone() };
                }
            }
            Phase::Failed { order: Some(order), .. } => {
                self.phase = Phase::Loading { attempts: Attempts::new(now), order: order.clone() };
            }
            Phase::Ended { .. } | Phase::Failed { .. } | Phase::Forwarded { .. } | Phase::Loading { .. } | Phase::Paid(_) => {}
        }
    }

    fn answered(
        &mut self,
        now: Instant,
        question: QuestionId,
        answer: Answer,
        date: Option<UnixSeconds>,
        retry_after: Option<Duration>,
        effects: &mut Vec<Effect>,
    ) {
        let asked = match (&self.phase, &answer) {
            (Phase::Loading { attempts, .. }, Answer::Info(_)) => attempts.asking(),
            (Phase::Awaiting(awaiting), answer) => awaiting.asking(answer),
            _ => None,
        };
        let Some(asked) = asked.filter(|asked| asked.id == question) else { return };
        // A proxy's page has a `Date` too: only an answer of the gateway tells its time.
        if let (Some(date), true) = (date, answer.is_good()) {
            self.shared.clock.learn(date, asked.sent, now);
        }
        match answer {
            Answer::Info(Ok(info)) => self.informed(now, *info, effects),
            Answer::Info(Err(failure)) => self.not_informed(now, failure, retry_after, effects),
            Answer::Status(Ok(standing)) => self.in_standing(now, standing, Source::Gateway, effects),
            Answer::Status(Err(failure)) => {
                let refused = matches!(failure, Failure::Refused(_));
                effects.push(Effect::Tell(Warning::CallFailed { call: "status", failure }));
                self.in_awaiting(|awaiting, shared| awaiting.poll_failed(now, refused, shared, retry_after));
            }
            Answer::QrCode(result) => self.offered(now, result, retry_after, effects),
            Answer::Audio(result) => self.in_awaiting(|awaiting, shared| awaiting.prompted(now, result, shared, effects)),
        }
    }

    fn informed(&mut self, now: Instant, info: Info, effects: &mut Vec<Effect>) {
        let Phase::Loading { order: order_ref, .. } = &self.phase else { return };
        let order_ref = order_ref.clone();
        let Info { order, standing, redirect_wait } = info;
        let id = order.id.clone().or_else(|| match &order_ref {
            OrderRef::Id(id) => Some(id.clone()),
            OrderRef::Out { .. } => None,
        });
        if standing.is_waiting() && order.method.is_none() {
            match id {
                Some(id) => {
                    effects.push(Effect::ChooseMethod(id));
                    self.phase = Phase::Forwarded { order: order_ref };
                }
                None => {
                    effects.push(Effect::Tell(Warning::NoNumber));
                    self.phase = Phase::Failed { order: Some(order_ref), reason: Reason::NotFound(None) };
                }
            }
            return;
        }
        let order = Arc::new(order);
        match standing {
            Standing::Ended(end) => self.phase = Phase::Ended { end, order },
            Standing::Paid { redirect_wait, returning } => {
                // Who was sent to the shop and comes back is not sent there again: that would be a trap.
                let stays = self.shared.place.past == Past::Left;
                self.pay(now, order, redirect_wait, returning, stays, effects);
            }
            Standing::Waiting { expires, opens_wallet } => {
                let awaiting = Awaiting::new(
                    now,
                    awaiting::Begin { expires, id, opens_wallet, order, order_ref, redirect_wait },
                    &mut self.shared,
                    effects,
                );
                self.phase = Phase::Awaiting(Box::new(awaiting));
            }
        }
    }

    fn not_informed(&mut self, now: Instant, failure: Failure, retry_after: Option<Duration>, effects: &mut Vec<Effect>) {
        let Phase::Loading { attempts, order } = &mut self.phase else { return };
        effects.push(Effect::Tell(Warning::CallFailed { call: "info", failure: failure.clone() }));
        let reason = match failure {
            // "Too busy" and "broken" are refusals that pass.
            Failure::Refused(refusal) if refusal.code != 429 && !(500..600).contains(&refusal.code) => Reason::NotFound(refusal.message),
            Failure::Fault(_) | Failure::Refused(_) => {
                if attempts.faulted(now, self.shared.dice.jitter(), retry_after) {
                    return;
                }
                Reason::Unreachable
            }
        };
        self.phase = Phase::Failed { order: Some(order.clone()), reason };
    }

    fn in_standing(&mut self, now: Instant, standing: Standing, source: Source, effects: &mut Vec<Effect>) {
        let Phase::Awaiting(awaiting) = &mut self.phase else { return };
        match standing {
            Standing::Waiting { expires, opens_wallet } => {
                awaiting.still_waits(now, expires, opens_wallet, source, &self.shared, effects);
            }
            Standing::Ended(end) => {
                let order = Arc::clone(&awaiting.order);
                self.end(Phase::Ended { end, order }, effects);
            }
            Standing::Paid { redirect_wait, returning } => {
                let redirect_wait = redirect_wait.or(awaiting.redirect_wait);
                let order = Arc::clone(&awaiting.order);
                // Of several tabs the one that asked goes to the shop; the others stay and show that it is paid.
                self.pay(now, order, redirect_wait, returning, source == Source::OtherTab, effects);
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
            Returning::Nowhere => None,
            Returning::Refused => {
                effects.push(Effect::Tell(Warning::ReturnTargetRefused));
                None
            }
            Returning::To(target) => Some(target),
        };
        self.end(Phase::Paid(Paid::new(now, order, target, wait, stays)), effects);
    }

    /// Enters a final phase.
    fn end(&mut self, phase: Phase, effects: &mut Vec<Effect>) {
        if let Phase::Awaiting(awaiting) = &self.phase {
            effects.extend(awaiting.polling().map(Effect::Abandon));
            if awaiting.has_prompt() {
                effects.push(Effect::Hush);
            }
        }
        self.phase = phase;
    }

    fn offered(
        &mut self,
        now: Instant,
        result: Result<crate::order::Offer, Failure>,
        retry_after: Option<Duration>,
        effects: &mut Vec<Effect>,
    ) {
        let Phase::Awaiting(awaiting) = &mut self.phase else { return };
        if let Some(id) = awaiting.offered(now, result, retry_after, &mut self.shared, effects) {
            effects.push(Effect::Resign);
            effects.push(Effect::Defer(id));
            self.phase = Phase::Forwarded { order: awaiting.order_ref.clone() };
        }
    }

    /// Does what the time calls for: questions that are due or overdue, and the jump to the shop.
    fn proceed(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match &mut self.phase {
            Phase::Awaiting(awaiting) => awaiting.proceed(now, &mut self.shared, effects),
            Phase::Loading { attempts, order } => {
                if let Some(overdue) = attempts.asking().filter(|question| question.is_overdue(now)) {
                    effects.push(Effect::Abandon(overdue.id));
                    if !attempts.faulted(now, self.shared.dice.jitter(), None) {
                        self.phase = Phase::Failed { order: Some(order.clone()), reason: Reason::Unreachable };
                        return;
                    }
                }
                if attempts.is_due(now) {
                    attempts.asked(ask(&mut self.shared.numbering, now, Call::Info(order.clone()), Attempts::TIMEOUT, effects));
                }
            }
            Phase::Paid(paid) => effects.extend(paid.leave_if_due(now).map(Effect::Leave)),
            Phase::Ended { .. } | Phase::Failed { .. } | Phase::Forwarded { .. } => {}
        }
    }
}

fn ask(numbering: &mut Numbering, now: Instant, call: Call, timeout: Duration, effects: &mut Vec<Effect>) -> question::Question {
    let question = numbering.next(now, timeout);
    effects.push(Effect::Ask { call, question: question.id, timeout });
    question
}
