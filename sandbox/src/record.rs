//! What the page asked.

use std::collections::VecDeque;

use serde::Serialize;

use crate::fault::Call;

/// One request to the gateway.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// When the answer was complete or given up, in milliseconds since the sandbox began; missing while it is under way.
    pub answered_ms: Option<u64>,
    /// When it came, in milliseconds since the sandbox began.
    pub at_ms: u64,
    /// The body, shortened to 4,096 characters.
    pub body: String,
    /// Which call.
    pub call: Call,
    /// How many requests of this call for this order were under way, with this one. One that the page has hung up on shortly before counts
    /// no more: that is noticed a moment later.
    pub concurrent: usize,
    /// Whether the connection was cut instead of an answer.
    pub cut: bool,
    /// Its number.
    pub number: u64,
    /// The order that was asked about, shortened to 128 characters, where one was named.
    pub order_id: Option<String>,
    /// The value of `_time`, shortened to 32 characters.
    pub time: Option<String>,
}

/// A callback to a shop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notification {
    /// Which address was called, with its fields.
    pub address: String,
    /// What the shop answered, or why it did not.
    pub answer: String,
    /// Which attempt it was, from 1 on.
    pub attempt: usize,
    /// The order that was paid.
    pub order_id: String,
}

/// The last callbacks.
#[derive(Debug, Default)]
pub struct Notifications(VecDeque<Notification>);

impl Notifications {
    const MAX: usize = 1000;

    pub(crate) fn push(&mut self, notification: Notification) {
        self.0.push_back(notification);
        if self.0.len() > Self::MAX {
            self.0.pop_front();
        }
    }

    /// Those that are remembered, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notification> {
        self.0.iter()
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Records {
    last: VecDeque<Record>,
    made: u64,
}

impl Records {
    const MAX: usize = 10_000;
    const MAX_BODY: usize = 4096;
    const MAX_ID: usize = 128;
    /// How much later than the page's next request it may be noticed that it has hung up on one.
    const MOMENT_MS: u64 = 500;

    pub(crate) fn begin(&mut self, at_ms: u64, call: Call, order_id: Option<String>, time: Option<String>, body: &str) -> u64 {
        self.made += 1;
        let order_id = order_id.map(|id| id.chars().take(Self::MAX_ID).collect());
        let is_open = |record: &&Record| record.answered_ms.is_none() && record.call == call && record.order_id == order_id;
        let concurrent = self.last.iter().filter(is_open).count() + 1;
        let body = body.chars().take(Self::MAX_BODY).collect();
        let time = time.map(|time| time.chars().take(32).collect());
        self.last.push_back(Record { answered_ms: None, at_ms, body, call, concurrent, cut: false, number: self.made, order_id, time });
        if self.last.len() > Self::MAX {
            self.last.pop_front();
        }
        self.made
    }

    pub(crate) fn name(&mut self, number: u64, order_id: &str) {
        if let Some(record) = self.find(number) {
            record.order_id = Some(order_id.to_owned());
        }
    }

    /// `hung_up`: whoever asked has, before there was an answer.
    pub(crate) fn end(&mut self, number: u64, at_ms: u64, hung_up: bool) {
        let Some(record) = self.find(number) else { return };
        record.answered_ms = Some(at_ms);
        let (call, order_id) = (record.call, record.order_id.clone());
        if hung_up {
            let has_just_begun = |record: &&mut Record| record.number > number && record.at_ms + Self::MOMENT_MS >= at_ms;
            let is_alike = |record: &&mut Record| record.call == call && record.order_id == order_id && record.concurrent > 1;
            self.last.iter_mut().filter(has_just_begun).filter(is_alike).for_each(|record| record.concurrent -= 1);
        }
    }

    pub(crate) fn cut(&mut self, number: u64) {
        if let Some(record) = self.find(number) {
            record.cut = true;
        }
    }

    fn find(&mut self, number: u64) -> Option<&mut Record> {
        self.last.iter_mut().rev().find(|record| record.number == number)
    }

    /// The requests that are remembered, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.last.iter()
    }

    /// Those of one order.
    pub fn of(&self, order_id: &str) -> Vec<Record> {
        self.last.iter().filter(|record| record.order_id.as_deref() == Some(order_id)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hangs_up_and_asks_again_does_not_ask_twice_at_once() {
        for (hung_up_ms, hung_up, concurrent) in [(1_010, true, 1), (1_010, false, 2), (1_900, true, 2)] {
            let mut records = Records::default();
            let mut ask = |at_ms| records.begin(at_ms, Call::Status, Some("A1".into()), None, "");
            let (first, _) = (ask(0), ask(1_000));
            records.end(first, hung_up_ms, hung_up);
            let second = records.of("A1").pop().unwrap();
            assert_eq!(second.concurrent, concurrent, "{hung_up_ms} {hung_up}");
        }
    }

    #[test]
    fn a_record_is_short() {
        let mut records = Records::default();
        records.begin(0, Call::Info, Some("长".repeat(500)), Some("1".repeat(500)), &"x".repeat(5_000));
        let record = records.iter().next().unwrap();
        assert_eq!(record.order_id.as_ref().unwrap().chars().count(), 128);
        assert_eq!((record.time.as_ref().unwrap().len(), record.body.len()), (32, 4_096));
    }
}
