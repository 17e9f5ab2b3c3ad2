//! What can go wrong on the way, on demand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// `/api/order/audio`
    Audio,
    /// `/api/cashier/parse`
    #[serde(rename = "cashier/parse")]
    Cashier,
    /// `/api/payment/check`, of AnqiCMS.
    Check,
    /// `/api/order/chose-type`
    #[serde(rename = "chose-type")]
    ChoseType,
    /// `/api/order/create-cashier`
    #[serde(rename = "create-cashier")]
    Create,
    /// `/api/order/info`
    Info,
    /// `/pay/mapi.php`
    Mapi,
    /// `/api/order/pay`, of immediate payment.
    Pay,
    /// `/api/order/payment`, of AnqiCMS.
    Payment,
    /// `/api/order/qrcode`
    Qrcode,
    /// `/api/order/status`
    Status,
    /// `/api/pay/types`
    Types,
}

impl Call {
    /// Whether it is one of XArrPay's about an order.
    pub fn is_of_template_api(self) -> bool {
        match self {
            Self::Audio | Self::ChoseType | Self::Info | Self::Qrcode | Self::Status | Self::Types => true,
            Self::Cashier | Self::Check | Self::Create | Self::Mapi | Self::Pay | Self::Payment => false,
        }
    }
}

/// Something that goes wrong with some requests of an order.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls; all where it is missing.
    #[serde(default)]
    pub call: Option<Call>,
    /// From which request of that call on, counted from 1.
    #[serde(default = "one")]
    pub from: u32,
    /// How many requests; 0 = all from then on.
    #[serde(default = "one")]
    pub times: u32,
    /// What goes wrong.
    pub kind: Kind,
}

fn one() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "name")]
pub enum Kind {
    /// The answer comes late.
    Delay {
        /// By how much.
        ms: u64,
    },
    /// The answer's body stands there twice.
    Double,
    /// The connection stays open and nothing comes.
    Hang,
    /// A proxy's login page, with status 200.
    Html,
    /// Fields of the answer's data are replaced.
    Merge {
        /// By these.
        data: Value,
    },
    /// The call is redirected to another address, as to a login page.
    Redirect {
        /// Where to.
        to: String,
    },
    /// The whole body is replaced, envelope and all.
    Replace {
        /// By this text.
        body: String,
    },
    /// The connection is cut before an answer.
    Reset,
    /// The body comes in small pieces.
    Slow {
        /// In all, so long.
        ms: u64,
    },
    /// Another HTTP status.
    Status {
        /// The body; an HTML page where it is missing.
        #[serde(default)]
        body: Option<String>,
        /// Which.
        code: u16,
        /// The `Retry-After` header.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// The body breaks off in the middle, and the connection with it.
    Truncate,
    /// A good body under a wrong content type.
    Type {
        /// Which.
        content_type: String,
    },
}

impl Fault {
    /// Whether the request of this call with this number (from 1) meets it.
    pub fn applies(&self, call: Call, number: u32) -> bool {
        let is_in_time = number >= self.from && (self.times == 0 || number < self.from.saturating_add(self.times));
        self.call.is_none_or(|own| own == call) && is_in_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_the_requests_it_names() {
        let fault = |from, times| Fault { call: Some(Call::Status), from, times, kind: Kind::Reset };
        let hits = |fault: &Fault| (1..=5).filter(|number| fault.applies(Call::Status, *number)).collect::<Vec<_>>();
        assert_eq!(hits(&fault(1, 1)), [1]);
        assert_eq!(hits(&fault(2, 2)), [2, 3]);
        assert_eq!(hits(&fault(3, 0)), [3, 4, 5]);
        assert!(!fault(1, 0).applies(Call::Info, 1));
    }

    #[test]
    fn a_fault_is_written_as_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"call":"status","times":0,"kind":{"name":"status","code":503,"retry_after":"7"}}"#).unwrap();
        assert_eq!(fault.kind, Kind::Status { body: None, code: 503, retry_after: Some("7".into()) });
        assert!(serde_json::from_str::<Fault>(r#"{"kind":{"name":"nonsense"}}"#).is_err());
    }
}
