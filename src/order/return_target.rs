//! Where a shopper goes once the order is paid.

use super::safe_url::{is_plain, is_relative, is_web};

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

    /// The address to go to.
    pub fn as_str(&self) -> &str {
        &self.0
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
