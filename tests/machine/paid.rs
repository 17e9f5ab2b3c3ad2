//! A paid order, and the way to the shop.

use std::time::Duration;

use saoma::{
    checkout::{Effect, Event, Past, Place, Screen, Setup, Warning},
    order::{Answer, Info, Returning, Standing},
};

use crate::page::*;

#[test]
fn paid_waits_as_long_as_the_freshest_answer_says() {
    let wait = |own: Option<u64>, first: Option<u64>| {
        let mut page = Page::of_order();
        page.answer(Answer::Info(Ok(Box::new(Info {
            order: order(),
            standing: waiting(900),
            redirect_wait: first.map(seconds),
            offer: None,
        }))));
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
    // What the first answer says of an order that is paid already counts too.
    let mut page = Page::of_order();
    let Standing::Paid { returning, .. } = paid() else { unreachable!() };
    let standing = Standing::Paid { redirect_wait: None, returning };
    page.answer(Answer::Info(Ok(Box::new(Info { order: order(), standing, redirect_wait: Some(seconds(9)), offer: None }))));
    page.pass(seconds(8));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0);
    page.pass(seconds(2));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 1);
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

#[test]
fn a_payment_is_heard_where_sound_is_wanted_and_it_is_news() {
    let cues = |sound: bool, event: fn(&mut Page)| {
        let mut page = awaiting(Setup { place: Place { sound, ..setup().place }, ..setup() }, 900);
        page.pass(seconds(3));
        event(&mut page);
        assert!(matches!(page.screen(), Screen::Paid { .. }));
        page.pass(seconds(1));
        page.count(|effect| matches!(effect, Effect::PlayCue))
    };
    let told = |page: &mut Page| assert!(page.answer(status(paid())));
    assert_eq!(cues(true, told), 1);
    assert_eq!(cues(false, told), 0, "sound is switched off");
    let overheard = |page: &mut Page| page.send(Event::Overheard { rank: 9, result: Ok(paid()), retry_after: None });
    assert_eq!(cues(true, overheard), 0, "the tab that asked says it for all");
    let mut page = Page::of_order();
    page.answer(info(paid()));
    assert_eq!(page.count(|effect| matches!(effect, Effect::PlayCue)), 0, "it was paid before");
}
