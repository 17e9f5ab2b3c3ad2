//! Money.

/// An amount in fen, 1/100 yuan. Never a float, never negative.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fen(u64);

impl Fen {
    /// The largest amount taken: ten billion yuan. More is a broken answer, not an order.
    const MAX: u64 = 1_000_000_000_000;

    /// Takes a whole number of fen. Negative and absurd amounts are refused.
    pub fn decode(raw: i64) -> Option<Self> {
        u64::try_from(raw).ok().filter(|raw| *raw <= Self::MAX).map(Self)
    }

    /// The number of fen.
    pub fn get(self) -> u64 {
        self.0
    }

    /// Yuan as a bare number, for the clipboard: `1234.50`.
    pub fn plain(self) -> String {
        let cents = self.0 % 100;
        let mut text = (self.0 / 100).to_string();
        text.push('.');
        if cents < 10 {
            text.push('0');
        }
        text.push_str(&cents.to_string());
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

    proptest! {
        #[test]
        fn no_fen_is_lost_on_the_way_to_the_clipboard(fen in 0..=Fen::MAX) {
            let amount = Fen(fen);
            prop_assert_eq!(amount.plain().replace('.', "").parse::<u64>().unwrap(), fen);
            prop_assert_eq!(amount.grouped().replace(',', ""), amount.plain());
        }
    }
}
