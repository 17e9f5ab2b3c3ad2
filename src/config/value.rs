//! The kinds of values that settings have. Each has one reader, which gives nothing for what is no such value.

#[cfg(feature = "schema")]
use schemars::JsonSchema;

use crate::order::{is_own_path, is_web_address};

/// What the page looks like.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(rename_all = "kebab-case"))]
pub enum Preset {
    /// Alipay-like blue.
    Azure,
    /// Black on white or white on black, with borders around everything.
    HighContrast,
    /// WeChat-like green.
    Jade,
    /// Calm and grey; dark where the device is.
    #[default]
    Light,
    /// Dark blue, whatever the device is.
    Midnight,
}

impl Preset {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("azure", Self::Azure),
        ("high-contrast", Self::HighContrast),
        ("jade", Self::Jade),
        ("light", Self::Light),
        ("midnight", Self::Midnight),
    ];

    pub(super) fn decode(raw: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == raw).map(|(_, preset)| *preset)
    }
}

/// Which gateway the page speaks to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(rename_all = "kebab-case"))]
pub enum Gateway {
    /// The XArrPay template API.
    #[default]
    Xarr,
}

impl Gateway {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        (raw == "xarr").then_some(Self::Xarr)
    }
}

/// Where "back to the shop" leads.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Back {
    /// There is no such link.
    #[default]
    Nowhere,
    /// To the page before this one.
    History,
    /// To this address.
    To(Link),
}

impl Back {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        match raw {
            "none" => Some(Self::Nowhere),
            "history" => Some(Self::History),
            _ => Link::decode(raw).map(Self::To),
        }
    }
}

/// An address to go to: http(s), or a path on the page's own host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link(String);

impl Link {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        (is_web_address(raw) || is_own_path(raw)).then(|| Self(raw.to_owned()))
    }

    /// The same, but on the page's own host only.
    pub(super) fn decode_own(raw: &str) -> Option<Self> {
        is_own_path(raw).then(|| Self(raw.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path on the page's own host, without a slash at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiPath(String);

impl ApiPath {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        let is_path = is_own_path(raw) && !raw.contains(['?', '#']);
        is_path.then(|| Self(raw.trim_end_matches('/').to_owned()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Scheme, host and port of another site, as a browser writes it: `https://shop.example`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin(String);

impl Origin {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        let is_bare = raw.rsplit('/').next().is_some_and(|last| !last.is_empty()) && raw.matches('/').count() == 2;
        let is_origin = is_web_address(raw) && is_bare && !raw.contains(['?', '#', '*']) && raw.to_ascii_lowercase() == raw;
        is_origin.then(|| Self(raw.to_owned()))
    }

    /// The origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The roundness of corners in CSS pixels, 0 to 32.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Radius(pub u8);

impl Radius {
    pub(super) fn decode(raw: &str) -> Option<Self> {
        raw.parse().ok().filter(|radius| *radius <= 32).map(Self)
    }
}

/// One line of text that says something.
pub(super) fn line(raw: &str) -> Option<String> {
    let text = raw.trim();
    (!text.is_empty() && text.chars().count() <= 500 && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Names of fonts, as CSS lists them.
pub(super) fn font(raw: &str) -> Option<String> {
    let is_list = raw.chars().all(|char| char.is_ascii_alphanumeric() || !char.is_ascii() || " ,-_'\"".contains(char));
    line(raw).filter(|_| is_list && raw.matches('"').count().is_multiple_of(2) && raw.matches('\'').count().is_multiple_of(2))
}

/// A number to call: digits, blanks and `+-()`.
pub(super) fn phone(raw: &str) -> Option<String> {
    let digits = raw.bytes().filter(u8::is_ascii_digit).count();
    let is_number = (3..=20).contains(&digits) && raw.chars().all(|char| char.is_ascii_digit() || " +-()".contains(char));
    line(raw).filter(|_| is_number)
}

/// A WeChat id.
pub(super) fn wechat(raw: &str) -> Option<String> {
    let is_id = (1..=30).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id.then(|| raw.to_owned())
}

/// Something with one `@` in it, and nothing that a mail link would read as more.
pub(super) fn email(raw: &str) -> Option<String> {
    let (name, host) = raw.split_once('@')?;
    let is_plain =
        |part: &str| !part.is_empty() && part.chars().all(|char| char.is_ascii_alphanumeric() || !char.is_ascii() || ".-_+".contains(char));
    (is_plain(name) && is_plain(host)).then(|| raw.to_owned())
}

/// `true` and `false`, `on` and `off`, 1 and 0.
pub(super) fn switch(raw: &str) -> Option<bool> {
    match raw {
        "1" | "on" | "true" => Some(true),
        "0" | "off" | "false" => Some(false),
        _ => None,
    }
}
