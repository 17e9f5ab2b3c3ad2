//! Hints that a merchant wrote, which arrive as HTML.

/// A merchant's hint, reduced to lines of text: whatever it holds, no markup survives.
///
/// Source: `003_37d426c7333ebf8e.txt`, `pay_tip` and `pay_account_tip.tip`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tip(Vec<String>);

impl Tip {
    /// Elements whose content is not for reading.
    const SILENT: [&str; 8] = ["script", "style", "template", "noscript", "iframe", "textarea", "title", "svg"];
    /// Elements that stand on a line of their own.
    const BLOCKS: [&str; 14] = ["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"];
    /// The longest hint that is read, in bytes.
    const MAX: usize = 20_000;

    /// Reads HTML as text. `None` where nothing is left to read.
    pub fn decode(html: &str) -> Option<Self> {
        let html = html.get(..floor_char_boundary(html, Self::MAX)).unwrap_or_default();
        let mut text = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let (before, tag) = rest.split_at(at);
            text.push_str(&decode_entities(before));
            rest = Self::skip_tag(tag, &mut text);
        }
        text.push_str(&decode_entities(rest));
        let lines: Vec<String> = text.lines().map(squeeze).filter(|line| !line.is_empty()).collect();
        (!lines.is_empty()).then_some(Self(lines))
    }

    /// The lines, none of them empty.
    pub fn lines(&self) -> &[String] {
        &self.0
    }

    /// Takes `tag` from its `<` on; gives back what follows the tag (and its content, where that is not for reading).
    fn skip_tag<'html>(tag: &'html str, text: &mut String) -> &'html str {
        if let Some(comment) = tag.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, after)| after);
        }
        let inner = tag.get(1..).unwrap_or_default();
        let is_tag = inner.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?'));
        if !is_tag {
            text.push('<');
            return inner;
        }
        let Some((inside, after)) = inner.split_once('>') else { return "" };
        let name: String =
            inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect();
        if Self::BLOCKS.contains(&name.as_str()) {
            text.push('\n');
        }
        if Self::SILENT.contains(&name.as_str()) && !inside.starts_with('/') && !inside.ends_with('/') {
            return after_closing_tag(after, &name);
        }
        after
    }
}

/// What follows `</name…>`; nothing where it is never closed.
fn after_closing_tag<'html>(html: &'html str, name: &str) -> &'html str {
    let lower = html.to_ascii_lowercase();
    let closing = ["</", name].concat();
    let after = lower.find(&closing).and_then(|at| html.get(at..)).and_then(|tag| tag.split_once('>'));
    after.map_or("", |(_, after)| after)
}

/// One blank where there are many, none at the ends, no control characters.
fn squeeze(line: &str) -> String {
    line.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Replaces the entities that occur in written text; an unknown one stays as it is.
fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        decoded.push_str(before);
        match entity.split_once(';').and_then(|(name, after)| Some((entity_char(name)?, after))) {
            Some((char, after)) => {
                decoded.push(char);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = entity;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity_char(name: &str) -> Option<char> {
    let code = match name {
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "gt" => return Some('>'),
        "lt" => return Some('<'),
        "nbsp" => return Some(' '),
        "quot" => return Some('"'),
        "yen" => return Some('¥'),
        _ => name.strip_prefix('#')?,
    };
    let hex = code.strip_prefix(['x', 'X']);
    let value = hex.map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
    char::from_u32(value).filter(|char| !char.is_control())
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(html: &str) -> Vec<String> {
        Tip::decode(html).map(|tip| tip.0).unwrap_or_default()
    }

    #[test]
    fn html_is_read_as_lines_of_text() {
        assert_eq!(lines("请及时支付"), ["请及时支付"]);
        assert_eq!(lines("<p>Pay <b>exactly</b> &yen;10</p><p>Thanks&#33;</p>"), ["Pay exactly ¥10", "Thanks!"]);
        assert_eq!(lines("a<br>b<br/>c"), ["a", "b", "c"]);
        assert_eq!(lines("1 < 2 & 3 &unknown; 4"), ["1 < 2 & 3 &unknown; 4"]);
    }

    #[test]
    fn what_is_not_for_reading_is_dropped() {
        assert_eq!(lines("<script>alert(1)</script>ok<style>b{}</style><!-- no -->"), ["ok"]);
        assert_eq!(lines("<img src=x onerror=alert(1)>"), Vec::<String>::new());
        assert_eq!(lines("<script>never closed"), Vec::<String>::new());
        assert_eq!(Tip::decode("<p> &nbsp; </p>"), None);
    }

    proptest! {
        #[test]
        fn any_html_is_read_without_a_panic(html in "(<|>|/|&|;|#|!|-|script|p|br|[a-z]|支){0,80}") {
            for line in lines(&html) {
                prop_assert!(!line.trim().is_empty());
            }
        }
    }
}
