//! The wallets that the page knows, and the texts and links they are known by.

use super::{
    PayMethod, WalletLink,
    number::percent_encode,
    safe_url::{host, scheme},
};
use crate::text::{contains, split_once};

/// A wallet app that pays a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wallet {
    /// Alipay.
    Alipay,
    /// QQ.
    Qq,
    /// UnionPay.
    UnionPay,
    /// WeChat.
    WeChat,
}

impl Wallet {
    /// By the gateway's name of a method, an open set.
    pub fn of_method(method: &PayMethod) -> Option<Self> {
        const NAMES: [(&str, Wallet); 4] =
            [("alipay", Wallet::Alipay), ("qqpay", Wallet::Qq), ("unionpay", Wallet::UnionPay), ("wxpay", Wallet::WeChat)];
        let kind = method.kind();
        NAMES.into_iter().find(|(name, _)| *name == kind).map(|(_, wallet)| wallet)
    }

    /// By the scheme of a link; `None` for a web page.
    pub fn of_link(link: &WalletLink) -> Option<Self> {
        const SCHEMES: [(&str, Wallet); 7] = [
            ("alipay", Wallet::Alipay),
            ("alipayqr", Wallet::Alipay),
            ("alipays", Wallet::Alipay),
            ("mqqapi", Wallet::Qq),
            ("mqqwpa", Wallet::Qq),
            ("upwallet", Wallet::UnionPay),
            ("weixin", Wallet::WeChat),
        ];
        let scheme = scheme(link.as_str())?;
        SCHEMES.into_iter().find(|(name, _)| *name == scheme).map(|(_, wallet)| wallet)
    }

    /// By the text of a code: the hosts and schemes that only one wallet's codes have.
    pub fn of_text(text: &str) -> Option<Self> {
        match (scheme(text).as_deref(), host(text).as_deref()) {
            (Some("wxp" | "weixin"), _) => Some(Self::WeChat),
            (_, Some("qr.alipay.com")) => Some(Self::Alipay),
            (_, Some("qpay.qq.com" | "i.qianbao.qq.com")) => Some(Self::Qq),
            (_, Some("qr.95516.com")) => Some(Self::UnionPay),
            _ => None,
        }
    }

    /// The link that starts the wallet's app and does no more, where there is one.
    pub fn app_link(self) -> Option<WalletLink> {
        WalletLink::decode(match self {
            Self::Alipay => "alipays://platformapi/startapp?saId=10000007",
            Self::WeChat => "weixin://",
            Self::Qq | Self::UnionPay => return None,
        })
    }
}

impl WalletLink {
    /// Whether this starts an app, or its scanner, and does no more: what is to be paid is not in it.
    ///
    /// Source: `protocols.md` section 5.
    pub fn only_starts_app(&self) -> bool {
        let link = self.as_str();
        match Wallet::of_link(self) {
            Some(Wallet::Alipay) => contains(link, "saId=10000007") && !contains(link, "qrcode="),
            Some(Wallet::WeChat) => link.ends_with("://") || contains(link, "://scanqrcode") || contains(link, "://wxpay/"),
            Some(Wallet::Qq | Wallet::UnionPay) | None => false,
        }
    }

    /// The link that opens a wallet as if it had scanned this text; only for texts that are known.
    ///
    /// Source: `protocols.md` section 5.
    pub fn of_code(text: &str) -> Option<Self> {
        let link = match Wallet::of_text(text)? {
            Wallet::Alipay => ["alipays://platformapi/startapp?saId=10000007&qrcode=", &percent_encode(text)].concat(),
            Wallet::Qq => ["mqqapi://forward/url?src_type=web&style=default&version=1&url_prefix=", &base64(text.as_bytes())].concat(),
            Wallet::UnionPay => ["upwallet://html/", split_once(text, "://")?.1].concat(),
            // Its codes must be scanned: no link pays them.
            Wallet::WeChat => return None,
        };
        Self::decode(&link)
    }
}

/// Base64 with padding (RFC 4648 section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place) & 63) as usize).copied().filter(|_| place <= group.len());
            text.push(char::from(digit.unwrap_or(b'=')));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(text: &str) -> Option<String> {
        WalletLink::of_code(text).map(|link| link.as_str().to_owned())
    }

    #[test]
    fn known_codes_open_their_wallet() {
        for (text, expected) in [
            (
                "https://qr.alipay.com/bax0?t=1",
                "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Fbax0%3Ft%3D1",
            ),
            ("HTTPS://QR.ALIPAY.COM/FKX0", "alipays://platformapi/startapp?saId=10000007&qrcode=HTTPS%3A%2F%2FQR.ALIPAY.COM%2FFKX0"),
            ("https://qr.95516.com/00010000/6228", "upwallet://html/qr.95516.com/00010000/6228"),
            (
                "https://qpay.qq.com/qr/5c9",
                "mqqapi://forward/url?src_type=web&style=default&version=1&url_prefix=aHR0cHM6Ly9xcGF5LnFxLmNvbS9xci81Yzk=",
            ),
        ] {
            assert_eq!(link(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_link_without_the_payment_only_starts_an_app() {
        for (link, only_starts) in [
            ("weixin://", true),
            ("weixin://wxpay/bizpayurl?pr=x", true),
            ("weixin://dl/business/?t=x", false),
            ("weixin://wap/pay?prepayid=x", false),
            ("alipays://platformapi/startapp?saId=10000007", true),
            ("alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Fx", false),
            ("alipays://platformapi/startapp?appId=20000067&url=x", false),
            ("https://pay.example/saId=10000007", false),
        ] {
            assert_eq!(WalletLink::decode(link).unwrap().only_starts_app(), only_starts, "{link}");
        }
    }

    #[test]
    fn a_wallet_is_known_by_its_methods_its_links_and_its_codes() {
        let method = |code: &str| Wallet::of_method(&PayMethod { code: code.to_owned(), label: None, logo: None });
        let link = |link: &str| Wallet::of_link(&WalletLink::decode(link).unwrap());
        for (wallet, methods, links, texts) in [
            (
                Wallet::Alipay,
                &["alipay", "AliPay"][..],
                &["alipay://a", "alipayqr://a", "alipays://a"][..],
                &["https://qr.alipay.com/a"][..],
            ),
            (Wallet::Qq, &["qqpay"], &["mqqapi://a", "mqqwpa://a"], &["https://qpay.qq.com/a", "https://i.qianbao.qq.com/a"]),
            (Wallet::UnionPay, &["unionpay", "ysf", "yunshanfu"], &["upwallet://a"], &["https://qr.95516.com/a"]),
            (Wallet::WeChat, &["wechat", "weixin", "WxPay"], &["weixin://a"], &["wxp://a", "weixin://a"]),
        ] {
            assert!(methods.iter().all(|code| method(code) == Some(wallet)), "{methods:?}");
            assert!(links.iter().all(|address| link(address) == Some(wallet)), "{links:?}");
            assert!(texts.iter().all(|text| Wallet::of_text(text) == Some(wallet)), "{texts:?}");
        }
        assert_eq!((method("usdt"), link("https://qr.alipay.com/a"), Wallet::of_text("https://pay.example/a")), (None, None, None));
    }

    #[test]
    fn other_texts_open_nothing() {
        for text in [
            "wxp://f2f0AbC",
            "weixin://wxpay/bizpayurl?pr=x",
            "https://qr.alipay.com.evil.example/x",
            "https://evil.example/qr.alipay.com",
            "https://qr.alipay.com@evil.example/",
            "https://evil.example?qr.alipay.com",
            "qr.alipay.com/x",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("\u{3ff}>", "z78+")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    proptest! {
        #[test]
        fn a_built_link_is_one_that_may_be_opened(text in "https://(qr\\.alipay\\.com|qr\\.95516\\.com|qpay\\.qq\\.com)/.{0,60}") {
            if let Some(link) = WalletLink::of_code(&text) {
                prop_assert_eq!(Wallet::of_link(&link), Wallet::of_text(&text));
                prop_assert!(WalletLink::decode(link.as_str()).is_some());
            }
        }
    }
}
