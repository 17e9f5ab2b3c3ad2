//! The gateway's time, the countdown, the covered code, the late payment.

use std::time::Duration;

use saoma::{
    checkout::{Effect, Event, Pay, Screen, Setup},
    order::{Answer, Failure, Fault, Prompt, UnixSeconds},
};

use crate::page::*;

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

/// What is written in whole seconds is taken for the middle of its second, so time may be up half a second early, until an answer
/// tells more.
#[test]
fn a_clock_that_is_known_better_does_not_uncover_the_code_for_a_moment() {
    let mut page = Page::of_order();
    page.now = page.now + Duration::from_millis(10);
    page.answer(info(waiting(10)));
    page.answer(offer());
    page.pass_answering(Duration::from_millis(9_600), Duration::ZERO, &status(waiting(10)));
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    page.send(Event::CameBack);
    assert!(page.answer(status(waiting(10))), "nothing is asked");
    assert_eq!(page.pay(), Some(Pay::Checking { resting: false }));
    assert_eq!(page.checkout.view(page.now).remaining, None);
    assert!(page.pass_until_asked(is_status));
    page.answer(status(waiting(60)));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))), "more time is no better knowledge");
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

#[test]
fn only_an_answer_of_the_gateway_tells_its_time() {
    let mut page = awaiting(setup(), 900);
    page.pass(seconds(2));
    let (question, _) = page.open.pop().unwrap();
    let answer = Answer::Status(Err(Failure::Fault(Fault::Undecodable("the body is not JSON"))));
    page.send(Event::Answered { answer, date: UnixSeconds::decode(2_000_000_000).map(Into::into), question, retry_after: None });
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
    assert!((898..=899).contains(&page.checkout.view(page.now).remaining.unwrap()));
}

#[test]
fn a_gateway_whose_clock_is_set_far_ahead_is_asked_on() {
    let mut page = awaiting(setup(), 900);
    page.pass(seconds(2));
    let (question, _) = page.open.pop().unwrap();
    page.send(Event::Answered {
        answer: status(waiting(900)),
        date: UnixSeconds::decode(2_000_000_000).map(Into::into),
        question,
        retry_after: None,
    });
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

#[test]
fn the_last_minutes_are_spoken_of_three_times() {
    let mut page = awaiting(setup(), 200);
    let mut spoken = Vec::new();
    for _ in 0..400 {
        page.pass_answering(Duration::from_millis(500), Duration::from_millis(10), &status(waiting(200)));
        let warning = page.checkout.view(page.now).time_warning;
        if spoken.last() != Some(&warning) {
            spoken.push(warning);
        }
    }
    assert_eq!(spoken, [None, Some(180), None, Some(60), None, Some(30), None]);
}

#[test]
fn a_moment_that_was_slept_through_is_not_spoken_of() {
    let mut page = awaiting(setup(), 200);
    page.now = page.now + seconds(100);
    page.send(Event::TimePassed);
    assert_eq!(page.checkout.view(page.now).time_warning, None, "180 s are long past");
    page.pass_answering(seconds(41), Duration::from_millis(10), &status(waiting(200)));
    assert_eq!(page.checkout.view(page.now).time_warning, Some(60));
    page.pass_answering(seconds(9), Duration::from_millis(10), &status(waiting(900)));
    assert_eq!(page.checkout.view(page.now).time_warning, None, "the order was given more time");
}

#[test]
fn a_page_that_opens_late_says_nothing_of_the_time_before() {
    let mut page = awaiting(setup(), 100);
    page.pass_answering(seconds(10), Duration::from_millis(10), &status(waiting(100)));
    assert_eq!(page.checkout.view(page.now).time_warning, None);
}
