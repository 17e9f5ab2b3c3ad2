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
//! 5. Time is the gateway's: what the device's wall clock says decides nothing.
//! 6. At zero the code is covered, and the wait goes on slowly: a late payment is a success.
//! 7. A wallet is opened without a tap at most once, on a phone, when the gateway asks for it.
//! 8. A late or surprising event changes nothing.
//!
//! This room uses `order`, and `text` to read with. It knows no gateway, no setting, no word of the page, no browser and no clock:
//! what it needs to know of them comes in a [`Setup`] or an [`Event`].

mod action;
mod answers;
mod awaiting;
mod choosing;
mod entering;
mod event;
mod handing;
mod opening;
mod paid;
mod place;
mod poll;
mod prompting;
mod question;
mod time;
mod time_warning;
mod view_model;
mod watch;

use alloc::sync::Arc;
use core::time::Duration;

use awaiting::Awaiting;
use choosing::Choosing;
use entering::Entering;
use paid::Paid;
use question::{Attempts, Dice, Numbering};

pub use action::{Action, Means, Saving, actions};
pub use event::{Effect, Event, Route, Warning};
pub use place::{Device, Host, Past, Place};
pub use question::QuestionId;
pub use time::{GatewayClock, Instant, Reading, millis};
pub use view_model::{Choice, Connection, Entry, Handing, Mood, Pay, Reason, Screen, Sound, Trouble, ViewModel};

use crate::order::{Call, Code, End, Order, OrderRef, ReturnHost, ReturnTarget, Terms, Told, UnixSeconds, Verdict, Visit};

/// What a checkout starts from.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// The shop wants no shorter pause between two questions where an order stands.
    pub least_pause: Duration,
    /// Whether the device has a network.
    pub online: bool,
    /// Where the page is open.
    pub place: Place,
    /// The hosts that a paid order may lead to, beside the page's own. Without any, every host is allowed.
    pub return_hosts: Vec<ReturnHost>,
    /// Where a shopper sees an order, for gateways that do not say.
    pub return_page: Option<ReturnTarget>,
    /// Any number: it spreads retries, and it is the tab's rank among those of its order.
    pub seed: u32,
    /// The gateway's clock when its server wrote this page, after the page's own clock began.
    pub server_time: Option<UnixSeconds>,
    /// How the gateway goes about a payment.
    pub terms: Terms,
    /// What the server that wrote this page said of the order.
    pub told: Told,
    /// Whether the page is on the screen.
    pub visible: bool,
    /// What the shopper comes for.
    pub visit: Visit,
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
    least_pause: Duration,
    numbering: Numbering,
    online: bool,
    place: Place,
    /// Of two tabs that want to ask at the same time, the one of the higher rank does.
    rank: u32,
    return_hosts: Vec<ReturnHost>,
    return_page: Option<ReturnTarget>,
    terms: Terms,
    told: Told,
    /// The methods that the gateway has refused, with its words.
    unsupported: Vec<(String, Option<String>)>,
    visible: bool,
    visit: Visit,
    /// Whether the shopper wants to pay although an earlier payment may be under way.
    wants_to_pay_again: bool,
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
    /// The order waits for the shopper to choose how to pay it.
    Choosing(Choosing),
    /// There is no order yet: the shopper enters an amount.
    Entering(Entering),
    /// The gateway ended it without payment. Final.
    Ended { end: End, order: Arc<Order> },
    /// There is no usable order. "Try again" starts over, where the link names one.
    Failed(Reason),
    /// The browser is on its way to another page of the gateway; coming back starts over. A browser that never gets there
    /// must not leave the shopper with nothing.
    Forwarded { until: Instant },
    /// The order is being asked for.
    Loading { attempts: Attempts, order: OrderRef },
    /// It is paid. Final.
    Paid(Paid),
}

/// How long the browser may be on its way to another page.
const LONGEST_WAY: Duration = Duration::from_secs(20);

impl Phase {
    /// What a visit begins with.
    fn beginning(now: Instant, visit: &Visit) -> Self {
        match visit {
            Visit::Enter(key) => Self::Entering(Entering::new(now, key.clone())),
            Visit::Invalid(field) => Self::Failed(Reason::LinkInvalid(field.clone())),
            Visit::Nothing => Self::Failed(Reason::LinkIncomplete),
            Visit::Choose(order) | Visit::Pay(order) | Visit::See(order, _) => {
                Self::Loading { attempts: Attempts::new(now), order: order.clone() }
            }
        }
    }
}

impl Checkout {
    /// Begins, with the first effects.
    pub fn start(now: Instant, setup: Setup) -> (Self, Vec<Effect>) {
        let Setup { least_pause, online, place, return_hosts, return_page, seed, server_time, terms, told, visible, visit } = setup;
        let mut clock = GatewayClock::default();
        if let Some(server_time) = told.server_time.or(server_time) {
            // The page's clock begins when its loading does, which is before its server wrote it.
            clock.learn(server_time, Instant::default(), now);
        }
        let phase = Phase::beginning(now, &visit);
        let shared = Shared {
            clock,
            dice: Dice::new(seed),
            least_pause,
            numbering: Numbering::default(),
            online,
            place,
            rank: seed,
            return_hosts,
            return_page,
            terms,
            told,
            unsupported: Vec::new(),
            visible,
            visit,
            wants_to_pay_again: false,
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
            Phase::Choosing(choosing) => choosing.deadline(&self.shared),
            Phase::Entering(entering) => entering.deadline(),
            Phase::Ended { .. } | Phase::Failed(_) => None,
            Phase::Forwarded { until } => Some(*until),
            Phase::Loading { attempts, .. } => Some(attempts.deadline()),
            Phase::Paid(paid) => paid.deadline(now),
        }
    }

    /// The number of the order that the visit is about.
    fn number(&self) -> Option<String> {
        self.shared.visit.order().map(|order| order.as_str().to_owned())
    }

    fn take(&mut self, now: Instant, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Agreed => self.in_awaiting(|awaiting, shared| awaiting.agreed(now, shared, effects)),
            Event::AnotherWayPressed => self.choose_again(now, effects),
            Event::Answered { answer, date, question, retry_after } => self.answered(now, question, answer, date, retry_after, effects),
            Event::CameBack => {
                self.in_awaiting(|awaiting, _| awaiting.handing.came_back());
                self.attend(now, effects);
            }
            Event::Chosen { method } => {
                if let Phase::Choosing(choosing) = &mut self.phase
                    && let Some(method) = choosing.choose(now, &method, &mut self.shared, effects)
                {
                    self.pay_with(now, method, effects);
                }
            }
            Event::Claimed { rank } => self.follow(now, rank, effects),
            Event::CodeBroken => self.in_awaiting(|awaiting, shared| awaiting.code_lost(|code| matches!(code, Code::Picture(_)), shared)),
            Event::CodeUndrawn => self.in_awaiting(|awaiting, shared| awaiting.code_lost(|code| matches!(code, Code::Text(_)), shared)),
            Event::CheckAgainPressed => self.attend(now, effects),
            Event::ConnectionChanged { online } => {
                self.shared.online = online;
                if online {
                    self.attend(now, effects);
                }
            }
            Event::Entered { amount } => {
                if let Phase::Entering(entering) = &mut self.phase {
                    entering.enter(now, amount, &mut self.shared, effects);
                }
            }
            Event::Gestured => self.in_awaiting(|awaiting, shared| awaiting.gestured(now, shared, effects)),
            Event::HandOverPressed => self.in_awaiting(|awaiting, shared| awaiting.hand_over(now, shared, effects)),
            Event::HostAnswered { result } => self.host_answered(now, result, effects),
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
                if matches!(self.phase, Phase::Forwarded { .. }) {
                    self.begin(now);
                }
                self.attend(now, effects);
            }
            Event::RetryPressed => {
                self.shared.wants_to_pay_again |= matches!(self.phase, Phase::Failed(Reason::Refused(Verdict::Unsure, _)));
                self.retry(now, effects);
            }
            Event::SoundBlocked => self.in_awaiting(|awaiting, _| awaiting.sound_blocked()),
            Event::SoundSwitched => self.in_awaiting(|awaiting, shared| awaiting.switch_sound(now, shared, effects)),
            Event::StayPressed => self.in_paid(Paid::settle),
            Event::TimePassed => self.in_awaiting(|awaiting, shared| awaiting.time_passed(now, shared)),
            Event::WalletTapped => self.in_awaiting(|awaiting, _| awaiting.wallet_tapped(now, effects)),
            Event::VisibilityChanged { visible } => {
                self.shared.visible = visible;
                if visible {
                    self.in_awaiting(|awaiting, _| awaiting.handing.came_back());
                    self.attend(now, effects);
                } else {
                    // A tab that is looked at is the one to ask, and to go to the shop.
                    if let Phase::Choosing(choosing) = &mut self.phase {
                        choosing.watch.relax(now, &self.shared);
                    }
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
            Phase::Choosing(choosing) => choosing.attend(now, effects),
            Phase::Entering(entering) => entering.attend(now),
            Phase::Failed(Reason::Unreachable) => self.retry(now, effects),
            Phase::Loading { attempts, .. } => attempts.hurry(now),
            Phase::Ended { .. } | Phase::Failed(_) | Phase::Forwarded { .. } | Phase::Paid(_) => {}
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
                    // Without a number there is nothing to ask a code for: the order has to be asked for anew.
                    let order = awaiting.order_ref.clone();
                    effects.push(Effect::Resign);
                    self.end(Phase::Loading { attempts: Attempts::new(now), order }, effects);
                }
            }
            Phase::Choosing(choosing) => choosing.retry(now),
            Phase::Failed(_) => self.begin(now),
            Phase::Ended { .. } | Phase::Entering(_) | Phase::Forwarded { .. } | Phase::Loading { .. } | Phase::Paid(_) => {}
        }
    }

    fn begin(&mut self, now: Instant) {
        self.phase = Phase::beginning(now, &self.shared.visit);
    }

    /// Does what the time calls for: questions that are due or overdue, and the jump to the shop.
    fn proceed(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        match &mut self.phase {
            Phase::Awaiting(awaiting) => {
                if let Some(lost) = awaiting.lost_payment(now, &self.shared) {
                    effects.push(Effect::Abandon(lost));
                    self.refused(now, Verdict::Unsure, None, effects);
                } else {
                    awaiting.proceed(now, &mut self.shared, effects);
                }
            }
            Phase::Choosing(choosing) => choosing.proceed(now, &mut self.shared, effects),
            Phase::Entering(entering) => {
                let proceeded = entering.proceed(now, &mut self.shared, effects);
                self.lose(proceeded);
            }
            Phase::Loading { attempts, order } => {
                if !attempts.proceed(now, &mut self.shared, || Call::Info(order.clone()), effects) {
                    self.phase = Phase::Failed(Reason::Unreachable);
                }
            }
            Phase::Paid(paid) => effects.extend(paid.leave_if_due(now).map(Effect::Leave)),
            Phase::Forwarded { until } if *until <= now => self.phase = Phase::Failed(Reason::Unreachable),
            Phase::Ended { .. } | Phase::Failed(_) | Phase::Forwarded { .. } => {}
        }
    }
}

fn ask(numbering: &mut Numbering, now: Instant, call: Call, timeout: Duration, effects: &mut Vec<Effect>) -> question::Question {
    let question = numbering.next(now, timeout);
    effects.push(Effect::Ask { call, question: question.id, timeout });
    question
}
