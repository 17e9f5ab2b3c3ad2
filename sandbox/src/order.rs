//! The gateway's orders.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::{Call, Fault};

/// What an order is made of. Every field has a default, so that `{}` is an order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// A tip of the channel's account, as HTML.
    pub account_tip: String,
    /// The price, in fen.
    pub amount: i64,
    /// What is heard.
    pub audio: Audio,
    /// By how many seconds the gateway's clock is ahead of this machine's.
    pub clock_offset: i64,
    /// What is paid with.
    pub code: Code,
    /// What is bought, at length.
    pub content: String,
    /// Seconds from its creation to its expiry.
    pub expires_in: i64,
    /// What a signed form brought along for its callback.
    pub ext: String,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// 1: the wallet is to open by itself.
    pub is_auto_open: i64,
    /// Fields that replace those of an answer, by call.
    pub merge: BTreeMap<String, Value>,
    /// Where the shop is told of the payment; empty: nowhere.
    pub notify_url: String,
    /// The gateway's number; made where it is empty.
    pub order_id: String,
    /// The shop's number; made where it is empty.
    pub out_order_id: String,
    /// Milliseconds after its creation at which it is paid by itself, late or not.
    pub paid_after_ms: Option<u64>,
    /// Seconds between "paid" and the jump.
    pub pay_payed_wait_time: Option<i64>,
    /// A tip of the merchant, as HTML.
    pub pay_tip: String,
    /// The method; empty: none chosen yet.
    pub pay_type: String,
    /// The method's logo.
    pub pay_type_logo: String,
    /// The method's name.
    pub pay_type_text: String,
    /// The methods in which AnqiCMS lets it be paid; all where there are none.
    pub pay_ways: Vec<String>,
    /// The merchant.
    pub pid: i32,
    /// How many points pay for it; 0: it takes none.
    pub points_needed: i64,
    /// How many points its customer has.
    pub points_owned: i64,
    /// Where a paid order leads; the sandbox's shop where it is missing, nowhere where it is empty.
    pub return_uri: Option<String>,
    /// The support desk.
    pub service_qq: String,
    /// Where it stands.
    pub status: Stand,
    /// What is bought.
    pub subject: String,
    /// Seconds after its expiry at which the gateway gives it up.
    pub timed_out_after: i64,
    /// How the account's tip covers the merchant's: 2 = both are shown.
    pub tip_cover: i64,
    /// What is to be paid, in fen; the price where it is missing.
    pub trade_amount: Option<i64>,
}

/// The answer of `/api/order/qrcode`. Empty fields are left out.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the specification")]
pub struct Code {
    pub actual_account: String,
    pub actual_account_type: String,
    pub actual_amount: String,
    pub content: String,
    pub content_copy: Option<i64>,
    /// The text to encode. Where this and `qrcode_data` are missing, it is the address of the sandbox's wallet page.
    pub qrcode: Option<String>,
    pub qrcode_data: Option<String>,
    pub scheme: String,
    pub r#type: String,
    pub uri: String,
}

/// The answer of `/api/order/audio`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the specification")]
pub struct Audio {
    pub audio_content: String,
    pub audio_enable: i64,
    pub audio_url: String,
}

impl Default for Audio {
    fn default() -> Self {
        Self { audio_content: "请扫码支付".into(), audio_enable: 1, audio_url: "/sandbox/prompt.wav".into() }
    }
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            account_tip: String::new(),
            amount: 1001,
            audio: Audio::default(),
            clock_offset: 0,
            code: Code::default(),
            content: String::new(),
            expires_in: 900,
            ext: String::new(),
            faults: Vec::new(),
            is_auto_open: 0,
            merge: BTreeMap::new(),
            notify_url: String::new(),
            order_id: String::new(),
            out_order_id: String::new(),
            paid_after_ms: None,
            pay_payed_wait_time: None,
            pay_tip: String::new(),
            pay_type: "alipay".into(),
            pay_type_logo: String::new(),
            pay_type_text: "支付宝".into(),
            pay_ways: Vec::new(),
            pid: 1001,
            points_needed: 0,
            points_owned: 0,
            return_uri: None,
            service_qq: String::new(),
            status: Stand::Waiting,
            subject: "商品购买".into(),
            timed_out_after: 300,
            tip_cover: 0,
            trade_amount: None,
        }
    }
}

/// Where an order stands, as the gateway numbers it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stand {
    Waiting,
    Paid,
    Closed,
    TimedOut,
    CreationFailed,
}

impl Stand {
    /// The gateway's number for it.
    pub fn code(self) -> i64 {
        match self {
            Self::Waiting => 1,
            Self::Paid => 2,
            Self::Closed => 3,
            Self::TimedOut => 4,
            Self::CreationFailed => 5,
        }
    }
}

/// An order that exists.
#[derive(Clone, Debug)]
pub struct Order {
    asked: HashMap<Call, u32>,
    created: Instant,
    created_unix: i64,
    /// What it is made of.
    pub spec: Spec,
}

impl Order {
    /// Where it stands now: paid by itself when its time has come, given up some time after its expiry.
    pub fn stand(&self) -> Stand {
        let age = self.created.elapsed();
        let after = |seconds: i64| age >= Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
        let spec = &self.spec;
        if spec.status != Stand::Waiting {
            spec.status
        } else if spec.paid_after_ms.is_some_and(|ms| age >= Duration::from_millis(ms)) {
            Stand::Paid
        } else if after(spec.expires_in.saturating_add(spec.timed_out_after)) {
            Stand::TimedOut
        } else {
            Stand::Waiting
        }
    }

    /// The gateway's own time, in unix seconds.
    pub fn gateway_now(&self) -> i64 {
        unix_now() + self.spec.clock_offset
    }

    /// When it was made, by the gateway's clock.
    pub fn created_at(&self) -> i64 {
        self.created_unix + self.spec.clock_offset
    }

    /// When it expires, by the gateway's clock.
    pub fn expire_time(&self) -> i64 {
        self.created_at() + self.spec.expires_in
    }

    /// Lets it expire now.
    pub fn expire_now(&mut self) {
        self.spec.expires_in = unix_now() - self.created_unix;
    }

    /// Counts a request and gives back what goes wrong with it.
    pub(crate) fn meet(&mut self, call: Call) -> Vec<Fault> {
        let number = self.asked.entry(call).or_default();
        *number += 1;
        self.spec.faults.iter().filter(|fault| fault.applies(call, *number)).cloned().collect()
    }
}

/// This machine's clock, in unix seconds.
pub(crate) fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// All orders, the oldest forgotten when there are too many.
#[derive(Debug, Default)]
pub struct Orders {
    by_id: HashMap<String, Order>,
    ids: VecDeque<String>,
    made: u64,
}

impl Orders {
    const MAX: usize = 1000;

    /// Makes an order and gives back its number; one of the same number is replaced.
    pub fn create(&mut self, mut spec: Spec) -> String {
        self.made += 1;
        if spec.order_id.is_empty() {
            spec.order_id = format!("S{}{:04}", unix_now(), self.made % 10_000);
        }
        if spec.out_order_id.is_empty() {
            spec.out_order_id = format!("EXT{:06}", self.made % 1_000_000);
        }
        let id = spec.order_id.clone();
        let order = Order { asked: HashMap::new(), created: Instant::now(), created_unix: unix_now(), spec };
        if self.by_id.insert(id.clone(), order).is_none() {
            self.ids.push_back(id.clone());
        }
        if self.ids.len() > Self::MAX
            && let Some(oldest) = self.ids.pop_front()
        {
            self.by_id.remove(&oldest);
        }
        id
    }

    /// The order of this number.
    pub fn get(&self, id: &str) -> Option<&Order> {
        self.by_id.get(id)
    }

    /// The order of this number, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Order> {
        self.by_id.get_mut(id)
    }

    /// The order that a shop knows by its own number.
    pub(crate) fn id_of(&self, out_order_id: &str, pid: i64) -> Option<String> {
        let found = self.by_id.values().find(|order| order.spec.out_order_id == out_order_id && i64::from(order.spec.pid) == pid);
        found.map(|order| order.spec.order_id.clone())
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Order> {
        self.ids.iter().filter_map(|id| self.by_id.get(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_orders_are_forgotten() {
        let mut orders = Orders::default();
        for number in 0..Orders::MAX + 5 {
            orders.create(Spec { order_id: format!("A{number}"), ..Spec::default() });
        }
        assert_eq!(orders.iter().count(), Orders::MAX);
        assert!(orders.get("A4").is_none() && orders.get("A5").is_some());
    }

    #[test]
    fn an_order_pays_itself_when_its_time_has_come() {
        let mut orders = Orders::default();
        let id = orders.create(Spec { expires_in: -10, paid_after_ms: Some(0), ..Spec::default() });
        assert_eq!(orders.get(&id).map(Order::stand), Some(Stand::Paid));
        let id = orders.create(Spec { expires_in: -10, timed_out_after: 5, ..Spec::default() });
        assert_eq!(orders.get(&id).map(Order::stand), Some(Stand::TimedOut));
    }

    #[test]
    fn an_unknown_field_is_an_error() {
        assert!(serde_json::from_str::<Spec>(r#"{"amuont": 1}"#).is_err());
        assert_eq!(serde_json::from_str::<Spec>("{}").unwrap(), Spec::default());
    }
}
