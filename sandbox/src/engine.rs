//! The template engine of XArrPay, as far as themes use it: Go's templates between `${` and `}`.
//!
//! Source: `protocols.md` section 1, "Theme package". Variables by path (`.orderInfo.subject`), texts, numbers and names of
//! functions in pipes, `if … else … end`, `with`, `range`. What is missing renders as nothing. Values are escaped for HTML on
//! request only: whether the real engine does it by itself is not documented, and a theme must not rely on it.

use std::{error::Error, fmt};

use serde_json::{Map, Value};

/// What is wrong with a template, and on which line.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Mistake {
    line: usize,
    what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.what)
    }
}

impl Error for Mistake {}

/// A site's options, by name.
pub(crate) type Options<'options> = dyn Fn(&str) -> Option<String> + 'options;

/// Fills in a template.
///
/// # Errors
/// When the template is none: the place and the reason.
pub(crate) fn render(template: &str, variables: &Value, options: &Options<'_>) -> Result<String, Mistake> {
    let pieces = pieces(template)?;
    let mut at = 0;
    let nodes = nodes(&pieces, &mut at, false)?;
    let mut output = String::new();
    write(&nodes, variables, options, &mut output)?;
    Ok(output)
}

/// Text, or what stands between the delimiters, with its line.
enum Piece<'template> {
    Action(usize, Vec<Word<'template>>),
    Text(&'template str),
}

/// A part of an action.
#[derive(Clone, Debug, PartialEq)]
enum Word<'template> {
    Name(&'template str),
    Number(i64),
    Path(&'template str),
    Pipe,
    Text(String),
}

enum Node<'template> {
    If(usize, Vec<Word<'template>>, Vec<Self>, Vec<Self>),
    Print(usize, Vec<Word<'template>>),
    Range(usize, Vec<Word<'template>>, Vec<Self>, Vec<Self>),
    Text(&'template str),
    With(usize, Vec<Word<'template>>, Vec<Self>, Vec<Self>),
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, Mistake> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once("${") {
        pieces.push(Piece::Text(text));
        let line = 1 + template.get(..template.len() - after.len()).unwrap_or_default().matches('\n').count();
        let (words, after) = words(after).map_err(|what| Mistake { line, what })?;
        pieces.push(Piece::Action(line, words));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// The words up to the closing brace, and what follows it.
fn words(action: &str) -> Result<(Vec<Word<'_>>, &str), String> {
    let mut words = Vec::new();
    let mut rest = action;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Err("an action is not closed".into()) };
        match first {
            '}' => return Ok((words, rest.get(1..).unwrap_or_default())),
            '|' => {
                words.push(Word::Pipe);
                rest = rest.get(1..).unwrap_or_default();
            }
            '"' => {
                let (text, after) = rest.get(1..).and_then(|rest| rest.split_once('"')).ok_or("a text is not closed")?;
                words.push(Word::Text(text.to_owned()));
                rest = after;
            }
            _ => {
                let end = rest.find(|char: char| char.is_whitespace() || matches!(char, '}' | '|')).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                words.push(match word.parse() {
                    Ok(number) => Word::Number(number),
                    Err(_) if word.starts_with('.') => Word::Path(word),
                    Err(_) if word.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') => Word::Name(word),
                    Err(_) => return Err(format!("`{word}` is no word of a template")),
                });
                rest = after;
            }
        }
    }
}

/// The nodes up to the end, or, inside a block, up to its `else` or `end`, which stays.
fn nodes<'template>(pieces: &[Piece<'template>], at: &mut usize, inside: bool) -> Result<Vec<Node<'template>>, Mistake> {
    let mut nodes = Vec::new();
    while let Some(piece) = pieces.get(*at) {
        let (line, words) = match piece {
            Piece::Text(text) => {
                nodes.push(Node::Text(text));
                *at += 1;
                continue;
            }
            Piece::Action(line, words) => (*line, words),
        };
        let head = words.first().cloned();
        let rest = words.get(1..).unwrap_or_default().to_vec();
        match head {
            Some(Word::Name("else" | "end")) if inside => return Ok(nodes),
            Some(Word::Name(name @ ("else" | "end"))) => return Err(Mistake { line, what: format!("`{name}` closes nothing") }),
            Some(Word::Name(name @ ("if" | "range" | "with"))) => {
                *at += 1;
                let (yes, no) = branches(pieces, at, line)?;
                nodes.push(match name {
                    "if" => Node::If(line, rest, yes, no),
                    "range" => Node::Range(line, rest, yes, no),
                    _ => Node::With(line, rest, yes, no),
                });
            }
            Some(_) => {
                nodes.push(Node::Print(line, words.clone()));
                *at += 1;
            }
            None => return Err(Mistake { line, what: "an action is empty".into() }),
        }
    }
    if inside {
        return Err(Mistake { line: 0, what: "a block is not closed".into() });
    }
    Ok(nodes)
}

type Branches<'template> = (Vec<Node<'template>>, Vec<Node<'template>>);

fn branches<'template>(pieces: &[Piece<'template>], at: &mut usize, line: usize) -> Result<Branches<'template>, Mistake> {
    let unclosed = |mut mistake: Mistake| {
        if mistake.line == 0 {
            mistake.line = line;
        }
        mistake
    };
    let yes = nodes(pieces, at, true).map_err(unclosed)?;
    let Some(Piece::Action(line, words)) = pieces.get(*at) else { return Ok((yes, Vec::new())) };
    if words.first() != Some(&Word::Name("else")) {
        *at += 1;
        return Ok((yes, Vec::new()));
    }
    if let Some(Word::Name("if")) = words.get(1) {
        // `else if`: one block inside the other, closed by the same `end`.
        *at += 1;
        let (inner_yes, inner_no) = branches(pieces, at, *line)?;
        return Ok((yes, vec![Node::If(*line, words.get(2..).unwrap_or_default().to_vec(), inner_yes, inner_no)]));
    }
    *at += 1;
    let no = nodes(pieces, at, true).map_err(unclosed)?;
    *at += 1;
    Ok((yes, no))
}

fn write(nodes: &[Node<'_>], dot: &Value, options: &Options<'_>, output: &mut String) -> Result<(), Mistake> {
    for node in nodes {
        match node {
            Node::Text(text) => output.push_str(text),
            Node::Print(line, words) => output.push_str(&shown(&pipe(words, dot, options, *line)?)),
            Node::If(line, words, yes, no) => {
                let branch = if is_true(&pipe(words, dot, options, *line)?) { yes } else { no };
                write(branch, dot, options, output)?;
            }
            Node::With(line, words, yes, no) => {
                let value = pipe(words, dot, options, *line)?;
                if is_true(&value) { write(yes, &value, options, output)? } else { write(no, dot, options, output)? }
            }
            Node::Range(line, words, yes, no) => match pipe(words, dot, options, *line)? {
                Value::Array(entries) if !entries.is_empty() => {
                    for entry in &entries {
                        write(yes, entry, options, output)?;
                    }
                }
                _ => write(no, dot, options, output)?,
            },
        }
    }
    Ok(())
}

/// `A | f | g x`: the value before goes last into the call behind.
fn pipe(words: &[Word<'_>], dot: &Value, options: &Options<'_>, line: usize) -> Result<Value, Mistake> {
    let mut value: Option<Value> = None;
    for command in words.split(|word| *word == Word::Pipe) {
        let (first, rest) = command.split_first().ok_or_else(|| Mistake { line, what: "a pipe leads to nothing".into() })?;
        let operand = |word: &Word<'_>| match word {
            Word::Number(number) => Value::from(*number),
            Word::Path(path) => lookup(dot, path),
            Word::Text(text) => Value::from(text.clone()),
            Word::Name("true") => Value::Bool(true),
            Word::Name(_) | Word::Pipe => Value::Null,
        };
        value = Some(match first {
            Word::Name(name) => {
                let arguments: Vec<Value> = rest.iter().map(operand).chain(value).collect();
                call(name, &arguments, options).ok_or_else(|| Mistake { line, what: format!("there is no function `{name}`") })?
            }
            other if rest.is_empty() && value.is_none() => operand(other),
            _ => return Err(Mistake { line, what: "a value is called like a function".into() }),
        });
    }
    value.ok_or_else(|| Mistake { line, what: "an action is empty".into() })
}

fn lookup(dot: &Value, path: &str) -> Value {
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(dot, |value, name| value.get(name)).cloned().unwrap_or(Value::Null)
}

fn call(name: &str, arguments: &[Value], options: &Options<'_>) -> Option<Value> {
    let text = |at: usize| arguments.get(at).map(shown).unwrap_or_default();
    let last = text(arguments.len().saturating_sub(1));
    let same = || text(0) == text(1);
    let less = || match (text(0).parse::<f64>(), text(1).parse::<f64>()) {
        (Ok(one), Ok(other)) => one < other,
        _ => text(0) < text(1),
    };
    Some(match name {
        "get_option" => options(&last).map_or(Value::Null, Value::from),
        "html" => Value::from(crate::wallet::escape(&last)),
        "json" => Value::from(arguments.last().map(Value::to_string).unwrap_or_default()),
        "urlencode" => Value::from(url_encoded(&last)),
        "eq" => Value::Bool(same()),
        "ne" => Value::Bool(!same()),
        "lt" => Value::Bool(less()),
        "gt" => Value::Bool(!less() && !same()),
        _ => return None,
    })
}

/// As Go's `url.QueryEscape`: a blank becomes `+`.
fn url_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(entries) => !entries.is_empty(),
        Value::Object(fields) => *fields != Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str) -> Result<String, Mistake> {
        let variables = json!({
            "server_time": 1717220000, "orderInfo": { "subject": "茶 & \"<b>", "status": 1, "empty": "" }, "list": [{ "a": 1 }, { "a": 2 }]
        });
        render(template, &variables, &|name| (name == "web_title").then(|| "Shop".to_owned()))
    }

    #[test]
    fn templates_are_filled_in() {
        for (template, expected) in [
            ("plain { } $ $x", "plain { } $ $x"),
            ("${.server_time}", "1717220000"),
            ("${ .orderInfo.subject }", "茶 & \"<b>"),
            ("${.orderInfo.subject | html}", "茶 &amp; &quot;&lt;b&gt;"),
            ("${.orderInfo.subject | urlencode}", "%E8%8C%B6+%26+%22%3Cb%3E"),
            ("${.orderInfo.missing}|${.no.such.thing | urlencode}|", "||"),
            ("${\"web_title\" | get_option}${\"other\" | get_option | html}", "Shop"),
            ("${if .orderInfo}yes${else}no${end}", "yes"),
            ("${if .orderInfo.empty}yes${else}no${end}", "no"),
            ("${if .none}a${else if .server_time}b${else}c${end}", "b"),
            ("${if eq .orderInfo.status \"1\"}waiting${end}", "waiting"),
            ("${if gt .orderInfo.status 1}more${else}not more${end}", "not more"),
            ("${range .list}(${.a})${else}none${end}", "(1)(2)"),
            ("${with .orderInfo}${.status}${end}", "1"),
            ("${.orderInfo.subject | json}", "\"茶 & \\\"<b>\""),
        ] {
            assert_eq!(rendered(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (template, line, what) in [
            ("\n${.a", 2, "not closed"),
            ("${end}", 1, "closes nothing"),
            ("\n\n${if .a}x", 3, "not closed"),
            ("${nope .a}", 1, "no function `nope`"),
            ("${}", 1, "empty"),
            ("${a => b}", 1, "no word"),
            ("${(x)}", 1, "no word"),
        ] {
            let mistake = rendered(template).unwrap_err();
            assert_eq!(mistake.line, line, "{template}: {mistake}");
            assert!(mistake.what.contains(what), "{template}: {mistake}");
        }
    }
}
