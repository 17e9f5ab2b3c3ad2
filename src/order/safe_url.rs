//! What every link type has in common: the ways in which an address can lie.

use crate::text::{before, has_any, split_once};

/// No control characters, no backslashes, no blank at either end, not empty, at most 8,192 bytes.
///
/// Browsers drop tabs and line ends inside an address and read `\` as `/`, so a check on the text
/// would see another address than the one that is opened.
pub(super) fn is_plain(raw: &str) -> bool {
    !raw.is_empty()
        && raw.len() <= 8192
        && raw.trim() == raw
        && !raw.chars().any(|char| char.is_control() || char == '\\' || is_invisible(char))
}

/// Direction and width-less characters that make an address read as another one.
pub(super) fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The scheme of an absolute address in lower case, `None` for a relative one.
pub(super) fn scheme(raw: &str) -> Option<String> {
    let (before, _) = split_once(raw, ":")?;
    (!has_any(before, "/?#")).then(|| before.to_ascii_lowercase())
}

/// `http://host…` or `https://host…` with a host and without a user name before it.
pub(super) fn is_web(raw: &str) -> bool {
    if !matches!(scheme(raw).as_deref(), Some("http" | "https")) {
        return false;
    }
    let Some(rest) = split_once(raw, ":").and_then(|(_, rest)| rest.strip_prefix("//")) else {
        return false;
    };
    let authority = before(rest, "/?#");
    let host = before(authority, ":");
    !host.is_empty() && !has_any(authority, "@ %<>\"")
}

/// The host of a web address in lower case, without its port.
pub fn host(raw: &str) -> Option<String> {
    let rest = split_once(raw, "://").filter(|_| is_plain(raw) && is_web(raw))?.1;
    Some(before(rest, "/?#:").to_ascii_lowercase())
}

/// A path on the page's own host: not `//host`, and without a scheme.
pub(super) fn is_relative(raw: &str) -> bool {
    !raw.starts_with("//") && scheme(raw).is_none()
}

/// Whether this is a http(s) address that can be gone to.
pub fn is_web_address(raw: &str) -> bool {
    is_plain(raw) && is_web(raw)
}

/// Whether this is a path from the top of the page's own host.
pub fn is_own_path(raw: &str) -> bool {
    is_plain(raw) && raw.starts_with('/') && is_relative(raw)
}
