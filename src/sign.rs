//! The signature of the epay family: MD5 over the sorted parameters and a key.
//!
//! For merchants' servers, for the sandbox and for `cargo xtask sign`. It is no part of the page: a key never reaches a
//! browser. It uses nothing else of the page. Source: `002_13dffef3a224743b.txt`, "Signature algorithm", and `protocols.md`
//! section 2.
//!
//! ```
//! use saoma::sign::{Key, sign, verify};
//!
//! let key = Key::new("89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i");
//! let mut fields = vec![("pid", "1001"), ("out_trade_no", "T1"), ("money", "1.00"), ("param", "")];
//! let digest = sign(fields.iter().copied(), &key);
//! fields.extend([("sign", digest.as_str()), ("sign_type", "MD5")]);
//! assert!(verify(fields.iter().copied(), &key));
//! ```

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

/// A merchant's key. It shows itself to nobody.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// The key as the gateway gave it out: without blanks around it, as they come with a line of a file.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// What is signed, but for the key at its end: fields by the bytes of their names, `name=value` joined by `&`, not URL-encoded.
/// `sign`, `sign_type` and empty values are left out.
pub fn string_to_sign<'text>(fields: impl IntoIterator<Item = (&'text str, &'text str)>) -> String {
    let is_signed = |(name, value): &(&str, &str)| !value.is_empty() && !matches!(*name, "sign" | "sign_type");
    let mut fields: Vec<(&str, &str)> = fields.into_iter().filter(is_signed).collect();
    fields.sort_unstable();
    fields.iter().map(|(name, value)| [name, "=", value].concat()).collect::<Vec<_>>().join("&")
}

/// The digest in lower-case hexadecimal.
pub fn sign<'text>(fields: impl IntoIterator<Item = (&'text str, &'text str)>, key: &Key) -> String {
    let mut hasher = Md5::new();
    hasher.update(string_to_sign(fields));
    hasher.update(&key.0);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the field `sign` is right, and `sign_type`, where it is given, is `MD5`. It takes the same time wherever a wrong one
/// differs. The values must be those that were signed: after URL-decoding, before anything else is done to them. Fields that
/// stand there twice are refused.
pub fn verify<'text>(fields: impl IntoIterator<Item = (&'text str, &'text str)>, key: &Key) -> bool {
    let fields: Vec<(&str, &str)> = fields.into_iter().collect();
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    let is_twice = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
    let field = |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let is_md5 = field("sign_type").is_none_or(|kind| kind.is_empty() || kind == "MD5");
    let right = sign(fields.iter().copied(), key);
    let given = field("sign").unwrap_or_default();
    bool::from(right.as_bytes().ct_eq(given.as_bytes())) && is_md5 && !is_twice
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key() -> Key {
        Key::new("7a3b1053780db61ebd3d7123e1b8d6c4\n")
    }

    fn vector(name: &'static str) -> Vec<(&'static str, &'static str)> {
        vec![
            ("type", "wxpay"),
            ("pid", "152787"),
            ("return_url", "2"),
            ("out_trade_no", "20240125193935458"),
            ("notify_url", "1"),
            ("name", name),
            ("money", "0.1"),
        ]
    }

    #[test]
    fn both_vectors_are_signed_as_the_gateway_signs_them() {
        let chinese = vector("测试支付20240125193935458");
        assert_eq!(
            string_to_sign(chinese.iter().copied()),
            "money=0.1&name=测试支付20240125193935458&notify_url=1&out_trade_no=20240125193935458&pid=152787&return_url=2&type=wxpay"
        );
        assert_eq!(sign(chinese, &key()), "5af4287ea6c3ab4505e9dc8d2e3a148c");
        assert_eq!(sign(vector("Test Payment 20240125193935458"), &key()), "7f811e33f2f05a350776a6d609c2a54e");
    }

    #[test]
    fn the_order_is_that_of_bytes_and_case_counts() {
        let fields = [("b", "1"), ("a_b", "2"), ("B", "3"), ("ab", "4"), ("empty", "")];
        assert_eq!(string_to_sign(fields), "B=3&a_b=2&ab=4&b=1");
    }

    #[test]
    fn a_signature_is_refused_for_what_it_is_not() {
        let digest = sign(vector("x"), &key());
        let with = |sign: &'static str, kind: &'static str| [vector("x"), vec![("sign", sign), ("sign_type", kind)]].concat();
        let digest: &'static str = Box::leak(digest.into_boxed_str());
        let upper: &'static str = Box::leak(digest.to_uppercase().into_boxed_str());
        assert!(verify(with(digest, "MD5"), &key()) && verify(with(digest, ""), &key()));
        for (sign, kind) in [(upper, "MD5"), (digest, "RSA"), ("", "MD5"), (&digest[1..], "MD5")] {
            assert!(!verify(with(sign, kind), &key()), "{sign} {kind}");
        }
        assert!(!verify(vector("x"), &key()), "none is given");
        assert!(!verify([with(digest, "MD5"), vec![("money", "0.1")]].concat(), &key()), "a field twice");
        assert!(!verify(with(digest, "MD5"), &Key::new("other")));
        assert_eq!(format!("{:?}", key()), "Key(…)");
    }

    proptest! {
        /// Whatever is signed is verified, in any order; whatever is changed afterwards is not.
        #[test]
        fn a_change_is_seen(
            fields in prop::collection::btree_map("[a-z_]{1,8}", "[^=&]{0,12}", 1..8),
            at in any::<prop::sample::Index>(),
            more in "[a-z0-9]{1,4}",
        ) {
            let fields: Vec<(String, String)> =
                fields.into_iter().filter(|(name, _)| !matches!(name.as_str(), "sign" | "sign_type")).collect();
            prop_assume!(!fields.is_empty());
            let list = |fields: &[(String, String)], digest: &str| {
                let mut list = fields.to_vec();
                list.insert(0, ("sign".into(), digest.into()));
                list
            };
            fn pairs(list: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
                list.iter().map(|(name, value)| (name.as_str(), value.as_str()))
            }
            let digest = sign(pairs(&fields), &key());
            prop_assert_eq!(digest.len(), 32);
            prop_assert!(verify(pairs(&list(&fields, &digest)), &key()));
            let mut reversed = list(&fields, &digest);
            reversed.reverse();
            prop_assert!(verify(pairs(&reversed), &key()));
            let mut changed = fields.clone();
            let at = at.index(changed.len());
            changed[at].1.push_str(&more);
            prop_assert!(!verify(pairs(&list(&changed, &digest)), &key()));
        }
    }
}
