//! Where a shopper goes once the order is paid.

use super::safe_url::{host, is_plain, is_relative, is_web};
use crate::text::before;

/// An address that the page may send a shopper to: http(s), or relative to the page's own host.
///
/// It carries a signed callback, so it exists only once the gateway has said "paid", and it is never shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnTarget(String);

impl ReturnTarget {
    /// Refuses every other scheme, `//host`, backslashes, control characters, leading blanks and user names.
    pub fn decode(raw: &str) -> Option<Self> {
        (is_plain(raw) && (is_web(raw) || is_relative(raw))).then(|| Self(raw.to_owned()))
    }

    /// Whether it leads to one of these hosts, or to the page's own.
    pub fn is_within(&self, hosts: &[ReturnHost]) -> bool {
        host(&self.0).is_none_or(|host| hosts.iter().any(|allowed| allowed.includes(&host)))
    }

    /// Whether it leads to the page that shows how an order stands: to this page again.
    pub fn is_status_page(&self) -> bool {
        let path = before(&self.0, "?#");
        path.ends_with("/pay/status")
    }

    /// The address to go to.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host that a shopper may be sent to: `shop.example`, or `*.shop.example` for all below it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnHost(String);

impl ReturnHost {
    /// Refuses what is no host: an address, a port, a `*` elsewhere.
    pub fn decode(raw: &str) -> Option<Self> {
        let name = raw.strip_prefix("*.").unwrap_or(raw);
        let is_host = host(&["https://", name].concat()).is_some_and(|read| read == name.to_ascii_lowercase());
        (is_host && !name.contains('*')).then(|| Self(raw.to_ascii_lowercase()))
    }

    fn includes(&self, host: &str) -> bool {
        match self.0.strip_prefix('*') {
            Some(ending) => host.ends_with(ending),
            None => host == self.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn web_and_relative_targets_are_taken() {
        for good in [
            "/order/return",
            "/order/return?a=1&sign=x:y#z",
            "return.html",
            "?paid=1",
            "https://shop.example/return?name=测试 商品",
            "HTTP://shop.example:8080",
        ] {
            assert!(ReturnTarget::decode(good).is_some(), "{good}");
        }
    }

    #[test]
    fn every_other_target_is_refused() {
        for bad in [
            "",
            " /order",
            "\t/order",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "blob:https://x/y",
            "file:///etc/passwd",
            "intent://x#Intent;end",
            "alipays://platformapi",
            "//evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            "https:\\\\evil.example",
            "https:evil.example",
            "https://",
            "https:///evil.example",
            "https://shop.example@evil.example",
            "https://user:pass@evil.example/",
            "https://\u{202e}evil.example",
        ] {
            assert_eq!(ReturnTarget::decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_target_stays_within_the_hosts_that_are_allowed() {
        let hosts = ["shop.example", "*.shop.example"].map(|host| ReturnHost::decode(host).unwrap());
        let is_within = |raw: &str| ReturnTarget::decode(raw).unwrap().is_within(&hosts);
        for good in
            ["/back", "back?u=https://evil.example", "https://shop.example/x", "https://SHOP.example:8443", "http://a.b.shop.example?x"]
        {
            assert!(is_within(good), "{good}");
        }
        for bad in [
            "https://shop.example.evil/",
            "https://evilshop.example",
            "https://evil.example/shop.example",
            "http://evil.example#.shop.example",
        ] {
            assert!(!is_within(bad), "{bad}");
        }
    }

    #[test]
    fn a_host_is_a_host_and_nothing_more() {
        let all = ReturnHost::decode("*.Shop.example").unwrap();
        assert!(all.includes("www.shop.example"));
        assert!(!all.includes("shop.example") && !all.includes("evilshop.example"));
        for bad in ["", "*", "*.", "a b", "https://shop.example", "shop.example/x", "shop.example:8080", "a@b", "*.*.x", "a.*"] {
            assert_eq!(ReturnHost::decode(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_target_with_a_scheme_is_a_web_address(raw in "[a-zA-Z:/\\\\?#.@ \\t]{0,24}") {
            if let Some(target) = ReturnTarget::decode(&raw) {
                let text = target.as_str().to_ascii_lowercase();
                let before = text.split(['/', '?', '#']).next().unwrap();
                prop_assert!(!before.contains(':') || before == "http:" || before == "https:");
                prop_assert!(!text.starts_with("//"));
            }
        }
    }
}
