//! What a shopper acts on to pay.

use super::{
    HostCall, WalletLink,
    safe_url::{is_own_path, is_plain, is_relative, is_web},
};
use crate::text::before;

/// What the gateway gave the shopper to pay with. Any part may be missing; at least one is there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Instrument {
    /// The account to pay to, where it is paid by hand.
    pub account: Option<String>,
    /// What kind of account: a chain, a bank, a wallet's name.
    pub account_type: Option<String>,
    /// An amount in another currency, as text and never converted.
    pub actual_amount: Option<String>,
    /// The code to scan.
    pub code: Option<Code>,
    /// The code as text, for when `code` is a picture that does not load.
    pub fallback: Option<Code>,
    /// Words that belong to the code.
    pub content: Option<String>,
    /// Whether those words are there to be copied.
    pub content_copyable: bool,
    /// What the app around the page is asked to do.
    pub host: Option<HostCall>,
    /// Opens the wallet.
    pub wallet: Option<WalletLink>,
}

impl Instrument {
    /// Whether there is nothing to pay with.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A code to scan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Code {
    /// A ready picture of a code.
    Picture(Picture),
    /// Text that the page turns into a code, byte for byte: `wxp://…` is case-sensitive.
    Text(String),
}

impl Code {
    /// What the largest code (version 40) holds at error correction M.
    const MAX_BYTES: usize = 2331;
    /// What a code holds before it has so many modules that it needs more room.
    pub const DENSE_BYTES: usize = 180;

    /// Whether it needs more room than others. The first paint asks the same of its characters, which are bytes in a link: `first-paint/draw.js`.
    pub fn is_dense(&self) -> bool {
        matches!(self, Self::Text(text) if text.len() > Self::DENSE_BYTES)
    }

    /// The image-or-text rule: which value is a picture and which is text to encode.
    ///
    /// `data:image/…` is a picture; so is an http(s) or root-relative address whose path ends like a picture;
    /// another root-relative address is completed with `origin` and encoded; anything else is encoded as it is.
    /// `origin` is the page's own, without a trailing slash.
    pub fn decode(raw: &str, origin: &str) -> Option<Self> {
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            return None;
        }
        if let Some(picture) = Picture::decode(trimmed) {
            return Some(Self::Picture(picture));
        }
        if trimmed.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
            return None;
        }
        let is_path = trimmed.starts_with('/') && !trimmed.starts_with("//");
        let text = if is_path { [origin, trimmed].concat() } else { trimmed.to_owned() };
        (text.len() <= Self::MAX_BYTES).then_some(Self::Text(text))
    }
}

/// The address of a picture: a data picture, or a file on the web or on the page's own host that ends like one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture(String);

impl Picture {
    const ENDINGS: [&str; 6] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"];

    /// `None` for what is no picture.
    pub fn decode(raw: &str) -> Option<Self> {
        if raw.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/")) {
            return (!raw.chars().any(char::is_control)).then(|| Self(raw.to_owned()));
        }
        let path = before(raw, "?#").to_ascii_lowercase();
        let is_address = is_web(raw) || (raw.starts_with('/') && is_relative(raw));
        let is_picture = Self::ENDINGS.iter().any(|ending| path.ends_with(ending));
        (is_plain(raw) && is_address && is_picture).then(|| Self(raw.to_owned()))
    }

    /// Whether it is on the web: perhaps on another host, which keeps it from being drawn again.
    pub fn is_elsewhere(&self) -> bool {
        is_web(&self.0)
    }

    /// A picture that needs no other host than the page's own, or none at all: what a decoration is held to.
    pub fn decode_local(raw: &str) -> Option<Self> {
        Self::decode(raw).filter(|picture| !picture.is_elsewhere())
    }

    /// The icon of a site: the same, or an `.ico` file.
    pub fn decode_icon(raw: &str) -> Option<Self> {
        let is_icon = is_own_path(raw) && before(raw, "?#").to_ascii_lowercase().ends_with(".ico");
        Self::decode_local(raw).or_else(|| is_icon.then(|| Self(raw.to_owned())))
    }

    /// The address, for an image element.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ORIGIN: &str = "https://pay.example";

    #[test]
    fn pictures_are_shown_and_texts_are_encoded() {
        let picture = |raw: &str| Some(Code::Picture(Picture(raw.to_owned())));
        let text = |raw: &str| Some(Code::Text(raw.to_owned()));
        for (raw, expected) in [
            ("data:image/png;base64,AAAA", picture("data:image/png;base64,AAAA")),
            ("DATA:IMAGE/PNG;base64,AAAA", picture("DATA:IMAGE/PNG;base64,AAAA")),
            ("https://cdn.example.com/qrcode/123.png", picture("https://cdn.example.com/qrcode/123.png")),
            ("https://cdn.example.com/123.PNG?v=1", picture("https://cdn.example.com/123.PNG?v=1")),
            ("/qr/1.svg", picture("/qr/1.svg")),
            ("https://qr.alipay.com/bax0?a=.png", text("https://qr.alipay.com/bax0?a=.png")),
            ("/pay/h5/1", text("https://pay.example/pay/h5/1")),
            ("wxp://f2f0AbC", text("wxp://f2f0AbC")),
            ("weixin://wxpay/bizpayurl?pr=x.png", text("weixin://wxpay/bizpayurl?pr=x.png")),
            ("xxxxxx", text("xxxxxx")),
            ("//evil.example/x.png", text("//evil.example/x.png")),
            ("data:text/html,<script>", None),
            ("", None),
            ("  ", None),
        ] {
            assert_eq!(Code::decode(raw, ORIGIN), expected, "{raw}");
        }
    }

    #[test]
    fn a_decoration_comes_from_the_pages_own_host() {
        assert!(Picture::decode_local("/assets/alipay.png").is_some());
        assert!(Picture::decode_local("data:image/png;base64,AAAA").is_some());
        assert_eq!(Picture::decode_local("https://cdn.example.com/a.png"), None);
        assert_eq!(Picture::decode_local("//cdn.example.com/a.png"), None);
        assert!(Picture::decode_icon("/favicon.ico?v=1").is_some() && Picture::decode_icon("/a.png").is_some());
        assert_eq!(Picture::decode_icon("//cdn.example.com/favicon.ico"), None);
    }

    proptest! {
        #[test]
        fn a_text_is_encoded_byte_for_byte(raw in "[wW][xX][pP]://[!-~]{1,40}") {
            prop_assert_eq!(Code::decode(&raw, ORIGIN), Some(Code::Text(raw)));
        }

        #[test]
        fn any_value_is_read_without_a_panic(raw in ".*") {
            let _ = Code::decode(&raw, ORIGIN);
        }
    }
}
