//! The rules of the checkout, as properties: whatever a gateway, a network and a shopper do, they hold.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::time::Duration;

use proptest::prelude::*;
use saoma::{
    checkout::{Checkout, Connection, Effect, Event, Host, Instant, Past, Pay, Place, QuestionId, Reason, Screen, Setup, Warning},
    order::{
        Answer, Call, Code, End, Failure, Fault, Fen, Info, Instrument, Offer, Order, OrderId, OrderRef, PayMethod, Prompt, Refusal,
        ReturnTarget, Returning, Standing, Tone, UnixSeconds, WalletLink,
    },
};

/// The gateway's unix time at the zero of the page's clock.
const GATEWAY_ZERO: u64 = 1_700_000_000;

/// A page with a virtual clock and a network that the test plays.
struct Page {
    checkout: Checkout,
    effects: Vec<(Instant, Effect)>,
    /// Questions that were asked and neither answered nor abandoned.
    open: Vec<(QuestionId, Call)>,
    now: Instant,
}

impl Page {
    fn open(setup: Setup) -> Self {
        let now = Instant::from_millis(0);
        let (checkout, effects) = Checkout::start(now, setup);
        let mut page = Self { checkout, effects: Vec::new(), open: Vec::new(), now };
        page.note(effects);
        page
    }

    fn of_order() -> Self {
        Self::open(setup())
    }

    fn note(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match &effect {
                Effect::Ask { call, question, .. } => self.open.push((*question, call.clone())),
                Effect::Abandon(question) => self.open.retain(|(open, _)| open != question),
                _ => {}
            }
            self.effects.push((self.now, effect));
        }
    }

    fn send(&mut self, event: Event) {
        let effects = self.checkout.update(self.now, event);
        self.note(effects);
    }

    /// Where the oldest open question is that such an answer fits.
    fn fitting(&self, answer: &Answer) -> Option<usize> {
        self.open.iter().position(|(_, call)| {
            matches!(
                (call, answer),
                (Call::Audio(_), Answer::Audio(_))
                    | (Call::Info(_), Answer::Info(_))
                    | (Call::QrCode(_), Answer::QrCode(_))
                    | (Call::Status(_), Answer::Status(_))
            )
        })
    }

    /// Answers the oldest open question that the answer fits. `false` if there is none.
    fn answer(&mut self, answer: Answer) -> bool {
        let Some(at) = self.fitting(&answer) else { return false };
        let (question, _) = self.open.remove(at);
        self.send(Event::Answered { answer, date: self.date(), question, retry_after: None });
        true
    }

    fn date(&self) -> Option<UnixSeconds> {
        UnixSeconds::decode(i64::try_from(GATEWAY_ZERO + self.now.as_millis() / 1000).unwrap())
    }

    /// Lets time pass, stopping at each deadline as a browser does.
    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        for _ in 0..100_000 {
            match self.checkout.next_deadline(self.now) {
                Some(deadline) if deadline <= end => {
                    // Never twice at the same moment: a browser's timers take at least a millisecond.
                    self.now = deadline.max(self.now + Duration::from_millis(1));
                    self.send(Event::TimePassed);
                }
                _ => break,
            }
        }
        self.now = end.max(self.now);
    }

    /// Lets time pass until such a question is under way; `false` if none comes within ten minutes.
    fn pass_until_asked(&mut self, wanted: fn(&Call) -> bool) -> bool {
        let end = self.now + seconds(600);
        while !self.open.iter().any(|(_, call)| wanted(call)) {
            match self.checkout.next_deadline(self.now) {
                Some(deadline) if deadline <= end => {
                    self.now = deadline.max(self.now + Duration::from_millis(1));
                    self.send(Event::TimePassed);
                }
                _ => return false,
            }
        }
        true
    }

    /// Lets time pass while every status question gets the same answer after `delay`.
    fn pass_answering(&mut self, span: Duration, delay: Duration, answer: &Answer) {
        let end = self.now + span;
        while self.now < end {
            if self.open.iter().any(|(_, call)| matches!(call, Call::Status(_))) {
                self.pass(delay);
                self.answer(answer.clone());
            }
            let next = self.checkout.next_deadline(self.now).unwrap_or(end).min(end).max(self.now + Duration::from_millis(1));
            self.now = next;
            self.send(Event::TimePassed);
        }
    }

    fn screen(&self) -> Screen {
        self.checkout.view(self.now).screen
    }

    fn pay(&self) -> Option<Pay> {
        self.checkout.view(self.now).pay
    }

    fn asked(&self, wanted: fn(&Call) -> bool) -> Vec<Instant> {
        self.effects.iter().filter(|(_, effect)| matches!(effect, Effect::Ask { call, .. } if wanted(call))).map(|(at, _)| *at).collect()
    }

    fn count(&self, wanted: fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|(_, effect)| wanted(effect)).count()
    }
}

fn is_status(call: &Call) -> bool {
    matches!(call, Call::Status(_))
}

fn setup() -> Setup {
    Setup {
        order: OrderRef::from_address("/pay/A1", ""),
        online: true,
        place: Place { sound: true, ..Place::default() },
        seed: 7,
        server_time: None,
        visible: true,
    }
}

fn phone() -> Place {
    Place { mobile: true, sound: true, ..Place::default() }
}

fn order() -> Order {
    Order {
        amount: Fen::decode(1000),
        content: None,
        create_time: None,
        id: OrderId::decode("A1"),
        method: Some(PayMethod { code: "alipay".into(), label: None, logo: None }),
        out_order_id: None,
        service_qq: None,
        subject: Some("商品购买".into()),
        tips: Vec::new(),
        trade_amount: Fen::decode(1001).unwrap(),
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A moment on the gateway's clock, in seconds after its zero.
fn at(seconds: u64) -> Option<UnixSeconds> {
    UnixSeconds::decode(i64::try_from(GATEWAY_ZERO + seconds).unwrap())
}

fn waiting(expires: u64) -> Standing {
    Standing::Waiting { expires: at(expires), opens_wallet: false }
}

fn wants_wallet() -> Standing {
    Standing::Waiting { expires: at(900), opens_wallet: true }
}

fn paid() -> Standing {
    Standing::Paid { redirect_wait: None, returning: Returning::To(ReturnTarget::decode("/order/return").unwrap()) }
}

fn info(standing: Standing) -> Answer {
    Answer::Info(Ok(Box::new(Info { order: order(), standing, redirect_wait: None })))
}

fn status(standing: Standing) -> Answer {
    Answer::Status(Ok(standing))
}

fn code() -> Instrument {
    Instrument { code: Code::decode("https://qr.alipay.com/x", ""), wallet: WalletLink::decode("alipays://x"), ..Instrument::default() }
}

fn offer() -> Answer {
    Answer::QrCode(Ok(Offer::Instrument(code())))
}

fn network_fault() -> Failure {
    Failure::Fault(Fault::Network)
}

/// A page that waits for payment, with its code.
fn awaiting(setup: Setup, expires: u64) -> Page {
    let mut page = Page::open(setup);
    assert!(page.answer(info(waiting(expires))));
    assert!(page.answer(offer()));
    page
}

// The flow

#[test]
fn info_is_asked_first_and_alone_then_code_and_prompt_together() {
    let mut page = Page::of_order();
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
    page.answer(info(waiting(900)));
    assert!(matches!(page.open.as_slice(), [(_, Call::QrCode(_)), (_, Call::Audio(_))]));
}

#[test]
fn an_order_that_does_not_wait_asks_for_nothing_more() {
    for standing in [paid(), Standing::Ended(End::Closed), Standing::Ended(End::TimedOut), Standing::Ended(End::CreationFailed)] {
        let mut page = Page::of_order();
        page.answer(info(standing));
        page.pass(seconds(3600));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Ask { .. })), 1);
    }
}

#[test]
fn a_link_without_an_order_asks_nothing() {
    let mut page = Page::open(Setup { order: None, ..setup() });
    page.send(Event::RetryPressed);
    page.pass(seconds(3600));
    assert_eq!(page.screen(), Screen::Failed { number: None, reason: Reason::LinkIncomplete });
    assert!(page.effects.is_empty());
}

#[test]
fn an_order_without_a_method_goes_to_the_choice_and_starts_over_when_it_is_back() {
    let mut page = Page::of_order();
    page.answer(Answer::Info(Ok(Box::new(Info { order: Order { method: None, ..order() }, standing: waiting(900), redirect_wait: None }))));
    assert!(matches!(page.effects.last(), Some((_, Effect::ChooseMethod(id))) if id.as_str() == "A1"));
    page.pass(seconds(3600));
    assert!(page.open.is_empty());
    page.send(Event::CameBack);
    assert!(page.open.is_empty(), "a slow browser is still on its way");
    page.send(Event::Restored);
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
}

#[test]
fn a_refused_info_is_an_order_not_found_and_a_busy_gateway_is_asked_again() {
    let refused = |code| Answer::Info(Err(Failure::Refused(Refusal { code, message: Some("未能找到订单信息或失效".into()) })));
    let mut page = Page::of_order();
    page.answer(refused(404));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::NotFound(Some(_)), .. }));
    let mut page = Page::of_order();
    page.answer(refused(503));
    assert!(matches!(page.screen(), Screen::Loading { retrying: true, .. }));
}

#[test]
fn a_gateway_that_cannot_be_reached_is_asked_five_times_then_the_shopper_decides() {
    let mut page = Page::of_order();
    for _ in 0..5 {
        assert!(page.pass_until_asked(|call| matches!(call, Call::Info(_))));
        assert!(page.answer(Answer::Info(Err(network_fault()))));
    }
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Unreachable, .. }));
    assert!(page.open.is_empty());
    page.send(Event::RetryPressed);
    assert!(page.answer(info(waiting(900))));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
}

#[test]
fn a_code_that_cannot_be_had_leaves_the_order_and_can_be_asked_for_again() {
    let mut page = Page::of_order();
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Err(Failure::Refused(Refusal { code: 500, message: Some("通道维护中".into()) }))));
    assert_eq!(page.pay(), Some(Pay::Missing(Some("通道维护中".into()))));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
    page.send(Event::RetryPressed);
    assert!(page.answer(offer()));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
}

#[test]
fn words_of_the_gateway_are_shown_and_pay_nothing() {
    let mut page = Page::of_order();
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Notice { copyable: false, tone: Tone::Success, words: "支付成功".into() })));
    assert!(matches!(page.pay(), Some(Pay::Notice { .. })));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
}

#[test]
fn a_page_that_the_server_renders_is_loaded_once() {
    for (past, expected) in [(Past::Fresh, 1), (Past::Deferred, 0)] {
        let mut page = Page::open(Setup { place: Place { past, ..phone() }, ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Elsewhere)));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Defer(_))), expected);
        assert_eq!(matches!(page.pay(), Some(Pay::Missing(_))), past == Past::Deferred);
    }
}

#[test]
fn a_code_picture_that_does_not_load_gives_way_to_the_text_of_the_code() {
    let picture = Code::decode("https://cdn.example/code.png", "");
    for (fallback, wallet) in [(Code::decode("wxp://f2f0", ""), None), (None, WalletLink::decode("alipays://x")), (None, None)] {
        let mut page = Page::of_order();
        page.answer(info(waiting(900)));
        let offered = Instrument { code: picture.clone(), fallback: fallback.clone(), wallet: wallet.clone(), ..Instrument::default() };
        page.answer(Answer::QrCode(Ok(Offer::Instrument(offered))));
        for _ in 0..2 {
            page.send(Event::CodeBroken);
            match page.pay() {
                Some(Pay::Instrument(left)) => assert_eq!((&left.code, &left.wallet), (&fallback, &wallet)),
                other => assert!(fallback.is_none() && wallet.is_none() && other == Some(Pay::Missing(None)), "{other:?}"),
            }
        }
    }
}

#[test]
fn an_order_without_a_number_of_its_own_is_asked_for_anew() {
    let mut page = Page::open(Setup { order: OrderRef::from_address("/", "?out_order_id=E1&pid=7"), ..setup() });
    let nameless = Order { id: None, ..order() };
    page.answer(Answer::Info(Ok(Box::new(Info { order: nameless, standing: waiting(900), redirect_wait: None }))));
    assert_eq!(page.pay(), Some(Pay::Missing(None)));
    page.send(Event::RetryPressed);
    assert!(page.answer(info(waiting(900))));
    assert!(page.answer(offer()));
}

#[test]
fn a_prompt_waits_for_a_gesture_where_the_browser_wants_one() {
    let prompt = || Answer::Audio(Ok(Some(Prompt { url: None, words: Some("请支付0.01".into()) })));
    let mut page = awaiting(setup(), 900);
    page.answer(prompt());
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 1);
    page.send(Event::SoundBlocked);
    assert!(page.checkout.view(page.now).sound.unwrap().blocked);
    page.send(Event::Gestured);
    page.send(Event::Gestured);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 2);
    page.send(Event::SoundSwitched);
    assert!(matches!(page.effects.as_slice(), [.., (_, Effect::RememberSound(false)), (_, Effect::Hush)]));
}

#[test]
fn a_prompt_stays_silent_where_sound_is_off_until_it_is_switched_on() {
    let mut page = awaiting(Setup { place: Place::default(), ..setup() }, 900);
    page.answer(Answer::Audio(Ok(Some(Prompt { url: None, words: Some("x".into()) }))));
    page.send(Event::Gestured);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 0);
    page.send(Event::SoundSwitched);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 1);
}

// Paid

#[test]
fn paid_waits_as_long_as_the_freshest_answer_says() {
    let wait = |own: Option<u64>, first: Option<u64>| {
        let mut page = Page::of_order();
        page.answer(Answer::Info(Ok(Box::new(Info { order: order(), standing: waiting(900), redirect_wait: first.map(seconds) }))));
        page.pass(seconds(2));
        let Standing::Paid { returning, .. } = paid() else { unreachable!() };
        page.answer(status(Standing::Paid { redirect_wait: own.map(seconds), returning }));
        let paid_at = page.now;
        page.pass(seconds(120));
        let left = page.effects.iter().find(|(_, effect)| matches!(effect, Effect::Leave(_))).unwrap().0;
        left.since(paid_at).as_secs()
    };
    assert_eq!(wait(Some(5), Some(9)), 5);
    assert_eq!(wait(None, Some(9)), 9);
    assert_eq!(wait(None, None), 3);
    assert_eq!(wait(Some(0), Some(9)), 0);
}

#[test]
fn a_shopper_who_stays_or_leaves_is_not_sent_away() {
    for (event, marks) in [(Event::StayPressed, 0), (Event::GoNowFollowed, 1)] {
        let mut page = Page::of_order();
        page.answer(info(paid()));
        page.pass(seconds(1));
        page.send(event);
        page.pass(seconds(60));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0);
        assert_eq!(page.count(|effect| *effect == Effect::MarkLeft), marks);
    }
}

#[test]
fn a_refused_return_target_keeps_the_shopper_and_tells_the_merchant() {
    let mut page = Page::of_order();
    page.answer(info(Standing::Paid { redirect_wait: Some(Duration::ZERO), returning: Returning::Refused }));
    page.pass(seconds(60));
    assert!(matches!(page.screen(), Screen::Paid { target: None, .. }));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Tell(Warning::ReturnTargetRefused))), 1);
}

#[test]
fn who_comes_back_from_the_shop_is_not_sent_there_again() {
    let mut page = Page::open(Setup { place: Place { past: Past::Left, ..phone() }, ..setup() });
    page.answer(info(paid()));
    page.pass(seconds(600));
    assert!(matches!(page.screen(), Screen::Paid { target: Some(_), .. }));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0);
}

#[test]
fn who_comes_back_from_a_page_for_paying_is_sent_to_the_shop() {
    let mut page = Page::open(Setup { place: Place { past: Past::Visited, ..phone() }, ..setup() });
    page.answer(info(paid()));
    page.pass(seconds(5));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 1);
}

// Polling

#[test]
fn the_pace_of_questions_follows_the_schedule() {
    let mut page = awaiting(setup(), 100_000);
    page.pass_answering(seconds(15 * 60), Duration::from_millis(100), &status(waiting(100_000)));
    let asked = page.asked(is_status);
    let gaps = |from: u64, to: u64| {
        let within = asked.windows(2).filter(|pair| pair[0].as_millis() >= from * 1000 && pair[1].as_millis() < to * 1000);
        within.map(|pair| pair[1].since(pair[0]).as_millis()).collect::<Vec<_>>()
    };
    // A gap is the pace and the 100 ms that the answer took.
    assert!(gaps(0, 90).iter().all(|gap| *gap == 2100), "{:?}", gaps(0, 90));
    assert!(gaps(93, 300).iter().all(|gap| *gap == 5100), "{:?}", gaps(93, 300));
    assert!(gaps(306, 900).iter().all(|gap| *gap == 10_100), "{:?}", gaps(306, 900));
    assert!(asked.len() <= 150, "{} questions", asked.len());
}

#[test]
fn a_hidden_page_asks_every_half_minute() {
    let mut page = awaiting(Setup { visible: false, ..setup() }, 100_000);
    page.pass_answering(seconds(15 * 60), Duration::from_millis(100), &status(waiting(100_000)));
    assert!((28..=32).contains(&page.asked(is_status).len()), "{} questions", page.asked(is_status).len());
}

#[test]
fn coming_back_asks_at_once_and_then_fast_for_half_a_minute() {
    for event in [Event::CameBack, Event::VisibilityChanged { visible: true }, Event::ConnectionChanged { online: true }] {
        let mut page = awaiting(setup(), 100_000);
        page.pass_answering(seconds(400), Duration::from_millis(100), &status(waiting(100_000)));
        let before = page.asked(is_status).len();
        page.pass(seconds(4));
        let came_back = page.now;
        page.send(event);
        page.send(Event::CameBack);
        assert_eq!(page.asked(is_status).len(), before + 1, "one return, one question");
        assert_eq!(page.asked(is_status).last(), Some(&came_back));
        page.pass_answering(seconds(60), Duration::from_millis(100), &status(waiting(100_000)));
        let after: Vec<u64> = page.asked(is_status).iter().map(|asked| asked.since(came_back).as_secs()).filter(|age| *age > 0).collect();
        assert!(after.iter().filter(|age| **age <= 30).count() >= 13, "{after:?}");
        assert!(after.iter().filter(|age| **age > 35).count() <= 3, "{after:?}");
    }
}

#[test]
fn a_question_that_hangs_when_the_shopper_comes_back_is_asked_anew() {
    let mut page = awaiting(setup(), 100_000);
    page.pass(seconds(6));
    let stale = page.open.iter().find(|(_, call)| is_status(call)).unwrap().0;
    page.send(Event::CameBack);
    assert!(page.effects.contains(&(page.now, Effect::Abandon(stale))));
    assert_eq!(page.open.iter().filter(|(_, call)| is_status(call)).count(), 1);
}

#[test]
fn faults_back_off_and_one_good_answer_brings_the_schedule_back() {
    let mut page = awaiting(setup(), 100_000);
    page.pass(seconds(2));
    for (fault, pause) in [1_000u64, 2_000, 4_000, 8_000, 15_000, 15_000].into_iter().enumerate() {
        assert!(page.answer(Answer::Status(Err(network_fault()))));
        let expected = if fault == 0 { Connection::Good } else { Connection::Reconnecting };
        assert_eq!(page.checkout.view(page.now).connection, expected);
        let failed = page.now;
        assert!(page.pass_until_asked(is_status));
        let waited = u64::try_from(page.now.since(failed).as_millis()).unwrap();
        assert!((pause * 8 / 10..=pause * 12 / 10 + 1).contains(&waited), "{waited} ms after fault {fault}");
    }
    page.answer(status(waiting(100_000)));
    assert_eq!(page.checkout.view(page.now).connection, Connection::Good);
    let answered = page.now;
    page.pass(seconds(2));
    assert!(page.asked(is_status).last().unwrap().since(answered) <= seconds(2));
}

#[test]
fn a_refused_question_is_no_bad_line() {
    let mut page = awaiting(setup(), 100_000);
    for expected in [Connection::Good, Connection::Refusing, Connection::Refusing] {
        assert!(page.pass_until_asked(is_status));
        page.answer(Answer::Status(Err(Failure::Refused(Refusal { code: 404, message: None }))));
        assert_eq!(page.checkout.view(page.now).connection, expected);
    }
}

#[test]
fn the_gateway_may_ask_to_be_left_alone() {
    let mut page = awaiting(setup(), 100_000);
    page.pass(seconds(2));
    let (question, _) = page.open.pop().unwrap();
    let answer = Answer::Status(Err(Failure::Fault(Fault::HttpStatus(503))));
    page.send(Event::Answered { answer, date: None, question, retry_after: Some(seconds(40)) });
    page.pass(seconds(20));
    page.send(Event::CameBack);
    page.pass(seconds(19));
    assert!(!page.open.iter().any(|(_, call)| is_status(call)));
    page.pass(seconds(2));
    assert!(page.open.iter().any(|(_, call)| is_status(call)));
}

#[test]
fn a_browser_that_never_answers_does_not_end_the_waiting() {
    let mut page = awaiting(setup(), 100_000);
    page.pass(seconds(2));
    let lost = page.open.iter().find(|(_, call)| is_status(call)).unwrap().0;
    page.pass(seconds(15));
    assert!(page.effects.iter().any(|(_, effect)| *effect == Effect::Abandon(lost)));
    assert!(page.asked(is_status).len() >= 2);
}

// Time

#[test]
fn at_zero_the_code_is_covered_and_a_late_payment_is_a_success() {
    let mut page = awaiting(setup(), 30);
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    page.pass_answering(seconds(31), Duration::from_millis(10), &status(waiting(30)));
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    assert_eq!(page.checkout.view(page.now).remaining, None);
    page.pass_answering(seconds(600), Duration::from_millis(10), &status(waiting(30)));
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    page.pass(seconds(31));
    assert!(page.answer(status(paid())));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn after_expiry_the_pace_slows_and_asking_ends_after_half_an_hour() {
    let mut page = awaiting(setup(), 0);
    page.pass_answering(seconds(3600), Duration::from_millis(10), &status(waiting(0)));
    let asked: Vec<u64> = page.asked(is_status).iter().map(|asked| asked.as_millis() / 1000).collect();
    assert!((28..=32).contains(&asked.iter().filter(|at| **at < 300).count()), "{asked:?}");
    assert!((48..=52).contains(&asked.iter().filter(|at| (300..1830).contains(*at)).count()), "{asked:?}");
    assert_eq!(asked.iter().filter(|at| **at > 1860).count(), 0, "{asked:?}");
    assert_eq!(page.pay(), Some(Pay::Checking { resting: true }));
    page.send(Event::CheckAgainPressed);
    assert!(page.answer(status(paid())));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

#[test]
fn a_later_expiry_uncovers_the_code() {
    let mut page = awaiting(setup(), 10);
    page.pass(seconds(12));
    assert!(matches!(page.pay(), Some(Pay::Checking { .. })));
    assert!(page.pass_until_asked(is_status));
    page.answer(status(waiting(600)));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    assert!((585..=588).contains(&page.checkout.view(page.now).remaining.unwrap()), "{:?}", page.checkout.view(page.now).remaining);
}

#[test]
fn without_the_gateways_time_nothing_expires() {
    let mut page = Page::of_order();
    let (question, _) = page.open.pop().unwrap();
    page.send(Event::Answered { answer: info(waiting(1)), date: None, question, retry_after: None });
    let (question, _) = page.open.remove(0);
    page.send(Event::Answered { answer: offer(), date: None, question, retry_after: None });
    page.pass(seconds(3600));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    assert_eq!(page.checkout.view(page.now).remaining, None);
}

#[test]
fn the_servers_time_counts_before_any_date_does() {
    let mut page = Page::open(Setup { server_time: at(0), ..setup() });
    let (question, _) = page.open.pop().unwrap();
    page.send(Event::Answered { answer: info(waiting(100)), date: None, question, retry_after: None });
    assert!((99..=100).contains(&page.checkout.view(page.now).remaining.unwrap()));
}

#[test]
fn a_page_that_slept_for_an_hour_wakes_to_one_question() {
    let mut page = awaiting(setup(), 100_000);
    page.pass_answering(seconds(60), Duration::from_millis(100), &status(waiting(100_000)));
    let before = page.asked(is_status).len();
    page.now = page.now + seconds(3600);
    for event in [Event::TimePassed, Event::VisibilityChanged { visible: true }, Event::CameBack, Event::ConnectionChanged { online: true }]
    {
        page.send(event);
    }
    assert_eq!(page.asked(is_status).len(), before + 1);
    assert!(page.answer(status(paid())));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
}

// Several tabs

/// Tabs of one order on one device: what one claims or is told, the others hear at once.
struct Tabs(Vec<Page>);

impl Tabs {
    fn open(visible: &[bool]) -> Self {
        let mut tabs = Self(Vec::new());
        for (seed, visible) in (1..).zip(visible) {
            // What a tab claims when it opens, those hear that are open already.
            tabs.0.push(awaiting(Setup { seed, visible: *visible, ..setup() }, 100_000));
            tabs.relay(tabs.0.len() - 1, 0);
        }
        tabs
    }

    /// Tells the other tabs what this one has claimed since it had done `seen` effects.
    fn relay(&mut self, tab: usize, seen: usize) {
        if self.0[tab].effects[seen..].iter().any(|(_, effect)| *effect == Effect::Claim) {
            self.others(tab, &Event::Followed);
        }
    }

    fn others(&mut self, tab: usize, event: &Event) {
        for (other, page) in self.0.iter_mut().enumerate() {
            if other != tab {
                page.send(event.clone());
            }
        }
    }

    fn send(&mut self, tab: usize, event: Event) {
        let seen = self.0[tab].effects.len();
        self.0[tab].send(event);
        self.relay(tab, seen);
    }

    /// Lets time pass in steps of 50 ms; every status question is answered in the next step.
    fn pass(&mut self, span: Duration, standing: &Standing) {
        for _ in 0..span.as_millis() / 50 {
            for tab in 0..self.0.len() {
                if self.0[tab].answer(status(standing.clone())) {
                    self.others(tab, &Event::Overheard(Ok(standing.clone())));
                }
                self.0[tab].now = self.0[tab].now + Duration::from_millis(50);
                self.send(tab, Event::TimePassed);
            }
        }
    }

    fn asked(&self) -> usize {
        self.0.iter().map(|page| page.asked(is_status).len()).sum()
    }
}

#[test]
fn several_tabs_ask_as_often_as_one() {
    for visible in [&[true, true, true][..], &[false, true, false], &[true, false, false]] {
        let mut tabs = Tabs::open(visible);
        tabs.pass(seconds(15 * 60), &waiting(100_000));
        assert!((130..=150).contains(&tabs.asked()), "{} questions of {visible:?}", tabs.asked());
    }
    let mut hidden = Tabs::open(&[false, false]);
    hidden.pass(seconds(15 * 60), &waiting(100_000));
    assert!(hidden.asked() <= 32, "{} questions of hidden tabs", hidden.asked());
}

#[test]
fn all_tabs_show_a_payment_and_one_goes_to_the_shop() {
    let mut tabs = Tabs::open(&[true, true, false]);
    tabs.pass(seconds(10), &waiting(100_000));
    tabs.pass(seconds(3), &paid());
    assert!(tabs.0.iter().all(|page| matches!(page.screen(), Screen::Paid { .. })));
    tabs.pass(seconds(60), &paid());
    assert_eq!(tabs.0.iter().map(|page| page.count(|effect| matches!(effect, Effect::Leave(_)))).sum::<usize>(), 1);
}

#[test]
fn a_tab_that_is_looked_at_asks_for_all_at_once() {
    let mut tabs = Tabs::open(&[true, true]);
    tabs.pass(seconds(5), &waiting(100_000));
    tabs.send(0, Event::CameBack);
    assert!(tabs.0[0].open.iter().any(|(_, call)| is_status(call)), "it asks at once");
    let before = tabs.0[1].asked(is_status).len();
    tabs.pass(seconds(60), &waiting(100_000));
    assert_eq!(tabs.0[1].asked(is_status).len(), before, "the other one does not");
}

#[test]
fn a_tab_that_hears_nothing_any_more_asks_itself() {
    for (event, patience) in [(Event::Orphaned, 1), (Event::TimePassed, 31)] {
        let mut page = awaiting(setup(), 100_000);
        page.send(Event::Followed);
        page.send(event);
        let left = page.now;
        assert!(page.pass_until_asked(is_status));
        assert!(page.now.since(left) <= seconds(patience), "after {:?}", page.now.since(left));
        assert_eq!(page.count(|effect| *effect == Effect::Claim), 2, "and it says so");
    }
}

#[test]
fn a_tab_that_is_left_gives_up_asking_only_if_it_asked() {
    let mut page = awaiting(setup(), 100_000);
    page.send(Event::Left);
    assert_eq!(page.count(|effect| *effect == Effect::Resign), 1);
    page.send(Event::Followed);
    page.send(Event::Left);
    assert_eq!(page.count(|effect| *effect == Effect::Resign), 1);
}

#[test]
fn a_tab_that_follows_says_when_the_line_is_bad() {
    let mut page = awaiting(setup(), 100_000);
    for expected in [Connection::Good, Connection::Reconnecting] {
        page.send(Event::Overheard(Err(network_fault())));
        assert_eq!(page.checkout.view(page.now).connection, expected);
    }
    page.send(Event::Overheard(Ok(waiting(100_000))));
    assert_eq!(page.checkout.view(page.now).connection, Connection::Good);
}

#[test]
fn only_an_answer_of_the_gateway_tells_its_time() {
    let mut page = awaiting(setup(), 900);
    page.pass(seconds(2));
    let (question, _) = page.open.pop().unwrap();
    let answer = Answer::Status(Err(Failure::Fault(Fault::Undecodable("the body is not JSON"))));
    page.send(Event::Answered { answer, date: UnixSeconds::decode(2_000_000_000), question, retry_after: None });
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    assert!((898..=899).contains(&page.checkout.view(page.now).remaining.unwrap()));
}

#[test]
fn a_gateway_whose_clock_is_set_far_ahead_is_asked_on() {
    let mut page = awaiting(setup(), 900);
    page.pass(seconds(2));
    let (question, _) = page.open.pop().unwrap();
    page.send(Event::Answered { answer: status(waiting(900)), date: UnixSeconds::decode(2_000_000_000), question, retry_after: None });
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    assert!(page.pass_until_asked(is_status));
    page.answer(status(waiting(900)));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))), "the right time uncovers it again");
}

#[test]
fn a_prompt_falls_silent_when_time_is_up() {
    let prompt = || Answer::Audio(Ok(Some(Prompt { url: None, words: Some("请支付".into()) })));
    let mut page = awaiting(setup(), 10);
    page.answer(prompt());
    page.send(Event::SoundBlocked);
    page.pass(seconds(11));
    assert_eq!(page.count(|effect| *effect == Effect::Hush), 1);
    assert_eq!(page.checkout.view(page.now).sound, None);
    page.send(Event::Gestured);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 1);
    let mut late = awaiting(setup(), 0);
    late.answer(prompt());
    assert_eq!(late.count(|effect| matches!(effect, Effect::Play(_))), 0);
}

// Wallets

#[test]
fn a_wallet_opens_by_itself_once_on_a_phone_that_lets_it() {
    for (place, expected) in [
        (phone(), 1),
        (Place { host: Host::Alipay, ..phone() }, 1),
        (Place { host: Host::WeChat, ..phone() }, 0),
        (Place { host: Host::Qq, ..phone() }, 0),
        (Place { mobile: false, ..phone() }, 0),
    ] {
        let mut page = awaiting(Setup { place: place.clone(), ..setup() }, 900);
        for _ in 0..3 {
            page.pass(seconds(3));
            page.answer(status(wants_wallet()));
        }
        assert_eq!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))), expected, "{place:?}");
    }
}

#[test]
fn a_jump_goes_to_a_page_anywhere_and_to_an_app_on_a_phone_only() {
    let jump = |place: Place, link: &str| {
        let mut page = Page::open(Setup { place, ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Jump(WalletLink::decode(link).unwrap()))));
        assert!(matches!(page.pay(), Some(Pay::Instrument(instrument)) if instrument.wallet.is_some()), "the link stays as a button");
        (page.count(|effect| matches!(effect, Effect::Visit(_))), page.count(|effect| matches!(effect, Effect::OpenWallet(_))))
    };
    assert_eq!(jump(phone(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place::default(), "https://pay.example/h5"), (1, 0));
    assert_eq!(jump(Place { past: Past::Visited, ..phone() }, "https://pay.example/h5"), (0, 0));
    assert_eq!(jump(phone(), "alipays://x"), (0, 1));
    assert_eq!(jump(Place::default(), "alipays://x"), (0, 0));
}

// The rules, whatever happens

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
        (0i64..600).prop_map(|code| Failure::Refused(Refusal { code, message: None })),
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
        1 => prop_oneof![Just(End::Closed), Just(End::TimedOut), Just(End::CreationFailed)].prop_map(Standing::Ended),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let offer = prop_oneof![
        Just(Offer::Elsewhere),
        Just(Offer::Instrument(Instrument::default())),
        Just(Offer::Instrument(code())),
        Just(Offer::Jump(WalletLink::decode("alipays://x").unwrap())),
        Just(Offer::Jump(WalletLink::decode("https://pay.example").unwrap())),
        Just(Offer::Notice { copyable: true, tone: Tone::Error, words: "x".into() }),
    ];
    let prompt = prop::option::of(Just(Prompt { url: None, words: Some("x".into()) }));
    prop_oneof![
        2 => (standing(), any::<bool>()).prop_map(|(standing, has_method)| {
            let method = order().method.filter(|_| has_method);
            Answer::Info(Ok(Box::new(Info { order: Order { method, ..order() }, standing, redirect_wait: None })))
        }),
        1 => failure().prop_map(|failure| Answer::Info(Err(failure))),
        6 => standing().prop_map(|standing| Answer::Status(Ok(standing))),
        3 => failure().prop_map(|failure| Answer::Status(Err(failure))),
        3 => offer.prop_map(|offer| Answer::QrCode(Ok(offer))),
        1 => failure().prop_map(|failure| Answer::QrCode(Err(failure))),
        1 => prompt.prop_map(|prompt| Answer::Audio(Ok(prompt))),
        1 => failure().prop_map(|failure| Answer::Audio(Err(failure))),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let event = prop_oneof![
        Just(Event::CameBack),
        Just(Event::CheckAgainPressed),
        Just(Event::CodeBroken),
        Just(Event::Left),
        Just(Event::Restored),
        any::<bool>().prop_map(|online| Event::ConnectionChanged { online }),
        Just(Event::Followed),
        Just(Event::Orphaned),
        failure().prop_map(|failure| Event::Overheard(Err(failure))),
        Just(Event::Gestured),
        Just(Event::GoNowFollowed),
        Just(Event::RetryPressed),
        Just(Event::SoundBlocked),
        Just(Event::SoundSwitched),
        Just(Event::StayPressed),
        Just(Event::TimePassed),
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
    (any::<[bool; 4]>(), any::<u32>(), past, host).prop_map(|([online, mobile, sound, visible], seed, past, host)| Setup {
        online,
        place: Place { host, mobile, past, sound },
        seed,
        visible,
        ..setup()
    })
}

/// What was said to questions that were open, and what must hold because of it.
struct Witness {
    answered_info: bool,
    /// The ends that the gateway has named.
    ends: Vec<End>,
    paid: bool,
    place: Place,
    terminal: Option<Screen>,
    /// Whether the gateway has asked for the wallet.
    wants_wallet: bool,
}

impl Witness {
    fn hear(&mut self, answer: &Answer) {
        let standing = match answer {
            Answer::Info(Ok(info)) => {
                self.answered_info = true;
                &info.standing
            }
            Answer::Status(Ok(standing)) => standing,
            Answer::QrCode(Ok(Offer::Jump(link))) => {
                self.wants_wallet |= !link.is_page();
                return;
            }
            _ => return,
        };
        match standing {
            Standing::Ended(end) => self.ends.push(*end),
            Standing::Paid { .. } => self.paid = true,
            Standing::Waiting { opens_wallet, .. } => self.wants_wallet |= opens_wallet,
        }
    }
}

fn is_terminal(screen: &Screen) -> bool {
    matches!(screen, Screen::Ended { .. } | Screen::Paid { .. })
}

fn check(page: &Page, witness: &mut Witness, seen: usize) -> Result<(), TestCaseError> {
    let screen = page.screen();
    for (_, effect) in page.effects.get(seen..).unwrap_or_default() {
        match effect {
            Effect::Ask { call, .. } => {
                prop_assert!(witness.answered_info || matches!(call, Call::Info(_)), "rule 1: {call:?} before the info answer");
                prop_assert!(witness.terminal.is_none(), "rule 1: {call:?} after the end");
            }
            Effect::Leave(target) => {
                prop_assert!(matches!(screen, Screen::Paid { .. }), "rule 4: only a paid order leaves");
                prop_assert!(target.as_str().starts_with("https://"), "rule 4: {target:?}");
            }
            Effect::OpenWallet(_) => {
                let lets = witness.place.mobile && !matches!(witness.place.host, Host::Qq | Host::WeChat);
                prop_assert!(lets && witness.wants_wallet, "rule 7: a wallet opened where or when it must not");
            }
            _ => {}
        }
    }
    prop_assert!(page.open.iter().filter(|(_, call)| is_status(call)).count() <= 1, "rule 2: more than one status question");
    prop_assert!(page.count(|effect| matches!(effect, Effect::Leave(_))) <= 1, "rule 4: left twice");
    prop_assert!(page.count(|effect| matches!(effect, Effect::OpenWallet(_))) <= 1, "rule 7: a wallet opened twice");
    match &screen {
        Screen::Paid { .. } => prop_assert!(witness.paid, "rule 3: paid without the gateway's word"),
        Screen::Ended { end, .. } => prop_assert!(witness.ends.contains(end), "rule 3: ended without the gateway's word"),
        Screen::Awaiting { .. } | Screen::Failed { .. } | Screen::Loading { .. } => {}
    }
    match &witness.terminal {
        Some(terminal) => prop_assert_eq!(terminal, &screen, "rule 4: a final screen changed"),
        None if is_terminal(&screen) => witness.terminal = Some(screen),
        None => {}
    }
    let view = page.checkout.view(page.now);
    let covered = matches!(view.pay, Some(Pay::Checking { .. }));
    prop_assert!(!covered || (view.remaining.is_none() && view.sound.is_none()), "rule 6: an invitation to pay over a covered code");
    if let Some(deadline) = page.checkout.next_deadline(page.now) {
        prop_assert!(deadline > page.now, "what is due was not done: a browser would spin");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    /// Rules 1 to 4 and 6 to 8: whatever happens, in whatever order.
    #[test]
    fn the_rules_hold_whatever_happens(setup in any_setup(), happenings in prop::collection::vec(happening(), 1..60)) {
        let mut witness =
            Witness { answered_info: false, ends: Vec::new(), paid: false, place: setup.place.clone(), terminal: None, wants_wallet: false };
        let mut page = Page::open(setup);
        let mut closed: Vec<QuestionId> = Vec::new();
        for happening in happenings {
            let (seen, before) = (page.effects.len(), page.open.clone());
            match happening {
                Happening::Answer(answer) => {
                    if page.fitting(&answer).is_some() {
                        witness.hear(&answer);
                    }
                    page.answer(answer);
                }
                Happening::Event(event) => page.send(event),
                Happening::LateAnswer(answer, index) => {
                    if let Some(question) = closed.get(index % closed.len().max(1)).copied() {
                        let (view, deadline) = (page.checkout.view(page.now), page.checkout.next_deadline(page.now));
                        page.send(Event::Answered { answer, date: UnixSeconds::decode(2_000_000_000), question, retry_after: None });
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
