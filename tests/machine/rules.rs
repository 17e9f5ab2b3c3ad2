//! The rules, whatever a gateway, a network and a shopper do, in whatever order.

use std::time::Duration;

use proptest::prelude::*;
use saoma::{
    checkout::{Device, Effect, Event, Host, Instant, Past, Pay, Place, QuestionId, Screen, Setup},
    order::{
        Answer, Call, End, Failure, Fault, Fen, HostApp, HostCall, HostResult, Info, Instrument, Offer, Order, OrderId, Prompt, Refusal,
        ReturnTarget, Returning, Standing, Terms, Tone, UnixSeconds, Verdict, Visit, WalletLink,
    },
};

use crate::page::*;

/// What a gateway, a network, a browser or a shopper may do next.
#[derive(Clone, Debug)]
enum Happening {
    Answer(Answer),
    Event(Event),
    /// An answer to a question that was answered or abandoned long ago.
    LateAnswer(Answer, usize),
    Pass(u64),
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        Just(network_fault()),
        Just(Failure::Fault(Fault::TimedOut)),
        (100u16..600).prop_map(|status| Failure::Fault(Fault::HttpStatus(status))),
        Just(Failure::Fault(Fault::Undecodable("the body is not JSON"))),
        (0i64..600).prop_map(|code| Failure::Refused(Refusal { code, message: None, verdict: None })),
    ]
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        6 => (0u64..4000, any::<bool>()).prop_map(|(expires, opens_wallet)| Standing::Waiting { expires: at(expires), opens_wallet }),
        1 => (prop::option::of(0u64..9), 0u8..3).prop_map(|(wait, returning)| Standing::Paid {
            redirect_wait: wait.map(seconds),
            returning: match returning {
                0 => Returning::Nowhere,
                1 => Returning::Refused,
                _ => Returning::To(ReturnTarget::decode("https://shop.example/back").unwrap()),
            },
        }),
        1 => any::<bool>().prop_map(|heard| Standing::Over { heard }),
        1 => prop_oneof![Just(End::Closed), Just(End::TimedOut), Just(End::CreationFailed)].prop_map(Standing::Ended),
    ]
}

/// A refusal whose meaning is known.
fn refusal() -> impl Strategy<Value = Failure> {
    let verdict = prop_oneof![
        Just(Verdict::SignIn),
        Just(Verdict::NotPayable),
        Just(Verdict::NothingToPay),
        Just(Verdict::Unsupported),
        Just(Verdict::Unsure),
        Just(Verdict::Other)
    ];
    verdict.prop_map(|verdict| Failure::Refused(Refusal { code: 4000, message: Some("x".into()), verdict: Some(verdict) }))
}

fn in_host() -> Instrument {
    Instrument { host: Some(HostCall { app: HostApp::WeChat, request: "{}".into() }), ..Instrument::default() }
}

fn answer() -> impl Strategy<Value = Answer> {
    let offer = prop_oneof![
        Just(Offer::Nothing),
        Just(Offer::Instrument(in_host())),
        Just(Offer::Elsewhere),
        Just(Offer::Instrument(Instrument::default())),
        Just(Offer::Instrument(code())),
        Just(Offer::Jump(WalletLink::decode("alipays://x").unwrap())),
        Just(Offer::Jump(WalletLink::decode("https://pay.example").unwrap())),
        Just(Offer::Notice { copyable: true, tone: Tone::Error, words: "x".into() }),
    ];
    let prompt = prop::option::of(Just(Prompt { url: None, words: Some("x".into()) }));
    prop_oneof![
        2 => (standing(), any::<bool>(), prop::option::weighted(0.3, offer.clone())).prop_map(|(standing, has_method, offer)| {
            let method = order().method.filter(|_| has_method);
            Answer::Info(Ok(Box::new(Info { order: Order { method, ..order() }, standing, redirect_wait: None, offer })))
        }),
        1 => refusal().prop_map(|failure| Answer::Info(Err(failure))),
        1 => failure().prop_map(|failure| Answer::Info(Err(failure))),
        6 => standing().prop_map(|standing| Answer::Status(Ok(standing))),
        3 => failure().prop_map(|failure| Answer::Status(Err(failure))),
        3 => offer.prop_map(|offer| Answer::QrCode(Ok(offer))),
        1 => failure().prop_map(|failure| Answer::QrCode(Err(failure))),
        1 => refusal().prop_map(|failure| Answer::QrCode(Err(failure))),
        1 => prompt.prop_map(|prompt| Answer::Audio(Ok(prompt))),
        1 => failure().prop_map(|failure| Answer::Audio(Err(failure))),
        2 => prop::bool::ANY.prop_map(|some| Answer::Methods(Ok(order().method.into_iter().filter(|_| some).collect()))),
        1 => failure().prop_map(|failure| Answer::Methods(Err(failure))),
        1 => Just(Answer::Chosen(Ok(()))),
        1 => failure().prop_map(|failure| Answer::Chosen(Err(failure))),
        2 => Just(Answer::Cashier(Ok(cashier()))),
        1 => failure().prop_map(|failure| Answer::Cashier(Err(failure))),
        1 => Just(Answer::Created(Ok(OrderId::decode("A1").unwrap()))),
        1 => failure().prop_map(|failure| Answer::Created(Err(failure))),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let event = prop_oneof![
        Just(Event::Agreed),
        Just(Event::AnotherWayPressed),
        Just(Event::HandOverPressed),
        prop_oneof![Just(HostResult::Done), Just(HostResult::Cancelled), Just(HostResult::Missing), Just(HostResult::Unsure)]
            .prop_map(|result| Event::HostAnswered { result }),
        Just(Event::CameBack),
        Just(Event::CheckAgainPressed),
        prop_oneof![Just("alipay"), Just("none")].prop_map(|method| Event::Chosen { method: method.into() }),
        prop_oneof![Just(0), Just(1234), Just(999_999)].prop_map(|fen| Event::Entered { amount: Fen::decode(fen).unwrap() }),
        Just(Event::CodeBroken),
        Just(Event::CodeUndrawn),
        Just(Event::Left),
        Just(Event::Restored),
        any::<bool>().prop_map(|online| Event::ConnectionChanged { online }),
        Just(Event::Claimed { rank: u32::MAX }),
        Just(Event::Orphaned),
        failure().prop_map(|failure| Event::Overheard { rank: u32::MAX, result: Err(failure), retry_after: Some(seconds(5)) }),
        (standing(), any::<u32>()).prop_map(|(standing, rank)| Event::Overheard { rank, result: Ok(standing), retry_after: None }),
        Just(Event::Gestured),
        Just(Event::GoNowFollowed),
        Just(Event::RetryPressed),
        Just(Event::SoundBlocked),
        Just(Event::SoundSwitched),
        Just(Event::StayPressed),
        Just(Event::TimePassed),
        Just(Event::WalletTapped),
        any::<bool>().prop_map(|visible| Event::VisibilityChanged { visible }),
    ];
    prop_oneof![
        6 => answer().prop_map(Happening::Answer),
        2 => event.prop_map(Happening::Event),
        2 => (answer(), 0usize..50).prop_map(|(answer, index)| Happening::LateAnswer(answer, index)),
        4 => prop_oneof![0u64..3_000, 0u64..60_000, 0u64..3_600_000].prop_map(Happening::Pass),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    let past = prop_oneof![Just(Past::Deferred), Just(Past::Fresh), Just(Past::Left), Just(Past::Visited)];
    let host = prop_oneof![Just(Host::Alipay), Just(Host::Browser), Just(Host::Qq), Just(Host::WeChat)];
    let device = prop_oneof![Just(Device::Computer), Just(Device::Phone), Just(Device::Tablet)];
    let visit = prop_oneof![
        5 => Just("/pay/A1"),
        1 => Just("/pay/separate/A1"),
        1 => Just("/cashier/K1"),
        1 => Just("/pay/status?order_id=A1"),
        1 => Just("/"),
    ];
    let place = (past, host, device, any::<[bool; 3]>());
    let place =
        place.prop_map(|(past, host, device, [framed, sound, opens_nothing])| Place { device, framed, host, opens_nothing, past, sound });
    let terms =
        (prop::option::weighted(0.3, 1000i64..1003), any::<[bool; 4]>()).prop_map(|(asked, [asks_once, chooses_here, confirms, tells])| {
            Terms {
                asked: asked.and_then(Fen::decode),
                asks_once,
                chooses_here,
                confirms,
                status_timeout: Terms::default().status_timeout.filter(|_| tells),
            }
        });
    let terms = prop_oneof![Just(Terms::default()), terms];
    let seen = prop::option::of(Just(ReturnTarget::decode("https://shop.example/order").unwrap()));
    (any::<[bool; 2]>(), any::<u32>(), place, visit, terms, seen).prop_map(|([online, visible], seed, place, visit, terms, return_page)| {
        let (path, query) = visit.split_once('?').unwrap_or((visit, ""));
        Setup { online, place, return_page, seed, terms, visible, visit: Visit::of_address(path, query), ..setup() }
    })
}

/// What was said to questions that were open, and what must hold because of it.
struct Witness {
    /// Whether the shopper has agreed to the amount of the order that is on the screen.
    agreed: bool,
    answered_info: bool,
    /// Whether time was up when the order on the screen was last looked at.
    covered: bool,
    /// Whether the shopper pressed the link to the wallet that was there.
    tapped: bool,
    /// Since when a wallet is being opened, while the page is on the screen.
    opening: Option<Instant>,
    /// The ends that the gateway has named.
    ends: Vec<End>,
    /// Whether the gateway has said that nothing is left to be paid, or that the order waits no more.
    over: bool,
    paid: bool,
    /// How often the shopper has wanted something to pay with.
    presses: usize,
    place: Place,
    /// Whether the gateway has said that the order on the screen waits no more.
    settled: bool,
    terminal: Option<Screen>,
    terms: Terms,
    visit: Visit,
    /// Whether the gateway has asked for the wallet.
    wants_wallet: bool,
}

impl Witness {
    fn hear(&mut self, answer: &Answer) {
        let standing = match answer {
            Answer::Info(Ok(info)) => {
                self.answered_info = true;
                self.agreed = false;
                self.covered = false;
                if let Some(offer) = info.offer.clone() {
                    self.hear(&Answer::QrCode(Ok(offer)));
                }
                &info.standing
            }
            Answer::Status(Ok(standing)) => standing,
            Answer::QrCode(Ok(Offer::Jump(link))) => {
                self.wants_wallet |= !link.is_page();
                return;
            }
            Answer::QrCode(Ok(Offer::Nothing)) => {
                self.over = true;
                return;
            }
            Answer::QrCode(Err(Failure::Refused(Refusal { verdict: Some(Verdict::NotPayable | Verdict::NothingToPay), .. }))) => {
                self.over = true;
                return;
            }
            _ => return,
        };
        match standing {
            Standing::Ended(end) => self.ends.push(*end),
            Standing::Over { .. } => self.over = true,
            Standing::Paid { .. } => self.paid = true,
            Standing::Waiting { opens_wallet, .. } => self.wants_wallet |= opens_wallet,
        }
    }
}

fn is_terminal(screen: &Screen) -> bool {
    matches!(screen, Screen::Ended { .. } | Screen::Finished { .. } | Screen::Paid { .. })
}

fn check(page: &Page, witness: &mut Witness, seen: usize) -> Result<(), TestCaseError> {
    let screen = page.screen();
    witness.settled &= matches!(screen, Screen::Awaiting { .. });
    for (_, effect) in page.effects.get(seen..).unwrap_or_default() {
        let pays = matches!(effect, Effect::HandOver(_) | Effect::OpenWallet(_) | Effect::Visit(_));
        prop_assert!(!(witness.settled && (pays || matches!(effect, Effect::Play(_)))), "asked, or sent, to pay what waits no more");
        let due = if let Screen::Awaiting { order } = &screen { order.trade_amount } else { None };
        let is_agreed = witness.agreed || witness.terms.asked.is_none_or(|asked| due == Some(asked));
        prop_assert!(!pays || is_agreed, "sent to pay another amount than was agreed to");
        match effect {
            Effect::Ask { call, .. } => {
                let comes_first = matches!(call, Call::Cashier(_) | Call::Create { .. } | Call::Info(_));
                prop_assert!(witness.answered_info || comes_first, "rule 1: {call:?} before the info answer");
                let fits = match call {
                    Call::Cashier(_) | Call::Create { .. } => matches!(witness.visit, Visit::Enter(_)),
                    Call::Choose { .. } => matches!(witness.visit, Visit::Choose(_)) && !witness.terms.chooses_here,
                    Call::Methods(_) => matches!(witness.visit, Visit::Choose(_)) || witness.terms.chooses_here,
                    Call::Audio(_) | Call::QrCode { .. } if witness.terms.chooses_here => {
                        matches!(witness.visit, Visit::Choose(_) | Visit::Pay(_))
                    }
                    Call::Audio(_) | Call::QrCode { .. } => matches!(witness.visit, Visit::Pay(_)),
                    Call::Info(_) | Call::Status(_) => witness.visit.order().is_some(),
                };
                prop_assert!(fits, "{call:?} on a page for {:?}", witness.visit);
                prop_assert!(witness.terminal.is_none(), "rule 1: {call:?} after the end");
            }
            Effect::Leave(target) => {
                prop_assert!(matches!(screen, Screen::Finished { .. } | Screen::Paid { .. }), "rule 4: only an order that is done leaves");
                prop_assert!(!matches!(witness.visit, Visit::See(..)), "rule 4: who comes to look is sent nowhere");
                prop_assert!(target.as_str().starts_with("https://"), "rule 4: {target:?}");
            }
            Effect::Visit(_) => prop_assert!(!witness.place.framed, "rule 7: a page opened inside another one"),
            Effect::OpenWallet(_) => {
                let lets = witness.place.device != Device::Computer && !matches!(witness.place.host, Host::Qq | Host::WeChat);
                prop_assert!(
                    lets && !witness.place.opens_nothing && !witness.place.framed && witness.wants_wallet,
                    "rule 7: a wallet opened where or when it must not"
                );
                prop_assert!(!witness.tapped, "rule 7: who has pressed the link is sent to pay again");
                witness.opening = Some(page.now);
            }
            _ => {}
        }
    }
    prop_assert!(page.open.iter().filter(|(_, call)| is_status(call)).count() <= 1, "rule 2: more than one status question");
    prop_assert!(page.count(|effect| matches!(effect, Effect::Leave(_))) <= 1, "rule 4: left twice");
    prop_assert!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))) <= 1, "rule 7: a wallet opened twice");
    let payments = page.count(|effect| matches!(effect, Effect::Ask { call: Call::QrCode { .. }, .. }));
    let first = usize::from(!matches!(witness.place.past, Past::Left | Past::Visited));
    prop_assert!(!witness.terms.asks_once || payments <= first + witness.presses, "a payment was asked for again by itself");
    match &screen {
        Screen::Paid { .. } => prop_assert!(witness.paid, "rule 3: paid without the gateway's word"),
        Screen::Finished { .. } => prop_assert!(witness.over, "rule 3: finished without the word of who knows"),
        Screen::Ended { end, .. } => prop_assert!(witness.ends.contains(end), "rule 3: ended without the gateway's word"),
        Screen::Awaiting { .. } | Screen::Entering { .. } | Screen::Failed { .. } | Screen::Loading { .. } => {}
    }
    match &witness.terminal {
        Some(terminal) => prop_assert_eq!(terminal, &screen, "rule 4: a final screen changed"),
        None if is_terminal(&screen) => witness.terminal = Some(screen),
        None => {}
    }
    let view = page.checkout.view(page.now);
    let due = if let Screen::Awaiting { order } = &page.screen() { order.trade_amount } else { None };
    if matches!(view.pay, Some(Pay::Instrument(_))) && witness.terms.asked.is_some_and(|asked| due != Some(asked)) {
        prop_assert!(witness.agreed, "a code for another amount than was agreed to");
    }
    if view.not_opened {
        let waited = witness.opening.map(|opening| page.now.since(opening));
        prop_assert!(waited.is_some_and(|waited| waited >= Duration::from_millis(2_500)), "a false alarm: {waited:?}");
    }
    let payable = matches!(view.pay, Some(Pay::Agree { .. } | Pay::Asking | Pay::Choice(_) | Pay::Instrument(_)));
    prop_assert!(!(witness.settled && payable), "asked to pay what waits no more");
    let covered = matches!(view.pay, Some(Pay::Checking { .. }));
    prop_assert!(!covered || (view.remaining.is_none() && view.sound.is_none()), "rule 6: an invitation to pay over a covered code");
    let returns = witness.covered && matches!(view.pay, Some(Pay::Agree { .. } | Pay::Asking | Pay::Instrument(_)));
    prop_assert!(!returns || view.remaining.is_none_or(|left| left >= 5), "rule 6: uncovered for {:?} s", view.remaining);
    witness.covered = covered;
    if let Some(deadline) = page.checkout.next_deadline(page.now) {
        prop_assert!(deadline > page.now, "what is due was not done: a browser would spin");
    }
    Ok(())
}

/// As many cases as `PROPTEST_CASES` asks for: a million find what some thousand do not, and a few are enough to notice a mutant.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { ProptestConfig { cases: 4000, ..config } }
}

proptest! {
    #![proptest_config(config())]

    /// Rules 1 to 4 and 6 to 8: whatever happens, in whatever order.
    #[test]
    fn the_rules_hold_whatever_happens(setup in any_setup(), happenings in prop::collection::vec(happening(), 1..60)) {
        let mut witness =
            Witness { agreed: false, answered_info: false, covered: false, over: false, presses: 0, terms: setup.terms,
            settled: false, tapped: false, opening: None, ends: Vec::new(), paid: false, place: setup.place.clone(), terminal: None, visit: setup.visit.clone(), wants_wallet: false };
        let mut page = Page::open(setup);
        let mut closed: Vec<QuestionId> = Vec::new();
        for happening in happenings {
            let (seen, before) = (page.effects.len(), page.open.clone());
            match happening {
                Happening::Answer(answer) => {
                    if page.fitting(&answer).is_some() {
                        witness.hear(&answer);
                        let is_over = matches!(answer, Answer::Status(Ok(Standing::Over { .. })));
                        witness.settled |= is_over && !matches!(page.pay(), None | Some(Pay::Choice(_)));
                    }
                    page.answer(answer);
                }
                Happening::Event(event) => {
                    // What another tab was told is the gateway's word too.
                    if let (Event::Overheard { result: Ok(standing), .. }, Screen::Awaiting { .. }) = (&event, page.screen()) {
                        witness.hear(&Answer::Status(Ok(standing.clone())));
                        witness.settled |= matches!(standing, Standing::Over { .. }) && !matches!(page.pay(), None | Some(Pay::Choice(_)));
                    }
                    match event {
                        Event::RetryPressed => witness.presses += 1,
                        Event::Agreed => witness.agreed |= matches!(page.pay(), Some(Pay::Agree { .. })),
                        // What is chosen anew is agreed to anew.
                        Event::Chosen { .. } => {
                            witness.presses += 1;
                            witness.agreed &= !matches!(page.pay(), Some(Pay::Choice(_)));
                        }
                        Event::WalletTapped => {
                            witness.opening = Some(page.now);
                            witness.tapped |= matches!(page.pay(), Some(Pay::Instrument(_)));
                        }
                        // Where nobody can be asked, the app that was asked to pay has the last word: it ends the wait, and is no payment.
                        Event::HostAnswered { result: HostResult::Done } if page.checkout.view(page.now).handing.is_some() => {
                            witness.over |= witness.terms.status_timeout.is_none();
                        }
                        Event::Left | Event::VisibilityChanged { visible: false } => witness.opening = None,
                        _ => {}
                    }
                    page.send(event);
                }
                Happening::LateAnswer(answer, index) => {
                    if let Some(question) = closed.get(index % closed.len().max(1)).copied() {
                        let (view, deadline) = (page.checkout.view(page.now), page.checkout.next_deadline(page.now));
                        page.send(Event::Answered { answer, date: UnixSeconds::decode(2_000_000_000).map(Into::into), question, retry_after: None });
                        prop_assert_eq!(view, page.checkout.view(page.now), "rule 2: an old reply changed the page");
                        prop_assert_eq!(deadline, page.checkout.next_deadline(page.now));
                        prop_assert_eq!(page.effects.get(seen..), Some(&[][..]), "rule 2: an old reply had an effect");
                    }
                }
                Happening::Pass(ms) => page.pass(Duration::from_millis(ms)),
            }
            closed.extend(before.iter().filter(|open| !page.open.contains(open)).map(|(question, _)| *question));
            check(&page, &mut witness, seen)?;
        }
    }

    /// Rule 3: as long as the gateway says nothing, the page waits.
    #[test]
    fn no_fault_ends_the_wait(failures in prop::collection::vec(failure(), 1..60), pause in 0u64..120) {
        let mut page = awaiting(setup(), 100_000);
        for failure in failures {
            page.pass(seconds(pause));
            page.answer(Answer::Status(Err(failure)));
            prop_assert!(matches!(page.screen(), Screen::Awaiting { .. }), "the wait ended");
        }
        prop_assert!(page.pass_until_asked(is_status), "it no longer asks");
        page.answer(status(paid()));
        prop_assert!(matches!(page.screen(), Screen::Paid { .. }), "a payment was missed");
    }

    /// Rule 5: the countdown is the gateway's, wherever its clock stands.
    #[test]
    fn the_countdown_is_the_gateways(expires in 10u64..5000, pause in 0u64..9_000) {
        let mut page = awaiting(setup(), expires);
        page.pass(Duration::from_millis(pause));
        let truth = (expires * 1000).saturating_sub(page.now.as_millis());
        match page.checkout.view(page.now).remaining {
            Some(told) => prop_assert!((told * 1000).abs_diff(truth) <= 1500, "{told} s told, {truth} ms left"),
            None => prop_assert!(truth <= 500),
        }
    }
}
