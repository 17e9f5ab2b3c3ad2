//! A reader for JSON that keeps numbers as they were written.
//!
//! Amounts must not pass through a float, and `serde_json` weighs a quarter of the whole page; so this reader
//! does just what an answer needs. The tests compare it with `serde_json` on generated documents.

use crate::text::{before, hex, split, split_once};

/// A JSON value. Numbers are the text that stood there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Json {
    Bool(bool),
    List(Vec<Json>),
    Null,
    Number(String),
    Object(Vec<(String, Json)>),
    Text(String),
}

impl Json {
    /// Deeper than this is not an answer but an attack on the stack.
    const MAX_DEPTH: usize = 32;

    /// Reads one document. `None` where it is not JSON to its end.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text) };
        let value = reader.value(Self::MAX_DEPTH)?;
        reader.skip_blanks();
        reader.rest.is_empty().then_some(value)
    }

    /// The value of an object's field; the last one where a name stands twice.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Takes the value of an object's field out, the last one where a name stands twice; null where there is none.
    pub(crate) fn take(&mut self, name: &str) -> Self {
        let field = match self {
            Self::Object(fields) => fields.iter_mut().rev().find(|(key, _)| key == name),
            _ => None,
        };
        field.map_or(Self::Null, |(_, value)| core::mem::replace(value, Self::Null))
    }

    /// The value as JSON, its numbers as they were written.
    pub(crate) fn write(&self) -> String {
        let list = |parts: Vec<String>| parts.join(",");
        match self {
            Self::Bool(true) => "true".to_owned(),
            Self::Bool(false) => "false".to_owned(),
            Self::List(items) => ["[", &list(items.iter().map(Self::write).collect()), "]"].concat(),
            Self::Null => "null".to_owned(),
            Self::Number(number) => number.clone(),
            Self::Object(fields) => {
                ["{", &list(fields.iter().map(|(name, value)| [&quote(name), ":", &value.write()].concat()).collect()), "}"].concat()
            }
            Self::Text(text) => quote(text),
        }
    }
}

/// A text as JSON.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\0'..='\x1f' => {
                let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0');
                quoted.push_str("\\u00");
                quoted.extend([digit(u32::from(char) >> 4), digit(u32::from(char) & 15)]);
            }
            _ => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

struct Reader<'text> {
    rest: &'text str,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        let blanks = self.rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.rest = split(self.rest, blanks).1;
    }

    /// Skips blanks, then takes `token` if it stands there.
    fn take(&mut self, token: &str) -> Option<()> {
        self.skip_blanks();
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        self.skip_blanks();
        match self.rest.bytes().next()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => self.text().map(Json::Text),
            b't' => self.take("true").map(|()| Json::Bool(true)),
            b'f' => self.take("false").map(|()| Json::Bool(false)),
            b'n' => self.take("null").map(|()| Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut fields = Vec::new();
        self.take("{")?;
        if self.take("}").is_some() {
            return Some(Json::Object(fields));
        }
        loop {
            self.skip_blanks();
            let name = self.text()?;
            self.take(":")?;
            fields.push((name, self.value(depth)?));
            if self.take(",").is_none() {
                self.take("}")?;
                return Some(Json::Object(fields));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.take("[")?;
        if self.take("]").is_some() {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.take(",").is_none() {
                self.take("]")?;
                return Some(Json::List(items));
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        self.rest = self.rest.strip_prefix('"')?;
        loop {
            let at = self.rest.bytes().position(|byte| matches!(byte, b'"' | b'\\') || byte < b' ')?;
            let (plain, tail) = split(self.rest, at);
            text.push_str(plain);
            if let Some(after) = tail.strip_prefix('"') {
                self.rest = after;
                return Some(text);
            }
            self.rest = tail.strip_prefix('\\')?;
            text.push(self.escape()?);
        }
    }

    /// What follows a backslash. Half of a surrogate pair becomes U+FFFD: a broken letter must not cost the answer.
    fn escape(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let kind = chars.next()?;
        self.rest = chars.as_str();
        Some(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.hex4()?;
                if (0xd800..0xdc00).contains(&first) {
                    let before = self.rest;
                    let second = self.rest.strip_prefix("\\u").and_then(|after| {
                        self.rest = after;
                        self.hex4()
                    });
                    match second.filter(|second| (0xdc00..0xe000).contains(second)) {
                        Some(second) => return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)),
                        None => self.rest = before,
                    }
                }
                char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        hex(digits)
    }

    fn number(&mut self) -> Option<Json> {
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let end = self.rest.bytes().position(|byte| !is_part(byte)).unwrap_or(self.rest.len());
        let (number, rest) = split(self.rest, end);
        self.rest = rest;
        is_number(number).then(|| Json::Number(number.to_owned()))
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = before(text, "eE");
    let exponent = text.get(mantissa.len() + 1..);
    let (whole, fraction) = split_once(mantissa, ".").map_or((mantissa, None), |(before, after)| (before, Some(after)));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix('-').or(exponent.strip_prefix('+')).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn as_reference(json: &Json) -> Value {
        match json {
            Json::Bool(value) => Value::Bool(*value),
            Json::List(items) => items.iter().map(as_reference).collect(),
            Json::Null => Value::Null,
            Json::Number(number) => Value::Number(number.parse().unwrap()),
            Json::Object(fields) => Value::Object(fields.iter().map(|(name, value)| (name.clone(), as_reference(value))).collect()),
            Json::Text(text) => Value::String(text.clone()),
        }
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?".prop_map(|number| Value::Number(number.parse().unwrap())),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".{0,8}", inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn surrogates_and_blanks_are_read() {
        assert_eq!(Json::read("\u{feff} \"\\ud83d\\ude00\\u00e9\" \n"), Some(Json::Text("😀é".into())));
        assert_eq!(Json::read("\"\\ud83d!\""), Some(Json::Text("\u{fffd}!".into())));
    }

    #[test]
    fn depth_is_limited() {
        let deep = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(Json::read(&deep(Json::MAX_DEPTH)).is_some());
        assert_eq!(Json::read(&deep(Json::MAX_DEPTH + 1)), None);
        assert_eq!(Json::read(&"[".repeat(1_000_000)), None);
    }

    proptest! {
        #[test]
        fn a_document_is_read_as_the_reference_reads_it(document in document(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
            prop_assert_eq!(as_reference(&Json::read(&text).unwrap()), document);
        }

        #[test]
        fn what_the_reference_refuses_is_refused(text in "[\\[\\]{}\",:0-9.eE+\\-truefalsnl\\\\ \\t]{0,16}") {
            if serde_json::from_str::<Value>(&text).is_err() {
                prop_assert_eq!(Json::read(&text), None);
            }
        }

        #[test]
        fn a_document_that_breaks_off_is_refused(document in document(), cut in 1usize..200) {
            let text = serde_json::to_string(&serde_json::json!({ "data": document })).unwrap();
            let end = text.len().saturating_sub(cut);
            if let Some(part) = text.get(..end) {
                prop_assert_eq!(Json::read(part), None);
            }
        }
    }
}
