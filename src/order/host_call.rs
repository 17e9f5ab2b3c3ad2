//! A payment that the app around the page makes: a web page cannot call a wallet's own functions.

use crate::json::{Json, quote};

/// What the app around the page is asked to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostCall {
    /// With what.
    pub app: HostApp,
    /// The request as JSON, as `docs/host.md` describes it.
    pub request: String,
}

impl HostCall {
    /// Asks for a payment with the gateway's parameters; Alipay's as the order string that its functions take, too.
    pub(crate) fn pay(app: HostApp, param: &Json, order_string: Option<&str>) -> Self {
        let mut request = ["{\"saoma\":1,\"type\":\"pay\",\"app\":", &quote(app.name()), ",\"param\":", &param.write()].concat();
        if let Some(order_string) = order_string {
            request.push_str(",\"order_string\":");
            request.push_str(&quote(order_string));
        }
        request.push('}');
        Self { app, request }
    }
}

/// Which of a wallet's own functions pays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HostApp {
    /// Alipay's, in an app.
    Alipay,
    /// WeChat's, in a mini-program.
    MiniProgram,
    /// WeChat's, in an app.
    WeChat,
}

impl HostApp {
    /// How a request names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alipay => "alipay",
            Self::MiniProgram => "weapp",
            Self::WeChat => "wxpay",
        }
    }
}

/// What the app around the page says became of it. None of this means paid: that is the gateway's word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HostResult {
    /// The shopper changed their mind.
    Cancelled,
    /// It has been done, says the wallet.
    Done,
    /// The wallet could not.
    Failed,
    /// There is no app around the page that takes such a request.
    Missing,
    /// The wallet had no network, or does not know.
    Unsure,
}

impl HostResult {
    /// Reads the code of a wallet's own functions.
    ///
    /// Source: `protocols.md` section 4: Alipay 9000 ok, 8000 processing, 4000 failed, 6001 cancelled, 6002 network, 6004
    /// unknown; WeChat 0, −1, −2. Words stand for what a mini-program or an app of one's own may say.
    pub fn of_code(app: HostApp, code: &str) -> Self {
        match (app, code.trim()) {
            (HostApp::Alipay, "9000") | (HostApp::MiniProgram | HostApp::WeChat, "0") | (_, "ok") => Self::Done,
            (HostApp::Alipay, "6001") | (HostApp::MiniProgram | HostApp::WeChat, "-2") | (_, "cancel") => Self::Cancelled,
            (HostApp::Alipay, "4000") | (HostApp::MiniProgram | HostApp::WeChat, "-1") | (_, "fail") => Self::Failed,
            (_, "missing") => Self::Missing,
            _ => Self::Unsure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_by_wallet_and_unknown_ones_say_nothing() {
        use HostApp::{Alipay, MiniProgram, WeChat};
        for (app, code, result) in [
            (Alipay, "9000", HostResult::Done),
            (Alipay, "8000", HostResult::Unsure),
            (Alipay, "4000", HostResult::Failed),
            (Alipay, "6001", HostResult::Cancelled),
            (Alipay, "6002", HostResult::Unsure),
            (Alipay, "6004", HostResult::Unsure),
            (Alipay, "0", HostResult::Unsure),
            (WeChat, "0", HostResult::Done),
            (WeChat, "-1", HostResult::Failed),
            (WeChat, " -2 ", HostResult::Cancelled),
            (WeChat, "9000", HostResult::Unsure),
            (MiniProgram, "0", HostResult::Done),
            (MiniProgram, "cancel", HostResult::Cancelled),
            (WeChat, "", HostResult::Unsure),
        ] {
            assert_eq!(HostResult::of_code(app, code), result, "{app:?} {code}");
        }
    }
}
