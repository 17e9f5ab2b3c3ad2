//! What the standard library does to texts with a panic, or with a search for the longest of needles, done small: a panic
//! brings its message and all that prints it.

/// The text before a byte index and from it on; two empty ones for an index within a character.
pub(crate) fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or_default()
}

/// The byte index at which a part that is not empty stands first.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len().max(1)).position(|window| window == part.as_bytes())
}

pub(crate) fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// What stands before a part, and what stands behind it.
pub(crate) fn split_once<'text>(text: &'text str, part: &str) -> Option<(&'text str, &'text str)> {
    let (before, rest) = split(text, find(text, part)?);
    Some((before, split(rest, part.len()).1))
}

/// What stands before the first of some ASCII characters.
pub(crate) fn before<'text>(text: &'text str, marks: &str) -> &'text str {
    let end = text.bytes().position(|byte| marks.as_bytes().contains(&byte));
    end.map_or(text, |end| split(text, end).0)
}

/// Whether one of some ASCII characters stands in a text.
pub(crate) fn has_any(text: &str, marks: &str) -> bool {
    before(text, marks).len() < text.len()
}

/// The byte index at which an ASCII character stands last.
pub(crate) fn last(text: &str, mark: u8) -> Option<usize> {
    text.bytes().rposition(|byte| byte == mark)
}

/// A text without an ASCII character at its end, however often it stands there.
pub(crate) fn without_end(text: &str, mark: u8) -> &str {
    let end = text.bytes().rposition(|byte| byte != mark).map_or(0, |at| at + 1);
    split(text, end).0
}

/// Takes the last segment of a path, with nothing left after the first.
pub(crate) fn pop_segment<'text>(path: &mut Option<&'text str>) -> Option<&'text str> {
    let whole = path.take()?;
    Some(match last(whole, b'/') {
        Some(slash) => {
            *path = Some(split(whole, slash).0);
            split(whole, slash + 1).1
        }
        None => whole,
    })
}

/// A text with one character in place of another.
pub(crate) fn swapped(text: &str, from: char, to: char) -> String {
    text.chars().map(|char| if char == from { to } else { char }).collect()
}

/// A whole number: one reader for all of them.
pub(crate) fn int(text: &str) -> Option<i64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_as_the_standard_library_finds_them() {
        for text in ["", "/", "a", "/pay/X/", "//", "é/é"] {
            let mut rest = Some(text);
            let popped: Vec<&str> = core::iter::from_fn(|| pop_segment(&mut rest)).collect();
            assert_eq!(popped, text.rsplit('/').collect::<Vec<_>>(), "{text}");
            assert_eq!(without_end(text, b'/'), text.trim_end_matches('/'), "{text}");
        }
        for text in ["", "a", "a-->b-->c", "-->", "支付-->宝", "--", "aab"] {
            for part in ["-->", "a", "宝", "aab", "ab"] {
                assert_eq!(find(text, part), text.find(part), "{text} {part}");
                assert_eq!(split_once(text, part), text.split_once(part), "{text} {part}");
            }
        }
    }
}
