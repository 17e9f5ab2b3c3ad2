//! Amounts and times, as the page's language writes them. The digits are always the Western ones: they are compared with
//! those in a wallet.

use wasm_bindgen::JsValue;

use super::{capability, first_paint, language};
use crate::{
    order::{Fen, UnixSeconds},
    text::digits,
    view::Unit,
};

/// The amount goes to the browser as text, so no fen is lost in a float.
pub(super) fn money(amount: Fen) -> String {
    let by_browser = || format("NumberFormat", &[("style", "currency"), ("currency", "CNY")], &JsValue::from_str(&amount.plain()));
    let formatted = first_paint::money(language::tag(), &digits(amount.get())).or_else(by_browser);
    isolated(formatted.unwrap_or_else(|| ["¥", &amount.grouped()].concat()))
}

/// Among words that run from right to left an amount still runs from left to right: `10.01 CN¥`, never `¥CN 10.01`.
fn isolated(text: String) -> String {
    const MARKS: [char; 3] = ['\u{200e}', '\u{200f}', '\u{61c}'];
    let is_rtl = language::spoken().is_some_and(|language| language.messages.direction() == "rtl");
    if is_rtl { ["\u{2066}", &text.chars().filter(|char| !MARKS.contains(char)).collect::<String>(), "\u{2069}"].concat() } else { text }
}

/// Day, hour and minute where the shopper is, with the name of that clock: other times on the page are the gateway's.
pub(super) fn moment(moment: UnixSeconds) -> String {
    let options = [("month", "short"), ("day", "numeric"), ("hour", "2-digit"), ("minute", "2-digit"), ("timeZoneName", "short")];
    let milliseconds = JsValue::from_f64(moment.as_millis() as f64);
    format("DateTimeFormat", &options, &milliseconds).unwrap_or_default()
}

/// So many units in words, in the right number: `1 minute`, `3 минуты`.
pub(super) fn span(count: u64, unit: Unit) -> String {
    let unit = match unit {
        Unit::Day => "day",
        Unit::Minute => "minute",
        Unit::Second => "second",
    };
    let count = JsValue::from_str(&digits(count));
    let formatted = format("NumberFormat", &[("style", "unit"), ("unit", unit), ("unitDisplay", "long")], &count);
    formatted.unwrap_or_else(|| [count.as_string().unwrap_or_default().as_str(), " ", unit].concat())
}

/// `None` in a browser that does not know the formatter or one of its options.
fn format(formatter: &str, options: &[(&str, &str)], value: &JsValue) -> Option<String> {
    let constructor = capability::of(&capability::global("Intl")?, formatter)?;
    let values: Vec<JsValue> = options.iter().map(|(_, value)| JsValue::from_str(value)).collect();
    let options: Vec<(&str, &JsValue)> = options.iter().zip(&values).map(|((name, _), value)| (*name, value)).collect();
    let locale = JsValue::from_str(&[language::tag(), "-u-nu-latn"].concat());
    let formatter = capability::made(&constructor, &[&locale, &capability::object(&options)])?;
    capability::call(&formatter, "format", &[value])?.as_string()
}
