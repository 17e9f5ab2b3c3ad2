//! The kinds of values that settings have. Each has one reader, which gives nothing for what is no such value.

use core::{ops::RangeInclusive, time::Duration};

pub(super) use crate::order::is_own_path;
use crate::{
    order::is_web_address,
    text::{has_any, int, length, split_once, without_end},
};

/// What the page can look like: see `style/presets.css`. `light` is the default.
pub const PRESETS: [&str; 5] = ["azure", "high-contrast", "jade", "light", "midnight"];

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
    /// Reads `none`, `history` or an address.
    pub fn decode(raw: &str) -> Option<Self> {
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
    /// Refuses every other scheme, `//host`, relative paths and user names.
    pub fn decode(raw: &str) -> Option<Self> {
        (is_web_address(raw) || is_own_path(raw)).then(|| Self(raw.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path on the page's own host, given back without a slash at its end.
pub(super) fn api(raw: &str) -> Option<&str> {
    (is_own_path(raw) && !has_any(raw, "?#")).then(|| without_end(raw, b'/'))
}

/// The shortest pause that a shop may set, in seconds.
pub(super) const PAUSES: RangeInclusive<u64> = 2..=30;

/// Whole seconds in [`PAUSES`].
pub(super) fn pause(raw: &str) -> Option<Duration> {
    let seconds = int(raw).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.filter(|seconds| PAUSES.contains(seconds)).map(Duration::from_secs)
}

/// Scheme, host and port of another site, as a browser writes it: `https://shop.example`. Paths, a slash at the end, wildcards,
/// capitals and the ports that go without saying are refused.
pub(super) fn is_origin(raw: &str) -> bool {
    let ends_in_host = raw.bytes().filter(|byte| *byte == b'/').count() == 2 && !raw.ends_with('/');
    let is_lower = raw.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let has_usual_port = raw.ends_with(":80") || raw.ends_with(":443");
    is_web_address(raw) && ends_in_host && is_lower && !has_usual_port && !has_any(raw, "?#*")
}

/// Where the token of a signed-in shopper is. Never in the address, which is passed on and written down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Token<'text> {
    /// In a cookie of this name.
    Cookie(&'text str),
    /// In this storage, under this name.
    Storage(&'static str, &'text str),
}

impl<'text> Token<'text> {
    /// Reads `cookie:NAME`, `local:NAME` or `session:NAME`.
    pub fn decode(raw: &'text str) -> Option<Self> {
        let (place, name) = split_once(raw, ":")?;
        let is_name =
            (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        match place {
            _ if !is_name => None,
            "cookie" => Some(Self::Cookie(name)),
            "local" => Some(Self::Storage("localStorage", name)),
            "session" => Some(Self::Storage("sessionStorage", name)),
            _ => None,
        }
    }
}

/// A link in which `{order_id}` stands for the order's number.
pub(super) fn is_page_of_order(raw: &str) -> bool {
    Link::decode(&page_of_order(raw, "1")).is_some_and(|link| !has_any(link.as_str(), "{}"))
}

/// The link for one order.
pub(super) fn page_of_order(page: &str, id: &str) -> String {
    match split_once(page, "{order_id}") {
        Some((before, after)) => [before, id, after].concat(),
        None => page.to_owned(),
    }
}

/// The path of a page in a mini-program.
pub(super) fn is_weapp_page(raw: &str) -> bool {
    is_own_path(raw) && !has_any(raw, "?#")
}

/// The roundness of corners in CSS pixels, at most 32.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Radius(pub u8);

impl Radius {
    /// More makes corners into bows.
    pub(super) const MOST: u8 = 32;

    /// Refuses what is not between 0 and 32.
    pub fn decode(raw: &str) -> Option<Self> {
        int(raw).and_then(|radius| u8::try_from(radius).ok()).filter(|radius| *radius <= Self::MOST).map(Self)
    }
}

/// What a line of text may have, in characters.
pub(super) const LONGEST_LINE: usize = 500;

/// One line of text that says something.
pub(super) fn is_line(text: &str) -> bool {
    !text.is_empty() && length(text) <= LONGEST_LINE && !text.chars().any(char::is_control)
}

/// Names of fonts, as CSS lists them.
pub(super) fn is_font(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || !char.is_ascii() || matches!(char, ' ' | ',' | '-' | '_' | '\'' | '"');
    let is_paired = |quote| text.chars().filter(|char| *char == quote).count().is_multiple_of(2);
    is_line(text) && text.chars().all(is_part) && is_paired('"') && is_paired('\'')
}

/// A number to call: digits, blanks and `+-()`.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=20).contains(&digits) && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'+' | b'-' | b'(' | b')'))
}

/// A WeChat id.
pub(super) fn is_wechat(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Something with one `@` in it, and nothing that a mail link would read as more.
pub(super) fn is_email(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || !char.is_ascii() || matches!(char, '.' | '-' | '_' | '+' | '@');
    text.chars().all(is_part) && !text.starts_with('@') && !text.ends_with('@') && text.bytes().filter(|byte| *byte == b'@').count() == 1
}

/// `true` and `false`, `on` and `off`, 1 and 0.
pub(super) fn switch(raw: &str) -> Option<bool> {
    match raw {
        "1" | "on" | "true" => Some(true),
        "0" | "off" | "false" => Some(false),
        _ => None,
    }
}
