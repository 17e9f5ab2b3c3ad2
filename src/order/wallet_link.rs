//! Links that open a wallet.

use super::safe_url::{is_plain, is_web, scheme};

/// A link that a shopper may be sent to in order to pay: a wallet's scheme or a web page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WalletLink(String);

impl WalletLink {
    const SCHEMES: [&str; 6] = ["alipay", "alipayqr", "alipays", "mqqapi", "mqqwpa", "upwallet"];

    /// Takes the schemes of known wallets and http(s); refuses the rest.
    pub fn decode(raw: &str) -> Option<Self> {
        let known = scheme(raw).is_some_and(|scheme| Self::SCHEMES.contains(&scheme.as_str()) || scheme == "weixin");
        (is_plain(raw) && (known || is_web(raw))).then(|| Self(raw.to_owned()))
    }

    /// The address of the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it opens a web page rather than an app.
    pub fn is_page(&self) -> bool {
        is_web(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_wallets_and_pages_are_taken() {
        for good in [
            "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Fx",
            "alipayqr://platformapi/startapp?saId=10000007",
            "weixin://",
            "mqqapi://forward/url?src_type=web",
            "upwallet://html/x",
            "https://pay.example/h5",
        ] {
            assert!(WalletLink::decode(good).is_some(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "/relative",
            "javascript:alert(1)",
            " alipays://x",
            "alipays\t://x",
            "data:text/html,x",
            "intent://x",
            "file:///x",
            "//host",
            "\\\\host",
            "tel:110",
            "https://a@b",
        ] {
            assert_eq!(WalletLink::decode(bad), None, "{bad:?}");
        }
    }
}
