//! Money.

use crate::text::{digits, int};

/// An amount in fen, 1/100 yuan. Never a float, never negative.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fen(u64);

impl Fen {
    /// The largest amount taken: ten billion yuan. More is a broken answer, not an order.
    const MAX: u64 = 1_000_000_000_000;

    /// One fen.
    pub const FEN: Self = Self(1);

    /// Takes a whole number of fen. Negative and absurd amounts are refused.
    pub fn decode(raw: i64) -> Option<Self> {
        u64::try_from(raw).ok().filter(|raw| *raw <= Self::MAX).map(Self)
    }

    /// Reads yuan as a person or a gateway writes them, exactly: `12`, `12.3`, `12,34`, also in full-width, Arabic and
    /// Persian digits. Nothing is rounded: a third decimal, a sign, a thousands separator or a second point is refused.
    pub fn of_yuan(text: &str) -> Option<Self> {
        let digit = |char, zero| char::from_u32(u32::from(char) - u32::from(zero) + u32::from('0')).unwrap_or(char);
        // On many phones the only key for a point is a comma.
        let plain = |char| match char {
            '。' | '．' | ',' | '，' | '٫' => '.',
            '０'..='９' => digit(char, '０'),
            '٠'..='٩' => digit(char, '٠'),
            '۰'..='۹' => digit(char, '۰'),
            other => other,
        };
        let text: String = text.trim().chars().map(plain).collect();
        let (yuan, cents) = text.split_once('.').unwrap_or((&text, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(yuan) || !is_number(cents) || cents.len() > 2 || yuan.is_empty() || yuan.len() > 12 {
            return None;
        }
        let cents = [cents, "00"].concat();
        Self::decode(int(&[yuan, cents.get(..2)?].concat())?)
    }

    /// The number of fen.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Yuan as a bare number, for the clipboard: `1234.50`.
    pub fn plain(self) -> String {
        let cents = self.0 % 100;
        let mut text = digits(self.0 / 100);
        text.push('.');
        if cents < 10 {
            text.push('0');
        }
        text.push_str(&digits(cents));
        text
    }

    /// Yuan with its thousands grouped, for reading: `1,234.50`.
    pub fn grouped(self) -> String {
        let plain = self.plain();
        let whole = plain.len() - 3;
        let mut text = String::with_capacity(plain.len() + whole / 3);
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && index < whole && (whole - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_read_as_yuan() {
        for (fen, plain, grouped) in [
            (0, "0.00", "0.00"),
            (1, "0.01", "0.01"),
            (1001, "10.01", "10.01"),
            (99_999, "999.99", "999.99"),
            (100_000, "1000.00", "1,000.00"),
            (123_456_789, "1234567.89", "1,234,567.89"),
        ] {
            let amount = Fen::decode(fen).unwrap();
            assert_eq!((amount.plain().as_str(), amount.grouped().as_str()), (plain, grouped));
        }
    }

    #[test]
    fn impossible_amounts_are_refused() {
        assert_eq!(Fen::decode(-1), None);
        assert_eq!(Fen::decode(i64::MAX), None);
    }

    #[test]
    fn yuan_are_read_exactly_or_not_at_all() {
        for (text, fen) in [
            ("12", Some(1200)),
            ("12.3", Some(1230)),
            (" 12.34 ", Some(1234)),
            ("0.01", Some(1)),
            ("12.", Some(1200)),
            ("007.10", Some(710)),
            ("１２．３４", Some(1234)),
            ("12,34", Some(1234)),
            ("12,3", Some(1230)),
            ("١٢٫٣٤", Some(1234)),
            ("۱۲٫۳۴", Some(1234)),
            ("1.234,50", None),
            ("1,234.50", None),
            ("10000000000", Some(1_000_000_000_000)),
            ("10000000000.01", None),
            ("", None),
            (".5", None),
            ("12.345", None),
            ("-1", None),
            ("+1", None),
            ("1,000", None),
            ("1e3", None),
            ("1.2.3", None),
            ("NaN", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Fen::of_yuan(text).map(Fen::get), fen, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(fen in 0..=Fen::MAX) {
            prop_assert_eq!(Fen::of_yuan(&Fen(fen).plain()), Some(Fen(fen)));
        }

        #[test]
        fn no_fen_is_lost_on_the_way_to_the_clipboard(fen in 0..=Fen::MAX) {
            let amount = Fen(fen);
            prop_assert_eq!(amount.plain().replace('.', "").parse::<u64>().unwrap(), fen);
            prop_assert_eq!(amount.grouped().replace(',', ""), amount.plain());
        }
    }
}
