//! The checkout against a simulated gateway, network and device, on a virtual clock: what it shows is true, and it finds
//! out in the end. 10,000 runs; a failing one is kept in `simulation.proptest-regressions` and run first from then on.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::time::Duration;

use proptest::{prelude::*, test_runner::Config};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use saoma::{
    checkout::{Checkout, Effect, Event, Instant, Pay, Place, QuestionId, Screen, Setup},
    order::{
        Answer, Call, Code, End, Failure, Fault, Fen, Info, Instrument, Offer, Order, PayMethod, ReturnTarget, Returning, Standing,
        UnixSeconds, Visit,
    },
};

/// The gateway's unix time, in milliseconds, when the page's clock begins.
const GATEWAY_ZERO: u64 = 1_700_000_000_000;
/// The longest time that a message is under way.
const SLOWEST: u64 = 4_000;

/// What the gateway knows: the truth.
#[derive(Clone, Debug)]
struct Truth {
    /// Seconds after the gateway's zero.
    expires: u64,
    standing: Word,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Ended(End),
    Paid,
    Waiting,
}

/// How the network treats the questions that are sent from now on.
#[derive(Clone, Copy, Debug)]
enum Network {
    /// Nothing gets through, and the browser says so at once.
    Down,
    /// Every answer comes twice.
    Doubling {
        back: u64,
        there: u64,
    },
    /// What comes back is a login page.
    Garbling,
    Good {
        back: u64,
        there: u64,
    },
    /// Nothing comes back until the browser gives up.
    Swallowing,
}

#[derive(Clone, Debug)]
enum Step {
    /// The gateway ends the order.
    End(End),
    /// The gateway gives more time.
    Extend(u64),
    Network(Network),
    Pass(u64),
    /// Somebody pays.
    Pay,
    Shopper(Box<Event>),
    /// The device sleeps: the page's clock stands still, the gateway's does not.
    Sleep(u64),
}

impl ReferenceStateMachine for Truth {
    type State = Truth;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Truth> {
        (1u64..400).prop_map(|expires| Truth { expires, standing: Word::Waiting }).boxed()
    }

    fn transitions(_: &Truth) -> BoxedStrategy<Step> {
        let good = (0..SLOWEST, 0..SLOWEST).prop_map(|(there, back)| Network::Good { back, there });
        let quick = (0u64..200, 0u64..200).prop_map(|(there, back)| Network::Good { back, there });
        let doubling = (0..SLOWEST, 0..SLOWEST).prop_map(|(there, back)| Network::Doubling { back, there });
        let network = prop_oneof![3 => quick, 2 => good, 1 => doubling, 1 => Just(Network::Down), 1 => Just(Network::Garbling), 1 => Just(Network::Swallowing)];
        let shopper = prop_oneof![
            Just(Event::CameBack),
            Just(Event::CheckAgainPressed),
            Just(Event::CodeBroken),
            Just(Event::CodeUndrawn),
            Just(Event::Left),
            Just(Event::Restored),
            Just(Event::Claimed { rank: u32::MAX }),
            Just(Event::Gestured),
            Just(Event::Orphaned),
            Just(Event::RetryPressed),
            Just(Event::TimePassed),
            any::<bool>().prop_map(|online| Event::ConnectionChanged { online }),
            any::<bool>().prop_map(|visible| Event::VisibilityChanged { visible }),
        ];
        let end = prop_oneof![Just(End::Closed), Just(End::CreationFailed), Just(End::TimedOut)];
        prop_oneof![
            8 => prop_oneof![0u64..3_000, 0u64..30_000, 0u64..400_000].prop_map(Step::Pass),
            3 => network.prop_map(Step::Network),
            3 => shopper.prop_map(|event| Step::Shopper(Box::new(event))),
            1 => (0u64..7_200).prop_map(Step::Sleep),
            1 => (1u64..400).prop_map(Step::Extend),
            1 => Just(Step::Pay),
            1 => end.prop_map(Step::End),
        ]
        .boxed()
    }

    fn apply(mut truth: Truth, step: &Step) -> Truth {
        match step {
            Step::End(end) if truth.standing == Word::Waiting => truth.standing = Word::Ended(*end),
            Step::Extend(seconds) => truth.expires += seconds,
            Step::Pay if truth.standing == Word::Waiting => truth.standing = Word::Paid,
            _ => {}
        }
        truth
    }
}

/// Something on its way to the page.
struct Letter {
    answer: Answer,
    arrives: Instant,
    date: Option<UnixSeconds>,
    question: QuestionId,
}

/// The page, its device, and the network between it and the gateway.
struct World {
    checkout: Checkout,
    /// Whether the gateway's clock was heard since the device last slept.
    knows_the_time: bool,
    letters: Vec<Letter>,
    network: Network,
    now: Instant,
    /// Questions that were sent and neither answered nor abandoned.
    open: Vec<(QuestionId, Call)>,
    slept: u64,
    truth: Truth,
}

impl World {
    fn new(truth: &Truth) -> Self {
        let now = Instant::from_millis(50);
        let setup = Setup {
            online: true,
            place: Place { sound: true, ..Place::default() },
            seed: 1,
            visible: true,
            visit: Visit::of_address("/pay/A1", ""),
            ..Setup::default()
        };
        let (checkout, effects) = Checkout::start(now, setup);
        let mut world = Self {
            checkout,
            knows_the_time: false,
            letters: Vec::new(),
            network: Network::Good { back: 50, there: 50 },
            now,
            open: Vec::new(),
            slept: 0,
            truth: truth.clone(),
        };
        world.perform(effects);
        world
    }

    /// The gateway's clock at a moment of the page's, in milliseconds after the gateway's zero.
    fn gateway_time(&self, moment: Instant) -> u64 {
        moment.as_millis() + self.slept
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Abandon(question) => self.open.retain(|(open, _)| *open != question),
                Effect::Ask { call, question, timeout } => {
                    self.open.push((question, call.clone()));
                    self.post(&call, question, timeout);
                }
                _ => {}
            }
        }
    }

    fn post(&mut self, call: &Call, question: QuestionId, timeout: Duration) {
        let fault = |fault| call.failed(Failure::Fault(fault));
        let (answer, arrives, date) = match self.network {
            Network::Down => (fault(Fault::Network), self.now + Duration::from_millis(1), None),
            Network::Garbling => {
                // A login page has a date too, and it may be any.
                let date = UnixSeconds::decode(2_000_000_000);
                (fault(Fault::Undecodable("the body is not JSON")), self.now + Duration::from_millis(100), date)
            }
            Network::Swallowing => (fault(Fault::TimedOut), self.now + timeout, None),
            Network::Doubling { back, there } | Network::Good { back, there } => {
                // The gateway answers as things stand when the question is sent: then an answer can only be out of date.
                let written = self.gateway_time(self.now) + there;
                let date = UnixSeconds::decode(i64::try_from((GATEWAY_ZERO + written) / 1000).unwrap());
                let arrives = self.now + Duration::from_millis(there + back);
                if arrives >= self.now + timeout {
                    (fault(Fault::TimedOut), self.now + timeout, None)
                } else {
                    (self.truth.answer(call), arrives, date)
                }
            }
        };
        if matches!(self.network, Network::Doubling { .. }) {
            let again = arrives + Duration::from_millis(700);
            self.letters.push(Letter { answer: answer.clone(), arrives: again, date, question });
        }
        self.letters.push(Letter { answer, arrives, date, question });
    }

    fn send(&mut self, event: Event) {
        let effects = self.checkout.update(self.now, event);
        self.perform(effects);
        assert!(self.open.iter().filter(|(_, call)| matches!(call, Call::Status(_))).count() <= 1, "two status questions at once");
        self.check();
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        loop {
            let letter = self.letters.iter().map(|letter| letter.arrives).min();
            let deadline = self.checkout.next_deadline(self.now).map(|deadline| deadline.max(self.now + Duration::from_millis(1)));
            let Some(next) = [letter, deadline].into_iter().flatten().min().filter(|next| *next <= end) else { break };
            self.now = next.max(self.now);
            match self.letters.iter().position(|letter| letter.arrives <= next) {
                Some(at) => {
                    let Letter { answer, date, question, .. } = self.letters.swap_remove(at);
                    let is_open = self.open.iter().any(|(open, _)| *open == question);
                    self.knows_the_time |= is_open && answer.is_good();
                    self.open.retain(|(open, _)| *open != question);
                    self.send(Event::Answered { answer, date: date.map(Into::into), question, retry_after: None });
                }
                None => self.send(Event::TimePassed),
            }
        }
        self.now = end.max(self.now);
        self.send(Event::TimePassed);
    }

    /// What is shown is true.
    fn check(&self) {
        let view = self.checkout.view(self.now);
        match view.screen {
            Screen::Paid { .. } => assert_eq!(self.truth.standing, Word::Paid, "paid is shown, and is not true"),
            Screen::Ended { end, .. } => assert_eq!(self.truth.standing, Word::Ended(end), "the end is shown, and is not true"),
            Screen::Finished { .. } => panic!("this gateway always says how an order stands"),
            Screen::Awaiting { .. } | Screen::Entering { .. } | Screen::Failed { .. } | Screen::Loading { .. } => {}
        }
        let truth = (self.truth.expires * 1000).checked_sub(self.gateway_time(self.now));
        if self.knows_the_time && truth.is_none() && self.gateway_time(self.now) > self.truth.expires * 1000 + 1_500 + SLOWEST {
            assert!(!matches!(view.pay, Some(Pay::Instrument(_))), "an expired code can be scanned");
        }
        if let (Some(remaining), true) = (view.remaining, self.knows_the_time) {
            // The page may not have heard yet that there is more time; it must not show more than there is.
            let truth = truth.unwrap_or(0);
            let tolerance = 1_500 + SLOWEST;
            assert!(remaining * 1000 <= truth + tolerance, "{remaining} s are shown, {truth} ms are left");
            assert!(!matches!(view.pay, Some(Pay::Checking { .. })), "a countdown over a covered code");
        }
    }
}

impl Truth {
    fn answer(&self, call: &Call) -> Answer {
        let code = Code::decode("wxp://f2f0", "");
        match call {
            Call::Audio(_) => Answer::Audio(Ok(None)),
            Call::Info(_) => {
                Answer::Info(Ok(Box::new(Info { offer: None, order: order(), standing: self.standing(), redirect_wait: None })))
            }
            Call::QrCode { .. } => Answer::QrCode(Ok(Offer::Instrument(Instrument { code, ..Instrument::default() }))),
            Call::Status(_) => Answer::Status(Ok(self.standing())),
            Call::Cashier(_) | Call::Choose { .. } | Call::Create { .. } | Call::Methods(_) => {
                unreachable!("who comes to pay asks for no choice")
            }
        }
    }

    fn standing(&self) -> Standing {
        match self.standing {
            Word::Ended(end) => Standing::Ended(end),
            Word::Paid => {
                Standing::Paid { redirect_wait: None, returning: Returning::To(ReturnTarget::decode("https://shop.example/").unwrap()) }
            }
            Word::Waiting => {
                let expires = UnixSeconds::decode(i64::try_from(GATEWAY_ZERO / 1000 + self.expires).unwrap());
                Standing::Waiting { expires, opens_wallet: false }
            }
        }
    }
}

fn order() -> Order {
    Order {
        method: Some(PayMethod { code: "alipay".into(), label: None, logo: None }),
        trade_amount: Fen::decode(1001),
        ..Order::default()
    }
}

impl StateMachineTest for World {
    type SystemUnderTest = World;
    type Reference = Truth;

    fn init_test(truth: &Truth) -> World {
        World::new(truth)
    }

    fn apply(mut world: World, truth: &Truth, step: Step) -> World {
        world.truth = truth.clone();
        match step {
            Step::End(_) | Step::Extend(_) | Step::Pay => {}
            Step::Network(network) => world.network = network,
            Step::Pass(ms) => world.pass(Duration::from_millis(ms)),
            Step::Shopper(event) => world.send(*event),
            Step::Sleep(seconds) => {
                world.slept += seconds * 1000;
                world.knows_the_time = false;
                // What was under way is lost; a browser reports that after it has woken.
                for letter in &mut world.letters {
                    if let Some((_, call)) = world.open.iter().find(|(open, _)| *open == letter.question) {
                        letter.answer = call.failed(Failure::Fault(Fault::Network));
                        letter.date = None;
                    }
                }
                let before = world.open.clone();
                for event in [Event::TimePassed, Event::VisibilityChanged { visible: true }, Event::CameBack, Event::TimePassed] {
                    world.send(event);
                }
                let new = world.open.iter().filter(|open| matches!(open.1, Call::Status(_)) && !before.contains(open)).count();
                assert!(new <= 1, "{new} status questions at once after sleep");
            }
        }
        world
    }

    /// On a good network, in front of a shopper, the page finds out.
    fn teardown(mut world: World, truth: Truth) {
        world.network = Network::Good { back: 20, there: 20 };
        for event in [Event::ConnectionChanged { online: true }, Event::VisibilityChanged { visible: true }] {
            world.send(event);
        }
        world.pass(Duration::from_secs(60));
        let screen = world.checkout.view(world.now).screen;
        let found_out = match truth.standing {
            Word::Ended(_) => matches!(screen, Screen::Ended { .. }),
            Word::Paid => matches!(screen, Screen::Paid { .. }),
            Word::Waiting => matches!(screen, Screen::Awaiting { .. }),
        };
        assert!(found_out, "the order is {:?}, the page shows {screen:?}", truth.standing);
    }
}

/// As many cases as `PROPTEST_CASES` asks for: a million find what some thousand do not, and a few are enough to notice a mutant.
fn config() -> Config {
    let config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { Config { cases: 10_000, ..config } }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn what_is_shown_is_true_and_the_truth_is_found(sequential 1..30 => World);
}
