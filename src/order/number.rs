//! The numbers that name an order, and how a link carries them.

use super::safe_url::is_invisible;
use crate::text::{int, length, parts, pop_segment, split_once, swapped, without_end};

/// The gateway's number of an order: text of 1 to 128 characters without blanks, control characters, or any that make
/// it read as another one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrderId(String);

/// The shop's number of an order, under the same rule as [`OrderId`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutOrderId(String);

/// A merchant's number at the gateway (int32, above zero).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MerchantId(u32);

/// What names an order in a request: one of the two ways, never both.
///
/// Source: `003_37d426c7333ebf8e.txt`, "order_id 与 out_order_id、pid 为二选一关系".
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OrderRef {
    /// By the gateway's own number.
    Id(OrderId),
    /// By the shop's number and the merchant it belongs to.
    Out {
        /// The shop's number.
        out_order_id: OutOrderId,
        /// Whose shop.
        pid: MerchantId,
    },
}

fn is_number(raw: &str) -> bool {
    (1..=128).contains(&length(raw)) && !raw.chars().any(|char| char.is_control() || char.is_whitespace() || is_invisible(char))
}

impl OrderId {
    /// Refuses what cannot be an order number.
    pub fn decode(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        is_number(raw).then(|| Self(raw.to_owned()))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as one segment of a path.
    pub fn path_segment(&self) -> String {
        percent_encode(&self.0)
    }
}

impl OutOrderId {
    /// Refuses what cannot be an order number.
    pub fn decode(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        is_number(raw).then(|| Self(raw.to_owned()))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MerchantId {
    /// Refuses what is not an int32 above zero.
    pub fn decode(raw: &str) -> Option<Self> {
        let number = int(raw.trim()).and_then(|number| i32::try_from(number).ok())?;
        u32::try_from(number).ok().filter(|number| *number > 0).map(Self)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl OrderRef {
    /// Finds the order in a page's address: `?order_id=`, else `?trade_no=`, else `/pay/{id}`, else `?out_order_id=` with `?pid=`.
    ///
    /// `path` and `query` are as the browser gives them, percent-encoded; `query` with or without its `?`.
    pub fn from_address(path: &str, query: &str) -> Option<Self> {
        let param = |name| query_param(query, name);
        let by_id = || param("order_id").as_deref().and_then(OrderId::decode);
        let by_trade_no = || param("trade_no").as_deref().and_then(OrderId::decode);
        let by_path = || order_id_in_path(path);
        let by_out_order_id =
            || Some(Self::Out { out_order_id: OutOrderId::decode(&param("out_order_id")?)?, pid: MerchantId::decode(&param("pid")?)? });
        by_id().or_else(by_trade_no).or_else(by_path).map(Self::Id).or_else(by_out_order_id)
    }

    /// The number to show to a person.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Out { out_order_id, .. } => out_order_id.as_str(),
        }
    }
}

/// `…/pay/{id}`, where `status` and `separate` name other pages of the gateway.
fn order_id_in_path(path: &str) -> Option<OrderId> {
    let mut rest = Some(without_end(path, b'/'));
    let last = pop_segment(&mut rest)?;
    let is_order_page = pop_segment(&mut rest) == Some("pay") && !matches!(last, "separate" | "status");
    is_order_page.then(|| percent_decode(last)).and_then(|id| OrderId::decode(&id))
}

/// The first non-empty value of a query parameter, decoded.
pub fn query_param(query: &str, name: &str) -> Option<String> {
    parts(query.strip_prefix('?').unwrap_or(query), b'&')
        .filter_map(|pair| split_once(pair, "="))
        .filter(|(key, _)| percent_decode(key) == name)
        .map(|(_, value)| percent_decode(&swapped(value, '+', ' ')))
        .find(|value| !value.trim().is_empty())
}

/// Undoes percent-encoding; what is not a valid escape stays as it is, and each byte of what is not UTF-8 becomes U+FFFD.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escape = tail.first_chunk::<2>().filter(|_| first == b'%').and_then(|[high, low]| Some(hex(*high)? * 16 + hex(*low)?));
        match escape {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    let mut decoded = String::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let (char, after) = next_char(rest).unwrap_or((char::REPLACEMENT_CHARACTER, rest.get(1..).unwrap_or_default()));
        decoded.push(char);
        rest = after;
    }
    decoded
}

/// The character that UTF-8 begins with (RFC 3629, section 3), and what follows it. The standard library's reader is quicker, and
/// weighs three times as much.
fn next_char(bytes: &[u8]) -> Option<(char, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let ones = first.leading_ones();
    // The bits of the first byte behind its ones; no ones is ASCII, and one is the middle of a character.
    let mut code = u32::from(first & 0x7f_u8.checked_shr(ones)?);
    for _ in 1..ones {
        let (next, after) = rest.split_first().filter(|(next, _)| **next & 0xc0 == 0x80)?;
        code = code << 6 | u32::from(next & 0x3f);
        rest = after;
    }
    let char = char::from_u32(code)?;
    // Not the middle of a character, and not longer than it need be.
    (char.len_utf8() == bytes.len() - rest.len() && ones != 1).then_some((char, rest))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub(crate) fn percent_encode(text: &str) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(raw: &str) -> Option<OrderRef> {
        OrderId::decode(raw).map(OrderRef::Id)
    }

    #[test]
    fn an_address_names_an_order_in_four_ways() {
        let out = OrderRef::Out { out_order_id: OutOrderId::decode("EXT 1".replace(' ', "-").as_str()).unwrap(), pid: MerchantId(7) };
        for (path, query, expected) in [
            ("/", "?order_id=A1", id("A1")),
            ("/", "?trade_no=A2", id("A2")),
            ("/pay/A3", "", id("A3")),
            ("/pay/A3/", "", id("A3")),
            ("/shop/pay/A%2D3", "", id("A-3")),
            ("/", "?out_order_id=EXT-1&pid=7", Some(out)),
            ("/pay/A3", "?order_id=A1&trade_no=A2&out_order_id=E&pid=1", id("A1")),
            ("/pay/A3", "?order_id=&trade_no=A2", id("A2")),
            ("/pay/A3", "?out_order_id=E&pid=1", id("A3")),
        ] {
            assert_eq!(OrderRef::from_address(path, query), expected, "{path}{query}");
        }
    }

    #[test]
    fn an_address_without_an_order_names_none() {
        for (path, query) in [
            ("/", ""),
            ("/", "?order_id="),
            ("/", "?order_id=%20"),
            ("/pay/", ""),
            ("/pay/status", ""),
            ("/pay/separate", ""),
            ("/pay/separate/A1", ""),
            ("/", "?out_order_id=E"),
            ("/", "?out_order_id=E&pid=x"),
            ("/", "?out_order_id=E&pid=0"),
            ("/", "?out_order_id=E&pid=99999999999"),
            ("/", "?order_id=a%00b"),
            ("/", "?order_id=a%E2%80%AEb"),
            ("/", "?order_id=a%E2%80%8Bb"),
        ] {
            assert_eq!(OrderRef::from_address(path, query), None, "{path}{query}");
        }
    }

    proptest! {
        #[test]
        fn any_address_is_read_without_a_panic(path in ".*", query in ".*") {
            let _ = OrderRef::from_address(&path, &query);
        }

        #[test]
        fn an_encoded_text_comes_back(text in ".*") {
            prop_assert_eq!(percent_decode(&percent_encode(&text)), text);
        }

        #[test]
        fn a_character_is_read_as_the_standard_library_reads_it(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x80_u8..0xc0, Just(0xe0), Just(0xed), Just(0xf0), Just(0xf4)], 1..5)) {
            let expected = (1..=bytes.len()).find_map(|end| std::str::from_utf8(&bytes[..end]).ok()).and_then(|text| text.chars().next());
            prop_assert_eq!(next_char(&bytes).map(|(char, _)| char), expected);
        }
    }
}
