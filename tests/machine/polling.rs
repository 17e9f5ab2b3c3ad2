//! The schedule of questions, as examples on a virtual clock.

use std::time::Duration;

use saoma::{
    checkout::{Connection, Effect, Event, Setup},
    order::{Answer, Failure, Fault, Refusal},
};

use crate::page::*;

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
        page.answer(Answer::Status(Err(Failure::Refused(Refusal { code: 404, message: None, verdict: None }))));
        assert_eq!(page.checkout.view(page.now).connection, expected);
    }
}

#[test]
fn a_shop_may_want_longer_pauses() {
    let mut page = awaiting(Setup { least_pause: seconds(7), ..setup() }, 100_000);
    for _ in 0..60 {
        assert!(page.pass_until_asked(is_status));
        page.answer(status(waiting(100_000)));
    }
    let asked = page.asked(is_status);
    let pauses: Vec<_> = asked.windows(2).map(|two| two[1].since(two[0])).collect();
    assert!(pauses.iter().all(|pause| *pause >= seconds(7)), "{pauses:?}");
    assert!(pauses.first().unwrap() < &seconds(8) && pauses.last().unwrap() >= &seconds(10), "longer ones stay: {pauses:?}");
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

/// The figures of `docs/deploy.md`: all questions of one shopper, with answers after a tenth of a second.
#[test]
fn a_shopper_costs_what_the_documentation_says() {
    let cost = |visible: bool, span: u64| {
        let mut page = awaiting(Setup { visible, ..setup() }, 900);
        page.answer(Answer::Audio(Ok(None)));
        page.pass_answering(seconds(span), Duration::from_millis(100), &status(waiting(900)));
        page.count(|effect| matches!(effect, Effect::Ask { .. }))
    };
    assert_eq!((cost(true, 40), cost(true, 900), cost(false, 900)), (22, 146, 32));
}
