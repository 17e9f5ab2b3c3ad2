//! Several tabs of one order.

use std::time::Duration;

use saoma::{
    checkout::{Connection, Effect, Event, Pay, Screen, Setup},
    order::{Failure, Fault, Standing},
};

use crate::page::*;

/// Tabs of one order on one device: what one claims or is told, the others hear at once.
struct Tabs(Vec<Page>);

fn tab_rank(tab: usize) -> u32 {
    u32::try_from(tab).unwrap() + 1
}

impl Tabs {
    fn open(visible: &[bool]) -> Self {
        Self::open_expiring(visible, 100_000)
    }

    fn open_expiring(visible: &[bool], expires: u64) -> Self {
        let mut tabs = Self(Vec::new());
        for (tab, visible) in visible.iter().enumerate() {
            let seed = tab_rank(tab);
            // What a tab claims when it opens, those hear that are open already.
            tabs.0.push(awaiting(Setup { seed, visible: *visible, ..setup() }, expires));
            tabs.relay(tabs.0.len() - 1, 0);
        }
        tabs
    }

    /// Tells the other tabs what this one has claimed or given up since it had done `seen` effects.
    fn relay(&mut self, tab: usize, seen: usize) {
        if self.0[tab].effects[seen..].iter().any(|(_, effect)| *effect == Effect::Resign) {
            self.others(tab, &Event::Orphaned);
        }
        if self.0[tab].effects[seen..].iter().any(|(_, effect)| *effect == Effect::Claim) {
            self.others(tab, &Event::Claimed { rank: tab_rank(tab) });
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
                    self.others(tab, &Event::Overheard { rank: tab_rank(tab), result: Ok(standing.clone()), retry_after: None });
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
        page.send(Event::Claimed { rank: u32::MAX });
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
    page.send(Event::Claimed { rank: u32::MAX });
    page.send(Event::Left);
    assert_eq!(page.count(|effect| *effect == Effect::Resign), 1);
}

#[test]
fn a_tab_that_follows_says_when_the_line_is_bad() {
    let mut page = awaiting(setup(), 100_000);
    for expected in [Connection::Good, Connection::Reconnecting] {
        page.send(Event::Overheard { rank: u32::MAX, result: Err(network_fault()), retry_after: None });
        assert_eq!(page.checkout.view(page.now).connection, expected);
    }
    page.send(Event::Overheard { rank: u32::MAX, result: Ok(waiting(100_000)), retry_after: None });
    assert_eq!(page.checkout.view(page.now).connection, Connection::Good);
}

#[test]
fn of_tabs_that_claim_at_the_same_time_the_highest_asks() {
    let mut tabs = Tabs::open(&[true, true, true]);
    tabs.pass(seconds(5), &waiting(100_000));
    // The network comes back to all at once, and each hears the others' claims after it has made its own.
    for tab in 0..3 {
        tabs.0[tab].send(Event::ConnectionChanged { online: true });
    }
    for tab in 0..3 {
        tabs.others(tab, &Event::Claimed { rank: tab_rank(tab) });
    }
    let asking: Vec<bool> = tabs.0.iter().map(|page| page.open.iter().any(|(_, call)| is_status(call))).collect();
    assert_eq!(asking, [false, false, true]);
}

#[test]
fn a_tab_out_of_sight_leaves_the_asking_to_one_that_is_looked_at() {
    let mut tabs = Tabs::open(&[true, true]);
    tabs.pass(seconds(5), &waiting(100_000));
    tabs.send(1, Event::VisibilityChanged { visible: false });
    tabs.pass(seconds(1), &waiting(100_000));
    let before: Vec<usize> = tabs.0.iter().map(|page| page.asked(is_status).len()).collect();
    tabs.pass(seconds(30), &waiting(100_000));
    let after: Vec<usize> = tabs.0.iter().map(|page| page.asked(is_status).len()).collect();
    assert!(after[0] > before[0] + 10 && after[1] == before[1], "{before:?} {after:?}");
    tabs.send(1, Event::ConnectionChanged { online: true });
    tabs.pass(seconds(3), &paid());
    assert_eq!(tabs.0[1].count(|effect| matches!(effect, Effect::Leave(_))), 0);
    tabs.pass(seconds(5), &paid());
    assert_eq!(tabs.0[0].count(|effect| matches!(effect, Effect::Leave(_))), 1, "the tab that is looked at goes to the shop");
}

#[test]
fn several_tabs_rest_when_there_is_no_hope_left() {
    let mut tabs = Tabs::open_expiring(&[true, true], 0);
    tabs.pass(seconds(3600), &waiting(0));
    let asked = tabs.asked();
    assert!((76..=90).contains(&asked), "{asked} questions");
    tabs.pass(seconds(1200), &waiting(0));
    assert_eq!(tabs.asked(), asked, "they rest");
    assert!(tabs.0.iter().all(|page| page.pay() == Some(Pay::Checking { resting: true })));
}

#[test]
fn all_tabs_leave_the_gateway_alone_when_it_asks_for_that() {
    let mut tabs = Tabs::open(&[true, true]);
    tabs.pass(seconds(5), &waiting(100_000));
    let busy = Err(Failure::Fault(Fault::HttpStatus(503)));
    tabs.0[0].send(Event::Overheard { rank: u32::MAX, result: busy, retry_after: Some(seconds(100)) });
    let asked = tabs.0[0].asked(is_status).len();
    tabs.0[0].pass(seconds(50));
    tabs.0[0].send(Event::CameBack);
    tabs.0[0].pass(seconds(49));
    assert_eq!(tabs.0[0].asked(is_status).len(), asked);
    tabs.0[0].pass(seconds(2));
    assert_eq!(tabs.0[0].asked(is_status).len(), asked + 1);
}

#[test]
fn what_another_tab_was_told_leaves_a_question_under_way_alone() {
    let mut page = awaiting(setup(), 100_000);
    page.pass(seconds(1));
    page.send(Event::CameBack);
    let asked = page.asked(is_status).len();
    page.send(Event::Overheard { rank: 0, result: Ok(waiting(100_000)), retry_after: None });
    page.send(Event::Overheard { rank: 0, result: Ok(Standing::Over { heard: false }), retry_after: None });
    assert_eq!(page.pay(), Some(Pay::Confirming { resting: false }), "it is the gateway's word all the same");
    page.pass(seconds(3));
    assert_eq!(page.asked(is_status).len(), asked, "one question at a time");
    page.send(Event::Overheard { rank: 0, result: Ok(paid()), retry_after: None });
    page.pass(seconds(60));
    assert!(matches!(page.screen(), Screen::Paid { .. }));
    assert_eq!(page.count(|effect| matches!(effect, Effect::Leave(_))), 0, "the tab that asked goes to the shop");
}

#[test]
fn a_tab_that_follows_nobody_rests_where_there_is_no_hope_left() {
    let mut page = awaiting(setup(), 0);
    // Half an hour, nearly, in which another tab asks.
    for _ in 0..178 {
        page.send(Event::Overheard { rank: u32::MAX, result: Ok(waiting(0)), retry_after: None });
        page.pass(seconds(10));
    }
    page.send(Event::Claimed { rank: u32::MAX });
    let asked = page.asked(is_status).len();
    page.pass(seconds(3600));
    assert_eq!(page.asked(is_status).len(), asked, "it asks nothing in its place");
    assert_eq!(page.pay(), Some(Pay::Checking { resting: true }));
    page.send(Event::CheckAgainPressed);
    assert!(page.answer(status(paid())));
}

#[test]
fn of_tabs_with_the_same_rank_none_insists() {
    let mut page = awaiting(setup(), 100_000);
    page.send(Event::Claimed { rank: setup().seed });
    page.pass(seconds(5));
    assert!(page.asked(is_status).is_empty());
    assert!(page.pass_until_asked(is_status), "and where both are silent, one asks");
}
