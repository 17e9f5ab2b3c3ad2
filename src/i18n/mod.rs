//! Every word of the page, by locale.
//!
//! A locale is one file, `locales/<BCP 47 tag>.json`, with a text for each key of [`Messages`]; nothing else has to be
//! changed to add one. A page downloads the one it speaks.
//! `{name}` in a text is replaced by [`fill`]. The tests see to it that no file misses a key or a name.
//!
//! No word that a shopper reads stands anywhere else. This room knows neither orders nor the page: it is told what to fill in.

use alloc::{boxed::Box, string::String};

use crate::{
    json::Json,
    text::{before, contains, digits, int, parts, split_once, swapped},
};

/// A language the page speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Locale {
    /// What its speakers call it.
    pub name: &'static str,
    /// Its BCP 47 tag, which names its file too.
    pub tag: &'static str,
}

impl Default for Locale {
    /// Chinese as written in mainland China.
    fn default() -> Self {
        Self::of_tag(Self::DEFAULT_TAG).unwrap_or(Self { name: "", tag: Self::DEFAULT_TAG })
    }
}

impl Locale {
    /// All of them, sorted by tag.
    pub const ALL: &'static [Self] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

    const DEFAULT_TAG: &'static str = "zh-CN";

    /// The first wish that can be met, else the default. A wish is a BCP 47 tag: it is met by the same language as it is
    /// written there, else by the same language as it is written elsewhere.
    pub fn choose<'tag>(wishes: impl IntoIterator<Item = &'tag str>) -> Self {
        wishes.into_iter().find_map(Self::of_wish).unwrap_or_default()
    }

    fn of_wish(wish: &str) -> Option<Self> {
        let wish = swapped(&wish.to_ascii_lowercase(), '_', '-');
        let (language, rest) = split_once(&wish, "-").unwrap_or((&wish, ""));
        let traditional = parts(rest, b'-').any(|part| matches!(part, "hant" | "hk" | "mo" | "tw")) && !contains(rest, "hans");
        match language {
            "zh" if traditional => return Self::of_tag("zh-TW"),
            "zh" => return Self::of_tag(Self::DEFAULT_TAG),
            _ => {}
        }
        // What Java still calls Indonesian.
        let language = if language == "in" { "id" } else { language };
        let is_same_language = |locale: &&Self| before(locale.tag, "-") == language;
        Self::of_tag(&wish).or_else(|| Self::ALL.iter().find(is_same_language).copied())
    }

    /// The locale of this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().find(|locale| locale.tag.eq_ignore_ascii_case(tag)).copied()
    }
}

/// A locale and its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Language {
    /// Which.
    pub locale: Locale,
    /// Its words: each locale's are read once.
    pub messages: Messages,
}

impl PartialEq for Messages {
    /// Whether they are those of the same file.
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

macro_rules! messages {
    (first { $($(#[$doc:meta])* $key:ident,)+ } more { $($(#[$more_doc:meta])* $more:ident,)+ }) => {
        /// The words of one locale. Names in braces are filled in.
        #[derive(Clone, Copy, Debug)]
        pub struct Messages(&'static [&'static str; COUNT]);

        /// How many there are for the template API, which most pages speak to and nothing but.
        const FIRST: usize = [$(stringify!($key),)+].len();
        const COUNT: usize = FIRST + [$(stringify!($more),)+].len();

        /// The places of the texts, in the order of declaration.
        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, reason = "the names are those of the keys")]
        enum Key { $($key,)+ $($more,)+ }

        impl Messages {
            #[cfg(not(feature = "split"))]
            const KEYS: [&'static str; COUNT] = [$(stringify!($key),)+ $(stringify!($more),)+];

            /// Changes with the keys: a list of texts that was packed for others must not be read.
            const FINGERPRINT: u32 = fingerprint(concat!($(stringify!($key), " ",)+ $(stringify!($more), " ",)+));

            $($(#[$doc])* pub fn $key(self) -> &'static str { self.text(Key::$key) })+
            $($(#[$more_doc])* pub fn $more(self) -> &'static str { self.text(Key::$more) })+
        }
    };
}

impl Messages {
    /// No words: what needs none can be shown while a language is on its way.
    pub const SILENT: Self = Self(&[""; COUNT]);

    /// Reads a locale's file as `Messages::pack` writes it, and as it stands among the sources too where the page is one
    /// piece. `None` where a text is missing.
    ///
    /// The texts stay for as long as the page does.
    pub fn decode(json: &str) -> Option<Self> {
        let json = Json::read(json)?;
        #[cfg(not(feature = "split"))]
        let json = packed(&json).unwrap_or(json);
        let Json::List(entries) = json else { return None };
        let mut entries = entries.into_iter();
        let is_ours = matches!(entries.next(), Some(Json::Number(fingerprint)) if int(&fingerprint) == Some(i64::from(Self::FINGERPRINT)));
        // What the file with all words must be is the affair of `first-paint/words.js`, which asks for it.
        entries.next();
        let mut texts = [""; COUNT];
        for (index, text) in texts.iter_mut().enumerate() {
            match entries.next() {
                Some(Json::Text(found)) => *text = Box::leak(found.into_boxed_str()),
                // A short file ends where the words for the other gateways would begin.
                None if index == FIRST => break,
                _ => return None,
            }
        }
        is_ours.then(|| Self(Box::leak(Box::new(texts))))
    }

    /// Writes a locale's file without its keys: a list of texts in the order of declaration, after a number that tells for
    /// which keys it is, and a hash. A short list, with what the template API needs and the hash of the other list, and one with
    /// all. `None` where a text is missing.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn pack(json: &str, hash: impl Fn(&str) -> String) -> Option<[String; 2]> {
        let Json::List(entries) = packed(&Json::read(json)?)? else { return None };
        let quote = |entry: &Json| match entry {
            Json::Text(text) => Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))),
            Json::Number(number) => Some(number.clone()),
            _ => None,
        };
        let mut entries: Vec<String> = entries.iter().map(quote).collect::<Option<_>>()?;
        let full = format!("[{}]", entries.join(","));
        entries.truncate(2 + FIRST);
        *entries.get_mut(1)? = format!("\"{}\"", hash(&full));
        Some([format!("[{}]", entries.join(",")), full])
    }

    /// Whether there are no words.
    pub fn is_silent(self) -> bool {
        self.title().is_empty()
    }

    /// All texts with their keys, in the order of declaration.
    #[cfg(not(feature = "split"))]
    pub fn entries(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        Self::KEYS.into_iter().zip(self.0.iter().copied())
    }

    fn text(self, key: Key) -> &'static str {
        self.0.get(key as usize).copied().unwrap_or_default()
    }
}

/// A locale's object as a list.
#[cfg(not(feature = "split"))]
fn packed(json: &Json) -> Option<Json> {
    let texts = Messages::KEYS.iter().map(|key| json.field(key).filter(|text| matches!(text, Json::Text(_))).cloned());
    let head = [Json::Number(Messages::FINGERPRINT.to_string()), Json::Text(String::new())];
    head.into_iter().map(Some).chain(texts).collect::<Option<Vec<_>>>().map(Json::List)
}

/// FNV-1a.
const fn fingerprint(text: &str) -> u32 {
    let (bytes, mut at, mut hash) = (text.as_bytes(), 0, 0x811c_9dc5_u32);
    while let Some((byte, _)) = bytes.split_at(at).1.split_first() {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

messages! {
    first {
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
        /// What was entered is no amount.
        amount_invalid,
        /// The smallest amount: `{amount}`.
        at_least,
        /// The largest amount: `{amount}`.
        at_most,
        /// Link to the shop, without having paid.
        back_to_shop,
        /// Button: ask the gateway once more.
        check_again,
        /// Time is up, or it may be paid: heading over the covered code.
        checking,
        /// Time is up: what that means.
        checking_detail,
        /// It was like that long ago, nothing is asked any more.
        checking_rests,
        /// Heading over the ways to pay.
        choose_method,
        /// Before what the link says of a payment.
        claimed,
        /// Ended: heading.
        closed,
        /// Ended: what that means.
        closed_detail,
        /// Alternative text of the code: `{method}`, `{amount}`.
        code_label,
        /// The code is being asked for.
        code_loading,
        /// The code could not be had.
        code_missing,
        /// What the order is for, at more length.
        content,
        /// A code that opens this page on a phone.
        continue_on_phone,
        /// The copy button, once it has worked.
        copied,
        /// Button.
        copy,
        /// The copy button, when it has not worked.
        copy_failed,
        /// Button: copy the address of the page.
        copy_link,
        /// When the order was made.
        created,
        /// Ended: heading.
        creation_failed,
        /// `ltr` or `rtl`.
        direction,
        /// Label of the field for an amount.
        enter_amount,
        /// Link to the shop.
        go_now,
        /// Button: make an order of the amount.
        go_pay,
        /// A picture that is saved by a long press, then scanned with `{method}`.
        hold_to_save,
        /// Name of the choice of languages.
        language,
        /// What the speakers of this language call it.
        language_name,
        /// The wallet does not open from this app: heading.
        leave_app,
        /// The wallet, `{method}`, does not open from this app: what to do.
        leave_app_detail,
        /// `{time}` to the jump.
        leaving_in,
        /// No order in the link: heading.
        link_incomplete,
        /// No order in the link: what that means.
        link_incomplete_detail,
        /// The gateway does not know the cashier: heading.
        link_invalid,
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
        method_unionpay,
        /// Name of a payment method.
        method_unknown,
        /// Name of a payment method.
        method_usdt,
        /// Name of a payment method.
        method_wxpay,
        /// The gateway does not know the order: heading.
        not_found,
        /// The gateway does not know the order: what that means.
        not_found_detail,
        /// The wallet `{method}` did not come: heading.
        not_opened,
        /// The wallet `{method}` did not come: what to do.
        not_opened_detail,
        /// The device has no network.
        offline,
        /// What to do when the link is no good.
        open_again,
        /// Link that starts the app `{method}`.
        open_app,
        /// Link to a page for paying.
        open_page,
        /// Link to a wallet: `{method}`.
        open_wallet,
        /// What to do when the order cannot be paid any more.
        order_again,
        /// The gateway's number of the order.
        order_number,
        /// The shop's number of the order.
        out_order_number,
        /// Paid: heading.
        paid,
        /// What to do for whoever has paid when the page shows nothing of it.
        paid_already,
        /// Paid: `{amount}`.
        paid_detail,
        /// Paid, and there is no shop to go to.
        paid_stay,
        /// Answers fail; nothing is lost.
        reconnecting,
        /// The gateway would not, and did not say why.
        refused,
        /// The gateway answers, but not about this order.
        refusing,
        /// Before the countdown.
        remaining,
        /// Button.
        retry,
        /// Nothing is lost, and nobody should pay twice.
        safe,
        /// Button: save a picture of the code.
        save_code,
        /// The picture could not be saved.
        save_failed,
        /// The picture was saved.
        saved,
        /// What to do with the code: `{method}`.
        scan,
        /// What to do with the code on the device that has `{method}`.
        scan_album,
        /// Link to the customer service: `{contact}`.
        service,
        /// State of the sound switch: waits for a gesture.
        sound_blocked,
        /// State of the sound switch.
        sound_off,
        /// State of the sound switch.
        sound_on,
        /// Button: do not go to the shop by itself.
        stay,
        /// Link to the shop's page with help.
        support_page,
        /// Spoken: `{time}` is left.
        time_left,
        /// Ended: heading.
        timed_out,
        /// Ended: what that means.
        timed_out_detail,
        /// Name of the merchant's hints.
        tips,
        /// Button: show the beginning of a hint.
        tips_less,
        /// Button: show all of a hint.
        tips_more,
        /// Title of the page.
        title,
        /// Title while an amount is due: `{amount}`.
        title_due,
        /// What to do with an account.
        transfer,
        /// No payment was reported: heading.
        unconfirmed,
        /// No payment was reported: what that means.
        unconfirmed_detail,
        /// The gateway does not answer: heading.
        unreachable,
        /// The gateway does not answer: what to do.
        unreachable_detail,
        /// On a saved code: `{time}` is when it expires.
        valid_until,
    }
    more {
        /// Another amount than the link asked for: heading.
        agree,
        /// The link asked for `{asked}`, `{due}` is to be paid.
        agree_detail,
        /// Button: pay `{due}`.
        agree_yes,
        /// Refused: less than can be paid.
        amount_too_small,
        /// … and what to do.
        amount_too_small_detail,
        /// Link: choose again how to pay.
        another_way,
        /// Refused: the shop's account.
        bad_merchant,
        /// … and what to do.
        bad_merchant_detail,
        /// Refused: the shop's signature.
        bad_signature,
        /// … and what to do.
        bad_signature_detail,
        /// Whether it is paid is being asked, and nothing more is to be paid.
        confirming_detail,
        /// A link leads to `{host}`.
        destination,
        /// Refused: the number was used before.
        duplicate,
        /// … and what to do.
        duplicate_detail,
        /// The order waits no more: heading.
        finished,
        /// … and what to do.
        finished_detail,
        /// It costs nothing: heading.
        free,
        /// … and what that means.
        free_detail,
        /// Name of who pays for the transport.
        freight,
        /// Nobody does.
        freight_free,
        /// The shopper does, as the shop decides.
        freight_merchant,
        /// The shopper does, on delivery.
        freight_on_delivery,
        /// `{method}` is being opened by the app around the page.
        host_asked,
        /// The shopper changed their mind.
        host_cancelled,
        /// `{method}` could not.
        host_failed,
        /// No app around the page: heading.
        host_missing,
        /// … and what to do.
        host_missing_detail,
        /// … where it would be a mini-program.
        host_missing_weapp,
        /// Only the shop can say whether it is paid.
        host_see_order,
        /// Whether it went through is not known.
        host_unsure,
        /// Refused: something is missing.
        incomplete_detail,
        /// Refused: out of service.
        maintenance,
        /// … and what to do.
        maintenance_detail,
        /// Name of a payment method.
        method_alipay_points,
        /// Name of a payment method.
        method_points,
        /// Name of a payment method.
        method_weapp,
        /// Name of a payment method.
        method_wxpay_points,
        /// Refused: no way to pay.
        no_channel,
        /// … and what to do.
        no_channel_detail,
        /// Refused: no code for this amount.
        no_code_for_amount,
        /// … and what to do.
        no_code_for_amount_detail,
        /// Refused: the shopper may not.
        not_allowed,
        /// … and what to do.
        not_allowed_detail,
        /// Link to the order in the shop.
        order_page,
        /// How many points pay for the goods.
        points_needed,
        /// How many points the shopper has.
        points_owned,
        /// `{points}` points are used, and the wallet shows the rest.
        points_spent,
        /// What the goods cost.
        price,
        /// The shopper has to sign in: heading.
        sign_in,
        /// … where there is a link.
        sign_in_detail,
        /// Link.
        sign_in_go,
        /// … where there is no link.
        sign_in_yourself,
        /// Whether a payment was taken on is not known: heading.
        unsure,
        /// … and what to do.
        unsure_detail,
        /// Refused: this way of paying.
        unsupported,
    }
}

/// Replaces each `{name}` of a text. A name that is not given stays as it is.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = split_once(rest, "{") {
        filled.push_str(before);
        let value = split_once(after, "}").and_then(|(name, after)| {
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

/// Sentences in a row: with a blank between them, but not after a full stop that brings its own.
pub fn sentences(sentences: &[&str]) -> String {
    let mut text = String::new();
    for sentence in sentences {
        if !text.is_empty() && !text.ends_with('。') {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

/// The names of payment methods, by their kinds.
const METHODS: [(&str, Key); 10] = [
    ("alipay", Key::method_alipay),
    ("alipay+points", Key::method_alipay_points),
    ("bank", Key::method_bank),
    ("points", Key::method_points),
    ("qqpay", Key::method_qqpay),
    ("unionpay", Key::method_unionpay),
    ("usdt", Key::method_usdt),
    ("weapp", Key::method_weapp),
    ("wxpay", Key::method_wxpay),
    ("wxpay+points", Key::method_wxpay_points),
];

impl Messages {
    /// The name of a payment method by its kind, where there is one.
    pub fn method(self, kind: &str) -> Option<&'static str> {
        METHODS.into_iter().find(|(name, _)| *name == kind).map(|(_, key)| self.text(key))
    }
}

/// Seconds as whole days, and the rest as `9:05` or `1:02:03`.
pub fn countdown(seconds: u64) -> (u64, String) {
    let two = |value: u64| if value < 10 { ["0", &digits(value)].concat() } else { digits(value) };
    let (days, hours, minutes, seconds) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let short = [&two(minutes), ":", &two(seconds)].concat();
    (days, if days == 0 && hours == 0 { short } else { [&two(hours), ":", &short].concat() })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut names: Vec<_> = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
        names.sort_unstable();
        names
    }

    fn file(locale: &Locale) -> String {
        fs::read_to_string(format!("{}/src/i18n/locales/{}.json", env!("CARGO_MANIFEST_DIR"), locale.tag)).unwrap()
    }

    #[test]
    fn every_locale_has_exactly_the_keys_of_the_page() {
        let wanted: BTreeSet<String> = Messages::SILENT.entries().map(|(key, _)| key.to_owned()).collect();
        for locale in Locale::ALL {
            let json: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&file(locale)).unwrap();
            let keys: BTreeSet<String> = json.keys().cloned().collect();
            let (missing, extra): (Vec<_>, Vec<_>) = (wanted.difference(&keys).collect(), keys.difference(&wanted).collect());
            assert!(missing.is_empty() && extra.is_empty(), "{}: missing {missing:?}, extra {extra:?}", locale.tag);
        }
    }

    #[test]
    fn all_locales_have_the_same_placeholders_and_no_empty_text() {
        let reference = Messages::decode(&file(&Locale::default())).unwrap();
        for locale in Locale::ALL {
            let messages = Messages::decode(&file(locale)).unwrap();
            for ((key, text), (_, reference)) in messages.entries().zip(reference.entries()) {
                assert!(!text.trim().is_empty() && text.trim() == text, "{}: {key} is {text:?}", locale.tag);
                assert_eq!(placeholders(text), placeholders(reference), "{} differs in {key}", locale.tag);
            }
            assert!(matches!(messages.direction(), "ltr" | "rtl"), "{}", locale.tag);
            assert_eq!(messages.language_name(), locale.name);
        }
    }

    #[test]
    fn no_text_of_the_sound_switch_is_longer_than_the_one_it_has_room_for() {
        for locale in Locale::ALL {
            let messages = Messages::decode(&file(locale)).unwrap();
            for other in [messages.sound_off(), messages.sound_on()] {
                assert!(other.chars().count() <= messages.sound_blocked().chars().count(), "{}: {other}", locale.tag);
            }
        }
    }

    #[test]
    fn a_packed_locale_is_the_same_and_one_of_other_keys_is_refused() {
        for locale in Locale::ALL {
            let json = file(locale);
            let [short, full] = Messages::pack(&json, |full| full.len().to_string()).unwrap();
            // Where the first paint looks for it.
            assert_eq!(short.split('"').nth(1), Some(full.len().to_string().as_str()));
            let (one, other) = (Messages::decode(&json).unwrap(), Messages::decode(&full).unwrap());
            assert!(one.entries().eq(other.entries()), "{}", locale.tag);
            let first = Messages::decode(&short).unwrap();
            assert!(first.entries().take(FIRST).eq(one.entries().take(FIRST)), "{}", locale.tag);
            assert!(first.entries().skip(FIRST).all(|(_, text)| text.is_empty()), "{}", locale.tag);
            for packed in [short, full] {
                assert_eq!(Messages::decode(&packed.replacen('[', "[1", 1)).map(Messages::entries).map(Iterator::count), None);
                serde_json::from_str::<serde_json::Value>(&packed).unwrap();
                let (shorter, _) = packed.rsplit_once(',').unwrap();
                assert!(Messages::decode(&format!("{shorter}]")).is_none(), "{}", locale.tag);
            }
        }
    }

    #[test]
    fn a_locale_with_a_missing_text_is_none() {
        assert!(Messages::decode(r#"{"copy": "Copy"}"#).is_none());
        assert!(Messages::decode("<html>").is_none());
        let short = file(&Locale::of_tag("en").unwrap()).replace("\"copy\"", "\"kopy\"");
        assert!(Messages::decode(&short).is_none());
    }

    #[test]
    fn the_first_wish_that_can_be_met_is_chosen() {
        for (wishes, expected) in [
            (vec!["xx", "en-GB", "zh"], "en"),
            (vec!["zh"], "zh-CN"),
            (vec!["ZH-hans-HK"], "zh-CN"),
            (vec!["zh_SG", "en"], "zh-CN"),
            (vec!["zh-Hant"], "zh-TW"),
            (vec!["zh-hk"], "zh-TW"),
            (vec!["ar-EG"], "ar"),
            (vec!["pt-PT"], "pt-BR"),
            (vec!["es-419"], "es"),
            (vec!["in-ID"], "id"),
            (vec!["xx"], "zh-CN"),
            (vec![""], "zh-CN"),
            (vec![], "zh-CN"),
        ] {
            assert_eq!(Locale::choose(wishes.clone()).tag, expected, "{wishes:?}");
        }
    }

    #[test]
    fn texts_are_filled_and_values_are_not_read_again() {
        assert_eq!(fill("{a} and {b}, {c} {", &[("a", "{b}"), ("b", "2")]), "{b} and 2, {c} {");
    }

    #[test]
    fn sentences_stand_apart() {
        assert_eq!(sentences(&["One.", "Two."]), "One. Two.");
        assert_eq!(sentences(&["一。", "二。"]), "一。二。");
    }

    #[test]
    fn a_countdown_reads_like_a_clock() {
        for (seconds, days, clock) in [
            (5, 0, "00:05"),
            (899, 0, "14:59"),
            (7_200, 0, "02:00:00"),
            (7_325, 0, "02:02:05"),
            (86_400, 1, "00:00:00"),
            (90_061, 1, "01:01:01"),
        ] {
            assert_eq!(countdown(seconds), (days, clock.to_owned()));
        }
    }

    #[test]
    fn a_method_is_named_in_the_shoppers_language_where_it_is_known() {
        let messages = Messages::decode(&file(&Locale::default())).unwrap();
        assert_eq!((messages.method("alipay"), messages.method("paynow")), (Some("支付宝"), None));
    }
}
