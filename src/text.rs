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
    let end = text.bytes().position(|byte| marks.bytes().any(|mark| mark == byte));
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

/// The parts between ASCII characters.
pub(crate) fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let whole = rest.take()?;
        let Some(at) = whole.bytes().position(|byte| byte == mark) else { return Some(whole) };
        let (part, after) = split(whole, at);
        rest = Some(split(after, 1).1);
        Some(part)
    })
}

/// Whether a character makes those after it stand in another order than they are read: an embedding or an override.
pub(crate) fn turns(char: char) -> bool {
    matches!(char, '\u{202a}'..='\u{202e}')
}

/// How many characters there are.
pub(crate) fn length(text: &str) -> usize {
    // All bytes but those that go on with a character.
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
}

/// A whole number: one reader for all of them. `None` for those beyond 9·10¹⁸, which nothing here counts to.
pub(crate) fn int(text: &str) -> Option<i64> {
    const LARGEST: i64 = 900_000_000_000_000_000;
    let (sign, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let next = |number: i64, digit: &u8| {
        let digit = digit.wrapping_sub(b'0');
        (digit < 10 && number < LARGEST).then(|| number * 10 + i64::from(digit))
    };
    let number = digits.iter().try_fold(0, next)?;
    (!digits.is_empty()).then_some(number * sign)
}

/// … and one writer.
pub(crate) fn digits(number: impl Into<u64>) -> String {
    number.into().to_string()
}

/// A number of some hexadecimal digits and nothing else. `None` for more than fit.
pub(crate) fn hex(digits: &str) -> Option<u32> {
    let is_short = (1..=8).contains(&digits.len());
    digits.chars().try_fold(0, |number: u32, digit| Some(number << 4 | digit.to_digit(16)?)).filter(|_| is_short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_whole_number_is_read_as_the_standard_library_reads_it(text in "[+-]?[0-9]{0,20}|.{0,4}") {
            let expected: Option<i64> = text.parse().ok();
            prop_assert_eq!(int(&text), expected.filter(|number| number.abs() < 9_000_000_000_000_000_000));
        }
    }

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
            assert_eq!(parts(text, b'-').collect::<Vec<_>>(), text.split('-').collect::<Vec<_>>(), "{text}");
            assert_eq!(length(text), text.chars().count(), "{text}");
        }
        for text in ["", "0", "ff", "FFFF", "-1", "+1", "g", "12345678", "123456789", "支"] {
            assert_eq!(hex(text), u32::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+') && text.len() < 9), "{text}");
        }
    }
}
