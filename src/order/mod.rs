//! What an order is: opaque types, each with one decoder, so that a bad value cannot be built.
//!
//! This room uses nothing else of the page but `json` and `text`, to read with. It knows no gateway, no clock and no browser.

mod exchange;
mod fen;
mod host_call;
mod instrument;
mod number;
mod points;
mod prompt;
mod return_target;
mod safe_url;
mod status;
mod terms;
mod tip;
mod told;
mod verdict;
mod visit;
mod wallet;
mod wallet_link;

pub use exchange::{Answer, Call, Cashier, End, Failure, Fault, Info, Offer, Refusal, Returning, Standing, Tone};
pub use fen::Fen;
pub use host_call::{HostApp, HostCall, HostResult};
pub use instrument::{Code, Instrument, Picture};
pub use number::{MerchantId, OrderId, OrderRef, OutOrderId, query_param};
pub(crate) use number::{percent_decode, percent_encode};
pub use points::{Freight, Points};
pub use prompt::{AudioUrl, Prompt};
pub use return_target::{ReturnHost, ReturnTarget};
pub use safe_url::{host as host_of, is_own_path, is_web_address};
pub use status::Status;
pub use terms::Terms;
pub use tip::{Hue, Kind, Node, Tip, Tips};
pub use told::Told;
pub use verdict::Verdict;
pub use visit::{CashierKey, Claim, Visit};
pub use wallet::Wallet;
pub use wallet_link::WalletLink;

use crate::text::{before, split};

/// A moment on the gateway's clock, in unix seconds.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct UnixSeconds(u64);

impl UnixSeconds {
    /// Above this a "unix time" is in milliseconds: as seconds it would be the year 5138.
    const MILLISECONDS_ABOVE: u64 = 100_000_000_000;

    /// Takes seconds, or milliseconds where a gateway sends those. Zero and negative mean absent.
    pub fn decode(raw: i64) -> Option<Self> {
        let raw = u64::try_from(raw).ok().filter(|raw| *raw > 0)?;
        Some(Self(if raw > Self::MILLISECONDS_ABOVE { raw / 1000 } else { raw }))
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> u64 {
        // What was read is at most 2⁶³ / 1000: it cannot be too much.
        self.0 * 1000
    }
}

/// An order as the gateway described it in its first answer.
///
/// Each field is text as the gateway sent it, unless its type says more. Absent and empty are the same.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Order {
    /// What the order costs in the shop.
    pub amount: Option<Fen>,
    /// What the order is for, in more words than the subject.
    pub content: Option<String>,
    /// Server-local time without a zone: shown as it is, never parsed.
    pub create_time: Option<String>,
    /// Who pays for the transport, where that is said.
    pub freight: Option<Freight>,
    /// The gateway's own number. `None` only where the order was asked for by the shop's number and the answer names none.
    pub id: Option<OrderId>,
    /// The shop's number.
    pub out_order_id: Option<OutOrderId>,
    /// How it is to be paid.
    pub method: Option<PayMethod>,
    /// Its points, where it can be paid with some.
    pub points: Option<Points>,
    /// The text that a merchant's customer service answers to: a QQ number.
    pub service_qq: Option<ServiceQq>,
    /// One line that says what is bought.
    pub subject: Option<String>,
    /// The hints to show.
    pub tips: Tips,
    /// What must be paid. Differs from `amount` where a channel tells orders apart by the amount. `None` where the gateway
    /// does not say, and where points pay for all of it.
    pub trade_amount: Option<Fen>,
}

impl Order {
    /// The shop's price, when something else than that has to be paid.
    pub fn differing_amount(&self) -> Option<Fen> {
        self.amount.filter(|amount| self.trade_amount.is_some_and(|due| due != *amount))
    }
}

/// How an order is paid: an open set, so a method is its code, its label and its picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PayMethod {
    /// `alipay`, `wxpay`, `qqpay`, `usdt`, `bank`, …
    pub code: String,
    /// The gateway's words for it.
    pub label: Option<String>,
    /// Its logo: on the page's own host, or a data picture.
    pub logo: Option<Picture>,
}

impl PayMethod {
    /// The code as the page knows it: small letters, and one name where gateways have several for the same.
    pub fn kind(&self) -> String {
        let code = self.code.to_ascii_lowercase();
        // With points or without.
        let money = before(&code, "+");
        let kind = match money {
            "ysf" | "yunshanfu" => "unionpay",
            "wechat" | "weixin" => "wxpay",
            _ => money,
        };
        [kind, split(&code, money.len()).1].concat()
    }
}

/// The number of a merchant's service desk on QQ: 5 to 12 digits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceQq(String);

impl ServiceQq {
    /// Refuses what is not a QQ number, so that it can stand in a link.
    pub fn decode(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        let is_number = (5..=12).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Self(raw.to_owned()))
    }

    /// The number itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The page that opens a chat with this number.
    pub fn chat_url(&self) -> String {
        ["https://wpa.qq.com/msgrd?v=3&uin=", &self.0, "&site=qq&menu=yes"].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_seen_as_such() {
        assert_eq!(UnixSeconds::decode(1_717_220_000), UnixSeconds::decode(1_717_220_000_123));
        assert_eq!(UnixSeconds::decode(0), None);
        assert_eq!(UnixSeconds::decode(-1), None);
    }

    #[test]
    fn a_method_is_known_by_one_name() {
        for (code, kind) in [
            ("WeiXin", "wxpay"),
            ("wechat+points", "wxpay+points"),
            ("wxpay+points", "wxpay+points"),
            ("yunshanfu", "unionpay"),
            ("ysf+points", "unionpay+points"),
            ("weapp", "weapp"),
            ("PayNow", "paynow"),
            ("", ""),
        ] {
            assert_eq!(PayMethod { code: code.to_owned(), label: None, logo: None }.kind(), kind, "{code}");
        }
    }

    #[test]
    fn a_service_number_is_digits() {
        assert!(ServiceQq::decode("123456").is_some());
        for bad in ["", "1234", "12345&x=1", "１２３４５", "1234567890123"] {
            assert_eq!(ServiceQq::decode(bad), None, "{bad}");
        }
    }
}
