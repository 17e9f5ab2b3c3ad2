//! Several tabs of one order.

use std::time::Duration;

use saoma::{
    checkout::{Connection, Effect, Event, Screen, Setup},
    order::Standing,
};

use crate::page::*;

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
