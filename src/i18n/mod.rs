//! Every word of the page, by locale.
//!
//! A locale is one file that fills [`Messages`]; the compiler sees to it that none is missing. `{name}` in a text is
//! replaced by [`fill`]; the tests see to it that all locales use the same names.

mod en;
mod zh_cn;

/// A language the page speaks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Locale {
    /// English.
    En,
    /// Chinese as written in mainland China: the default.
    #[default]
    ZhCn,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// The first wish that can be met, else the default. A wish is a BCP 47 tag; only its language counts.
    pub fn choose<'tag>(wishes: impl IntoIterator<Item = &'tag str>) -> Self {
        wishes.into_iter().find_map(Self::of_tag).unwrap_or_default()
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhCn),
            _ => None,
        }
    }

    /// The tag for `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The words.
    pub fn messages(self) -> &'static Messages {
        match self {
            Self::En => &en::MESSAGES,
            Self::ZhCn => &zh_cn::MESSAGES,
        }
    }
}

macro_rules! messages {
    ($($(#[$doc:meta])* $key:ident,)+) => {
        /// The words of one locale. Names in braces are filled in.
        #[derive(Clone, Copy, Debug)]
        pub struct Messages { $($(#[$doc])* pub $key: &'static str,)+ }

        impl Messages {
            /// All texts with their keys, in the order of declaration.
            pub fn entries(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
                [$((stringify!($key), self.$key),)+].into_iter()
            }
        }
    };
}

messages! {
    /// Kind of account to pay to.
    account_type,
    /// Account to pay to.
    actual_account,
    /// Amount in another currency.
    actual_amount,
    /// Warning: `{due}` is to be paid, not `{price}`.
    amount_differs,
    /// Before the amount.
    amount_due,
    /// Button: ask the gateway once more.
    check_again,
    /// Time is up: heading over the covered code.
    checking,
    /// Time is up: what that means.
    checking_detail,
    /// Time was up long ago, nothing is asked any more.
    checking_rests,
    /// Ended: heading.
    closed,
    /// Ended: what to do.
    closed_detail,
    /// Alternative text of the code: `{method}`, `{amount}`.
    code_label,
    /// The code is being asked for.
    code_loading,
    /// The code could not be had.
    code_missing,
    /// What the order is for, at more length.
    content,
    /// Button.
    copy,
    /// The button, once it has worked.
    copied,
    /// The button, when it has not worked.
    copy_failed,
    /// When the order was made.
    created,
    /// Ended: heading.
    creation_failed,
    /// Ended: what to do.
    creation_failed_detail,
    /// Countdown over a day: `{days}`, `{clock}`.
    days_and_clock,
    /// Link to the shop.
    go_now,
    /// `{seconds}` to the jump.
    leaving_in,
    /// No order in the link: heading.
    link_incomplete,
    /// No order in the link: what to do.
    link_incomplete_detail,
    /// The order is being asked for.
    loading,
    /// … and an attempt has failed.
    loading_retries,
    /// Name of a payment method.
    method_alipay,
    /// Name of a payment method.
    method_bank,
    /// Name of a payment method.
    method_qqpay,
    /// Name of a payment method.
    method_unknown,
    /// Name of a payment method.
    method_usdt,
    /// Name of a payment method.
    method_wxpay,
    /// The gateway does not know the order: heading.
    not_found,
    /// The gateway does not know the order: what to do.
    not_found_detail,
    /// The device has no network.
    offline,
    /// Link to a page for paying.
    open_page,
    /// Link to a wallet: `{method}`.
    open_wallet,
    /// The gateway's number of the order.
    order_number,
    /// The shop's number of the order.
    out_order_number,
    /// Paid: heading.
    paid,
    /// Paid: `{amount}`.
    paid_detail,
    /// Paid, and there is no shop to go to.
    paid_stay,
    /// Answers fail; nothing is lost.
    reconnecting,
    /// The gateway answers, but not about this order.
    refusing,
    /// Before the countdown.
    remaining,
    /// Button.
    retry,
    /// What to do with the code: `{method}`.
    scan,
    /// Link to the customer service: `{qq}`.
    service,
    /// State of the sound switch: waits for a gesture.
    sound_blocked,
    /// State of the sound switch.
    sound_off,
    /// State of the sound switch.
    sound_on,
    /// Button: do not go to the shop by itself.
    stay,
    /// Ended: heading.
    timed_out,
    /// Ended: what to do.
    timed_out_detail,
    /// Name of the merchant's hints.
    tips,
    /// Title of the page.
    title,
    /// Title while an amount is due: `{amount}`.
    title_due,
    /// What to do with an account.
    transfer,
    /// The gateway does not answer: heading.
    unreachable,
    /// The gateway does not answer: what to do.
    unreachable_detail,
}

/// Replaces each `{name}` of a text. A name that is not given stays as it is.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(key, _)| *key == name)?;
            Some((value, after))
        });
        match value {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

impl Messages {
    /// The name of a payment method: our own for a known `code`, else the gateway's `label`, else the code itself.
    pub fn method<'text>(&self, code: &'text str, label: Option<&'text str>) -> &'text str {
        match code.to_ascii_lowercase().as_str() {
            "alipay" => self.method_alipay,
            "bank" => self.method_bank,
            "qqpay" => self.method_qqpay,
            "usdt" => self.method_usdt,
            "weixin" | "wxpay" => self.method_wxpay,
            _ => label.unwrap_or(code),
        }
    }

    /// Seconds as `9:05`, `1:02:03` or days and that.
    pub fn countdown(&self, seconds: u64) -> String {
        let two = |value: u64| if value < 10 { ["0", &value.to_string()].concat() } else { value.to_string() };
        let (days, hours, minutes, seconds) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        if days == 0 && hours == 0 {
            return [&two(minutes), ":", &two(seconds)].concat();
        }
        let clock = [&two(hours), ":", &two(minutes), ":", &two(seconds)].concat();
        if days == 0 { clock } else { fill(self.days_and_clock, &[("days", &days.to_string()), ("clock", &clock)]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<_> = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn all_locales_have_the_same_placeholders_and_no_empty_text() {
        for locale in Locale::ALL {
            for ((key, text), (_, reference)) in locale.messages().entries().zip(Locale::default().messages().entries()) {
                assert!(!text.trim().is_empty(), "{} has no {key}", locale.tag());
                assert_eq!(placeholders(text), placeholders(reference), "{} differs in {key}", locale.tag());
            }
        }
    }

    #[test]
    fn the_first_wish_that_can_be_met_is_chosen() {
        assert_eq!(Locale::choose(["fr-FR", "en-GB", "zh"]), Locale::En);
        assert_eq!(Locale::choose(["ZH-hant", "en"]), Locale::ZhCn);
        assert_eq!(Locale::choose(["fr"]), Locale::ZhCn);
        assert_eq!(Locale::choose([]), Locale::ZhCn);
    }

    #[test]
    fn texts_are_filled_and_values_are_not_read_again() {
        assert_eq!(fill("{a} and {b}, {c} {", &[("a", "{b}"), ("b", "2")]), "{b} and 2, {c} {");
    }

    #[test]
    fn a_countdown_reads_like_a_clock() {
        let en = Locale::En.messages();
        assert_eq!(en.countdown(5), "00:05");
        assert_eq!(en.countdown(899), "14:59");
        assert_eq!(en.countdown(7_325), "02:02:05");
        assert_eq!(en.countdown(90_061), "1 d 01:01:01");
    }

    #[test]
    fn a_method_is_named_in_the_shoppers_language_where_it_is_known() {
        let en = Locale::En.messages();
        assert_eq!(en.method("alipay", Some("支付宝")), "Alipay");
        assert_eq!(en.method("paynow", Some("PayNow")), "PayNow");
        assert_eq!(en.method("paynow", None), "paynow");
    }
}
