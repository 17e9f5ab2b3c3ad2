//! A merchant's hint: HTML that somebody wrote, reduced to what may be shown.
//!
//! Nothing of the markup survives but a tree of known elements, which the view builds anew node by node. There is no
//! attribute but a link's http(s) address and a colour, and that is one of a few that are legible on every ground.

use super::safe_url::{is_plain, is_web};
use crate::text::{find, length, split, split_once};

/// A merchant's hint.
///
/// Source: `003_37d426c7333ebf8e.txt`, `pay_tip` and `pay_account_tip.tip`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tip(Vec<Node>);

/// An order's hints as they were sent. Most orders have none, so what reads them comes when it is needed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tips {
    account: Option<String>,
    both: bool,
    own: Option<String>,
}

impl Tips {
    /// The hint of the account that is paid to, and the order's own. The account's covers the order's, unless both are wanted.
    pub fn new(account: Option<String>, both: bool, own: Option<String>) -> Self {
        let some = |html: Option<String>| html.filter(|html| !html.trim().is_empty());
        Self { account: some(account), both, own: some(own) }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.account.is_none() && self.own.is_none()
    }

    /// The hints, in the order in which they are shown: the account's comes first.
    pub fn read(&self) -> Vec<Tip> {
        let account = self.account.as_deref().and_then(Tip::decode);
        let own = self.own.as_deref().filter(|_| self.both || account.is_none()).and_then(Tip::decode);
        [account, own].into_iter().flatten().collect()
    }
}

/// A part of a hint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Node {
    /// A new line.
    Break,
    /// An element with what is in it.
    Element {
        /// What is in it: something to read.
        children: Vec<Node>,
        /// Its colour.
        hue: Option<Hue>,
        /// What it is.
        kind: Kind,
    },
    /// Text.
    Text(String),
}

/// What an element is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `b`, `strong`.
    Bold,
    /// `code`.
    Code,
    /// `em`, `i`.
    Emphasis,
    /// `h1` to `h6`: a line of its own, more important than others.
    Heading,
    /// `li`.
    Item,
    /// `a` with a http(s) address.
    Link(String),
    /// `ul`, or `ol`.
    List {
        /// Whether its items are counted.
        ordered: bool,
    },
    /// `div`, `p`, the rows of a table and other blocks.
    Paragraph,
    /// `small`.
    Small,
    /// `font`, `span`.
    Span,
    /// `del`, `s`, `strike`.
    Strike,
    /// `u`.
    Underline,
}

/// A colour, as near to the merchant's as is legible on every ground.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Hue {
    Amber,
    Blue,
    Green,
    Grey,
    Red,
}

impl Tip {
    /// The deepest nesting that is built.
    const DEPTH: usize = 16;
    /// A hint with more than this many characters is shown in part at first.
    const LONG: usize = 160;
    /// The longest hint that is read, in bytes.
    const MAX: usize = 20_000;
    /// How many characters of a long hint are shown at first.
    const PREVIEW: usize = 110;

    /// Reads HTML. `None` where nothing is left to read.
    pub fn decode(html: &str) -> Option<Self> {
        let html = html.trim();
        let html = html.get(..html.floor_char_boundary(Self::MAX)).unwrap_or_default();
        let mut tree = Tree::default();
        // Written without markup, the lines are meant as lines.
        let is_text = !html.contains('<');
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let (before, tag) = split(rest, at);
            tree.text(before, false);
            rest = tree.tag(tag);
        }
        tree.text(rest, is_text);
        let nodes = tree.finish();
        nodes.iter().any(Node::is_readable).then_some(Self(nodes))
    }

    /// The whole hint.
    pub fn nodes(&self) -> &[Node] {
        &self.0
    }

    /// The beginning of a hint that is too long to be shown at once.
    pub fn preview(&self) -> Option<Vec<Node>> {
        let length: usize = self.0.iter().map(Node::length).sum();
        let preview = cut(&self.0, &mut Self::PREVIEW.clone());
        (length > Self::LONG && preview != self.0).then_some(preview)
    }
}

impl Node {
    fn is_readable(&self) -> bool {
        match self {
            Self::Break => false,
            Self::Element { children, .. } => children.iter().any(Self::is_readable),
            Self::Text(text) => !text.trim().is_empty(),
        }
    }

    /// A new line takes the room of so many characters.
    const LINE: usize = 24;

    /// In characters.
    fn length(&self) -> usize {
        match self {
            Self::Break => Self::LINE,
            Self::Element { children, kind, .. } => {
                let own = if kind.is_block() { Self::LINE } else { 0 };
                own + children.iter().map(Self::length).sum::<usize>()
            }
            Self::Text(text) => length(text),
        }
    }
}

/// As much of the nodes as there is room for.
fn cut(nodes: &[Node], room: &mut usize) -> Vec<Node> {
    let mut kept = Vec::new();
    for node in nodes {
        if *room == 0 {
            break;
        }
        kept.push(match node {
            Node::Break => Node::Break,
            Node::Element { children, hue, kind } => Node::Element { children: cut(children, room), hue: *hue, kind: kind.clone() },
            Node::Text(text) if length(text) > *room => {
                let short: String = text.chars().take(*room).collect();
                *room = 0;
                Node::Text([short.trim_end(), "…"].concat())
            }
            Node::Text(text) => Node::Text(text.clone()),
        });
        *room = room.saturating_sub(match node {
            Node::Element { kind, .. } if kind.is_block() => Node::LINE,
            Node::Element { .. } => 0,
            other => other.length(),
        });
    }
    kept
}

impl Kind {
    fn is_block(&self) -> bool {
        matches!(self, Self::Heading | Self::Item | Self::List { .. } | Self::Paragraph)
    }
}

/// Elements whose content is not for reading.
const SILENT: [&str; 13] =
    ["script", "style", "template", "noscript", "iframe", "textarea", "title", "svg", "math", "object", "select", "noembed", "noframes"];

/// A tree that is being built: what is open, from the outermost on.
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    root: Vec<Node>,
}

struct Open {
    children: Vec<Node>,
    hue: Option<Hue>,
    kind: Kind,
    name: String,
}

impl Tree {
    fn push(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.root.push(node),
        }
    }

    fn text(&mut self, raw: &str, keeps_lines: bool) {
        let text = decode_entities(raw);
        let mut lines = text.split('\n').peekable();
        while let Some(line) = lines.next() {
            let line = squeeze(if keeps_lines { line.trim() } else { line });
            if !line.is_empty() {
                self.push(Node::Text(line));
            }
            if lines.peek().is_some() {
                self.push(if keeps_lines { Node::Break } else { Node::Text(" ".into()) });
            }
        }
    }

    /// Takes a tag from its `<` on; gives back what follows it, and its content where that is not for reading.
    fn tag<'html>(&mut self, html: &'html str) -> &'html str {
        if let Some(comment) = html.strip_prefix("<!--") {
            return split_once(comment, "-->").map_or("", |(_, after)| after);
        }
        let inner = html.get(1..).unwrap_or_default();
        if inner.starts_with(['!', '?']) {
            return split_once(inner, ">").map_or("", |(_, after)| after);
        }
        let (closes, inside) = inner.strip_prefix('/').map_or((false, inner), |inside| (true, inside));
        if !inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
            self.text("<", false);
            return inner;
        }
        let name_end = inside.find(|char: char| char.is_whitespace() || matches!(char, '/' | '>')).unwrap_or(inside.len());
        let (name, attributes) = split(inside, name_end);
        let name = name.to_ascii_lowercase();
        let mut styling = Styling::default();
        let after = styling.read(attributes);
        if closes && name != "br" {
            self.close(&name);
        } else if SILENT.contains(&name.as_str()) {
            return after_closing_tag(after, &name);
        } else if name == "br" {
            self.push(Node::Break);
        } else if matches!(name.as_str(), "td" | "th") {
            self.push(Node::Text(" ".into()));
        } else if let Some(kind) = kind(&name, styling.href) {
            self.start(name, kind, styling.hue);
        }
        after
    }

    fn start(&mut self, name: String, kind: Kind, hue: Option<Hue>) {
        match &kind {
            Kind::Item => self.close_within("li", &["ol", "ul"]),
            Kind::Link(_) => self.close("a"),
            kind if kind.is_block() => self.close_within("p", &["li", "div"]),
            _ => {}
        }
        if self.open.len() < Tip::DEPTH {
            self.open.push(Open { children: Vec::new(), hue, kind, name });
        }
    }

    /// Closes the innermost element of this name, and what is open in it. A tag that closes nothing is ignored.
    fn close(&mut self, name: &str) {
        self.close_within(name, &[]);
    }

    /// The same, but not beyond an element of one of these names.
    fn close_within(&mut self, name: &str, bounds: &[&str]) {
        let found = self.open.iter().rposition(|open| open.name == name || bounds.contains(&open.name.as_str()));
        let Some(at) = found.filter(|at| self.open.get(*at).is_some_and(|open| open.name == name)) else { return };
        while self.open.len() > at {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(Open { children, hue, mut kind, .. }) = self.open.pop()
            && children.iter().any(Node::is_readable)
        {
            let is_in_list = matches!(self.open.last(), Some(Open { kind: Kind::List { .. }, .. }));
            if kind == Kind::Item && !is_in_list {
                kind = Kind::Paragraph;
            }
            // A list holds items and nothing else.
            let children = if matches!(kind, Kind::List { .. }) { children.into_iter().map(as_item).collect() } else { children };
            self.push(Node::Element { children, hue, kind });
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while !self.open.is_empty() {
            self.pop();
        }
        self.root
    }
}

fn as_item(node: Node) -> Node {
    match node {
        Node::Element { kind: Kind::Item, .. } => node,
        other if !other.is_readable() => Node::Text(String::new()),
        other => Node::Element { children: vec![other], hue: None, kind: Kind::Item },
    }
}

/// `None` for an element that is not shown itself; what is in it is.
fn kind(name: &str, href: Option<String>) -> Option<Kind> {
    Some(match name {
        "a" => return href.map(Kind::Link),
        "b" | "strong" => Kind::Bold,
        "code" => Kind::Code,
        "article" | "blockquote" | "center" | "dd" | "div" | "dt" | "p" | "pre" | "section" | "tr" => Kind::Paragraph,
        "em" | "i" => Kind::Emphasis,
        "font" | "span" => Kind::Span,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "li" => Kind::Item,
        "ol" => Kind::List { ordered: true },
        "del" | "s" | "strike" => Kind::Strike,
        "small" => Kind::Small,
        "u" => Kind::Underline,
        "ul" => Kind::List { ordered: false },
        _ => return None,
    })
}

/// What a tag's attributes say that is of use.
#[derive(Default)]
struct Styling {
    href: Option<String>,
    hue: Option<Hue>,
}

impl Styling {
    /// Reads attributes to the `>` that ends the tag, and gives back what follows.
    fn read<'html>(&mut self, mut rest: &'html str) -> &'html str {
        loop {
            rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '/');
            if let Some(after) = rest.strip_prefix('>') {
                return after;
            }
            if rest.is_empty() {
                return "";
            }
            let name_end = rest.find(|char: char| char.is_whitespace() || matches!(char, '/' | '>' | '=')).unwrap_or(rest.len());
            // A stray `=` is a name of its own, or reading would not move on.
            let (name, after) = split(rest, name_end.max(1));
            let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
                rest = after;
                continue;
            };
            let (value, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value.get(1..).and_then(|value| value.split_once(quote)).unwrap_or(("", "")),
                _ => split(value, value.find(|char: char| char.is_whitespace() || char == '>').unwrap_or(value.len())),
            };
            self.take(&name.to_ascii_lowercase(), &decode_entities(value));
            rest = after;
        }
    }

    fn take(&mut self, name: &str, value: &str) {
        match name {
            "color" => self.hue = Hue::of(value),
            "href" if is_plain(value) && is_web(value) => self.href = Some(value.to_owned()),
            "style" => {
                let mut declarations = value.split(';').filter_map(|declaration| declaration.split_once(':'));
                let colour = declarations.rfind(|(property, _)| property.trim().eq_ignore_ascii_case("color"));
                self.hue = colour.and_then(|(_, colour)| Hue::of(colour)).or(self.hue);
            }
            _ => {}
        }
    }
}

impl Hue {
    /// The hue of a CSS colour; `None` for black, white and what is not understood.
    fn of(colour: &str) -> Option<Self> {
        let colour = colour.trim().to_ascii_lowercase();
        let colour = colour.strip_suffix("!important").unwrap_or(&colour).trim_end();
        let [red, green, blue] = match colour {
            "blue" => return Some(Self::Blue),
            "gold" | "orange" | "yellow" => return Some(Self::Amber),
            "green" => return Some(Self::Green),
            "gray" | "grey" => return Some(Self::Grey),
            "red" => return Some(Self::Red),
            _ => channels(colour)?,
        };
        let (low, high) = (red.min(green).min(blue), red.max(green).max(blue));
        if high - low < 40 {
            return (70..200).contains(&high).then_some(Self::Grey);
        }
        Some(if blue == high && red < 160 {
            Self::Blue
        } else if green == high && red * 4 < green * 3 {
            Self::Green
        } else if green * 2 > red && blue * 2 < red {
            Self::Amber
        } else {
            Self::Red
        })
    }
}

/// Red, green and blue, 0 to 255 each, of `#rgb`, `#rrggbb` or `rgb(…)`.
fn channels(colour: &str) -> Option<[u32; 3]> {
    if let Some(digits) = colour.strip_prefix('#') {
        let value = u32::from_str_radix(digits, 16).ok()?;
        return match digits.len() {
            3 => Some([value >> 8, value >> 4 & 15, value & 15].map(|digit| digit * 17)),
            6 => Some([value >> 16, value >> 8 & 255, value & 255]),
            _ => None,
        };
    }
    let mut parts = colour.split_once('(').filter(|(name, _)| matches!(*name, "rgb" | "rgba"))?.1.split([',', ' ', ')', '/']);
    let mut next = || parts.find(|part| !part.is_empty())?.parse::<u32>().ok().filter(|value| *value < 256);
    Some([next()?, next()?, next()?])
}

/// What follows `</name…>`; nothing where it is never closed.
fn after_closing_tag<'html>(html: &'html str, name: &str) -> &'html str {
    let lower = html.to_ascii_lowercase();
    let closing = ["</", name].concat();
    let after = find(&lower, &closing).and_then(|at| html.get(at..)).and_then(|tag| tag.split_once('>'));
    after.map_or("", |(_, after)| after)
}

/// One blank where there are many, no control characters.
fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for char in text.chars() {
        let char = if char.is_whitespace() || char.is_control() { ' ' } else { char };
        if char != ' ' || !squeezed.ends_with(' ') {
            squeezed.push(char);
        }
    }
    squeezed
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tree in a short form: `b[text]`, `/` for a new line.
    fn show(nodes: &[Node]) -> String {
        let show_one = |node: &Node| match node {
            Node::Break => "/".to_owned(),
            Node::Element { children, hue, kind } => {
                let name = match kind {
                    Kind::Bold => "b".to_owned(),
                    Kind::Code => "code".to_owned(),
                    Kind::Emphasis => "em".to_owned(),
                    Kind::Heading => "h".to_owned(),
                    Kind::Item => "li".to_owned(),
                    Kind::Link(href) => format!("a({href})"),
                    Kind::List { ordered } => if *ordered { "ol" } else { "ul" }.to_owned(),
                    Kind::Paragraph => "p".to_owned(),
                    Kind::Small => "small".to_owned(),
                    Kind::Span => "span".to_owned(),
                    Kind::Strike => "s".to_owned(),
                    Kind::Underline => "u".to_owned(),
                };
                let hue = hue.map(|hue| format!("{hue:?}").to_lowercase()).map(|hue| format!(":{hue}")).unwrap_or_default();
                format!("{name}{hue}[{}]", show(children))
            }
            Node::Text(text) => text.clone(),
        };
        nodes.iter().map(show_one).collect()
    }

    fn tree(html: &str) -> String {
        Tip::decode(html).map(|tip| show(tip.nodes())).unwrap_or_default()
    }

    #[test]
    fn known_elements_are_kept_and_mended() {
        for (html, expected) in [
            ("请及时支付", "请及时支付"),
            ("line one\n  line two ", "line one/line two"),
            ("<p>Pay <b>exactly</b> &yen;10</p><p>Thanks&#33;</p>", "p[Pay b[exactly] ¥10]p[Thanks!]"),
            ("a<br>b<BR/>c", "a/b/c"),
            ("<p>one<p>two", "p[one]p[two]"),
            ("<b>bold<i>both</b>plain", "b[boldem[both]]plain"),
            ("<ul><li>1<li>2</ul><li>loose", "ul[li[1]li[2]]p[loose]"),
            ("<ol>text<li>1</li></ol>", "ol[li[text]li[1]]"),
            ("<h2>Title</h2><small>x</small><s>y</s><u>z</u><code>k</code>", "h[Title]small[x]s[y]u[z]code[k]"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "p[ a b]"),
            ("1234</br>100", "1234/100"),
            ("<center>a</center><del>9</del>8", "p[a]s[9]8"),
            ("1 < 2 & 3 &unknown; 4", "1 < 2 & 3 &unknown; 4"),
            ("<unknown>kept</unknown>", "kept"),
            ("</b></div>ok", "ok"),
            ("<p> &nbsp; </p><div></div>x", "x"),
        ] {
            assert_eq!(tree(html), expected, "{html}");
        }
    }

    #[test]
    fn a_link_is_one_to_the_web() {
        for (html, expected) in [
            (
                r#"<a href="https://shop.example/?a=1&amp;b=2" onclick="x()" style="position:fixed">see</a>"#,
                "a(https://shop.example/?a=1&b=2)[see]",
            ),
            ("<a href=http://x.example>x</a>", "a(http://x.example)[x]"),
            ("<a title='a>b' href='https://x.example'>x</a>", "a(https://x.example)[x]"),
            ("<a href='https://x.example'>x<a href='https://y.example'>y</a>", "a(https://x.example)[x]a(https://y.example)[y]"),
            ("<a href=javascript:alert(1)>x</a>", "x"),
            ("<a href='java\nscript:alert(1)'>x</a>", "x"),
            ("<a href=' https://x.example'>x</a>", "x"),
            ("<a href=//evil.example>x</a>", "x"),
            ("<a href=/relative>x</a>", "x"),
            ("<a href='https://a@b.example'>x</a>", "x"),
        ] {
            assert_eq!(tree(html), expected, "{html}");
        }
    }

    #[test]
    fn a_colour_is_one_that_can_be_read() {
        for (colour, hue) in [
            ("red", Some(Hue::Red)),
            ("#f00", Some(Hue::Red)),
            ("#e4393c", Some(Hue::Red)),
            ("rgb(255, 0, 0)", Some(Hue::Red)),
            ("RED !important", Some(Hue::Red)),
            ("#ff69b4", Some(Hue::Red)),
            ("#FF8C00", Some(Hue::Amber)),
            ("#ffff00", Some(Hue::Amber)),
            ("#07c160", Some(Hue::Green)),
            ("#1677ff", Some(Hue::Blue)),
            ("#999", Some(Hue::Grey)),
            ("#000", None),
            ("white", None),
            ("url(https://evil.example)", None),
            ("expression(alert(1))", None),
            ("rgb(1,2", None),
            ("#ggg", None),
        ] {
            assert_eq!(Hue::of(colour), hue, "{colour}");
            let _ = Hue::of(&format!("#{colour}"));
        }
        assert_eq!(tree("<font color=red>a</font>"), "span:red[a]");
        assert_eq!(tree("<b style='background:url(x);COLOR : #07c160;width:9999px'>a</b>"), "b:green[a]");
    }

    #[test]
    fn what_is_not_for_reading_is_dropped() {
        for html in [
            "<script>alert(1)</script>ok<style>b{}</style><!-- no -->",
            "<SCRIPT >x</SCRIPT >ok",
            "<svg><a href='https://x.example'>no</a></svg>ok",
            "<img src=x onerror=alert(1)>ok",
            "<iframe srcdoc='<p>no'></iframe>ok",
            "<math><mtext></math>ok",
        ] {
            assert_eq!(tree(html), "ok", "{html}");
        }
        for html in ["<script>never closed", "<p> &nbsp; </p>", "<img src=x>", "", "<", "<!--", "<a href='"] {
            assert!(matches!(tree(html).as_str(), "" | "<"), "{html}");
        }
    }

    #[test]
    fn a_long_hint_begins_with_a_preview() {
        assert_eq!(Tip::decode("short").unwrap().preview(), None);
        let long = format!("<p>{}</p><p>end</p>", "长".repeat(300));
        let preview = Tip::decode(&long).unwrap().preview().unwrap();
        assert_eq!(show(&preview), format!("p[{}…]", "长".repeat(Tip::PREVIEW)));
        let blocks = Tip::decode(&"<p>fifteen letters</p>".repeat(5)).unwrap();
        assert!(show(&blocks.preview().unwrap()).len() < show(blocks.nodes()).len());
        let lines = "line<br>".repeat(40);
        let preview = Tip::decode(&lines).unwrap().preview().unwrap();
        assert!(show(&preview).len() < 60, "{}", show(&preview));
    }

    fn depth(nodes: &[Node]) -> usize {
        nodes.iter().map(|node| if let Node::Element { children, .. } = node { 1 + depth(children) } else { 0 }).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn any_html_is_read_without_a_panic(
            html in "(<|>|/|&|;|=|#|!|-|'|\"| |\n|script|p|br|a href|https://x|li|ul|b|style|color:|[a-z]|支){0,80}"
        ) {
            if let Some(tip) = Tip::decode(&html) {
                prop_assert!(depth(tip.nodes()) <= Tip::DEPTH + 1);
                prop_assert!(tip.nodes().iter().any(Node::is_readable));
                let _ = tip.preview();
            }
        }
    }
}
