//! What a merchant can change without building: the JSON data block `saoma-config` of `index.html`.
//!
//! Each setting is checked by itself. One that cannot be used is named, and what stands for it is the default; the page works
//! without any. Settings are kept as the texts that they are written as, and read where they are used: that is a third of
//! the code of a struct with a field for each. `schema::Settings` is that struct, for editors and for people.
//!
//! This room reads texts. It knows neither the page nor the checkout, and no browser: who applies a setting reads it here.

mod colour;
#[cfg(feature = "schema")]
pub mod schema;
mod value;

use core::time::Duration;

pub use colour::{Colour, Palette};
pub use value::{Back, Link, PRESETS, Radius, Token};

use crate::{
    gateway,
    i18n::Locale,
    json::Json,
    order::{Picture, ReturnHost, ReturnTarget, ServiceQq, Told, UnixSeconds, percent_encode},
    text::int,
};

/// The settings of a page, each by its name: `title`, `support.qq`, `messages.paid.en`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Config(Vec<(String, String)>);

/// A setting that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Complaint {
    /// What stands there.
    pub given: String,
    /// Which setting: `support.qq`.
    pub name: String,
    /// What is wrong, and what follows from it.
    pub verdict: &'static str,
}

/// What is said of a value that its setting cannot have.
pub const UNUSABLE: &str = "is no value for it; the default is used";
/// What is said of a host that is none: the others, and the page's own, are all that is allowed.
pub const SHUT: &str = "is no host; no order leads there, nor anywhere that is not named";
/// Stands for a host that is none, so that a list of hosts that are all wrong still shuts the others out (RFC 2606).
const NOWHERE: &str = "nowhere.invalid";
/// What is said of a name that means nothing.
pub const UNKNOWN: &str = "is no setting; it is ignored";

/// Whether a text is a value of a setting.
type Check = fn(&str) -> bool;

/// Lists the settings, with what says whether a text is a value of one.
macro_rules! settings {
    ($($name:literal => $check:expr,)+) => {
        /// The names of all settings. `[]` stands for each entry of a list.
        const NAMES: &[&str] = &[$($name),+];

        /// The check of a setting. Code rather than a table, which could not come in a file of its own.
        fn check_of(name: &str) -> Option<Check> {
            Some(match name {
                $($name => $check,)+
                _ => return None,
            })
        }
    };
}

settings! {
    "$schema" => |_| true,
    "api" => |text| value::api(text).is_some(),
    "auto_open" => |text| value::switch(text).is_some(),
    "back" => |text| Back::decode(text).is_some(),
    "brand" => |text| Colour::decode(text).is_some(),
    "confirm" => value::is_own_path,
    "embed_origins[]" => value::is_origin,
    "favicon" => |text| Picture::decode_icon(text).is_some(),
    "font" => value::is_font,
    "gateway" => |text| gateway::NAMES.contains(&text),
    "locale" => |text| Locale::of_tag(text).is_some(),
    "logo" => is_own_picture,
    "messages.awaiting" => value::is_line,
    "messages.checking" => value::is_line,
    "messages.closed" => value::is_line,
    "messages.creation_failed" => value::is_line,
    "messages.link_incomplete" => value::is_line,
    "messages.not_found" => value::is_line,
    "messages.paid" => value::is_line,
    "messages.timed_out" => value::is_line,
    "methods[]" => |text| gateway::METHODS.contains(&text),
    "pay_path" => value::is_own_path,
    "poll" => |text| value::pause(text).is_some(),
    "preset" => |text| value::PRESETS.contains(&text),
    "radius" => |text| Radius::decode(text).is_some(),
    "return_hosts[]" => |text| ReturnHost::decode(text).is_some(),
    "return_page" => value::is_page_of_order,
    "server_time" => |text| seconds(text).is_some(),
    "sign_in" => |text| Link::decode(text).is_some(),
    "sound" => |text| value::switch(text).is_some(),
    "stylesheet" => value::is_own_path,
    "support.email" => value::is_email,
    "support.phone" => value::is_phone,
    "support.qq" => |text| ServiceQq::decode(text).is_some(),
    "support.url" => |text| Link::decode(text).is_some(),
    "support.wechat" => value::is_wechat,
    "title" => value::is_line,
    "token" => |text| Token::decode(text).is_some(),
    "weapp_page" => value::is_weapp_page,
}

fn is_own_picture(text: &str) -> bool {
    Picture::decode_local(text).is_some()
}

fn seconds(text: &str) -> Option<UnixSeconds> {
    int(text).and_then(UnixSeconds::decode)
}

impl Config {
    /// Nothing is set.
    pub const DEFAULT: Self = Self(Vec::new());

    /// The names of all settings, as the table has them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().copied()
    }

    /// Reads the data block, and names what cannot be used. `None` where it is not JSON, or no object.
    pub fn decode(block: &str) -> Option<(Self, Vec<Complaint>)> {
        let json = Json::read(block).filter(|json| matches!(json, Json::Object(_)))?;
        let mut reader = Reader { complaints: Vec::new(), config: Self::default() };
        reader.read(String::new(), &json);
        Some((reader.config, reader.complaints))
    }

    /// Fills what the merchant left out by what the site itself says.
    pub fn complete(&mut self, told: &Told) {
        let mut fill = |name: &str, value: Option<String>| {
            if let (None, Some(value)) = (self.text(name), value) {
                self.0.push((name.to_owned(), value));
            }
        };
        fill("favicon", told.favicon.as_ref().map(|picture| picture.as_str().to_owned()));
        fill("title", told.title.clone());
        if let (false, Some(contact)) = (self.0.iter().any(|(name, _)| name.starts_with("support.")), &told.contact) {
            // Of no stated kind: the first that it can be.
            let kinds = ["support.email", "support.url", "support.qq", "support.phone"];
            if let Some(kind) = kinds.into_iter().find(|kind| check(kind).is_some_and(|check| check(contact))) {
                self.0.push((kind.to_owned(), contact.clone()));
            }
        }
    }

    /// What stands for a setting, where something usable does.
    pub fn text(&self, name: &str) -> Option<&str> {
        // The last one counts, as in every JSON reader.
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Where the gateway's API is: a path on the page's own host, without a slash at its end.
    pub fn api(&self) -> &str {
        self.text("api").and_then(value::api).unwrap_or("/api")
    }

    /// A switch, where it is set.
    pub fn switch(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(value::switch)
    }

    /// The shortest pause between two questions where an order stands.
    pub fn poll(&self) -> Duration {
        self.text("poll").and_then(value::pause).unwrap_or_default()
    }

    /// Where "back to the shop" leads.
    pub fn back(&self) -> Back {
        self.text("back").and_then(Back::decode).unwrap_or_default()
    }

    /// The brand's colour.
    pub fn brand(&self) -> Option<Colour> {
        self.text("brand").and_then(Colour::decode)
    }

    /// The language for shoppers who have chosen none.
    pub fn locale(&self) -> Option<Locale> {
        self.text("locale").and_then(Locale::of_tag)
    }

    /// The methods that the shop offers; none: all that there are.
    pub fn methods(&self) -> Vec<String> {
        self.list("methods[]").map(str::to_owned).collect()
    }

    /// Where a shopper sees an order, by its number.
    pub fn return_page(&self, id: &str) -> Option<ReturnTarget> {
        let page = self.text("return_page")?;
        ReturnTarget::decode(&value::page_of_order(page, &percent_encode(id)))
    }

    /// Where the token of a signed-in shopper is.
    pub fn token(&self) -> Option<Token<'_>> {
        self.text("token").and_then(Token::decode)
    }

    /// The QQ number of the shop's service desk.
    pub fn qq(&self) -> Option<ServiceQq> {
        self.text("support.qq").and_then(ServiceQq::decode)
    }

    /// Whether the shop names where to ask, besides QQ.
    pub fn has_support(&self) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with("support.") && name != "support.qq")
    }

    /// The hosts that a paid order may lead to; without any, every host may.
    pub fn return_hosts(&self) -> Vec<ReturnHost> {
        self.list("return_hosts[]").filter_map(ReturnHost::decode).collect()
    }

    /// The gateway's clock when its server wrote this page.
    pub fn server_time(&self) -> Option<UnixSeconds> {
        self.text("server_time").and_then(seconds)
    }

    /// The shop's sentence for a state, in this language or in any.
    pub fn message(&self, state: &str, locale: Locale) -> Option<&str> {
        let name = ["messages.", state].concat();
        self.text(&[&name, ".", locale.tag].concat()).or_else(|| self.text(&name))
    }
}

/// Reads settings, and keeps what is to be said of them.
struct Reader {
    complaints: Vec<Complaint>,
    config: Config,
}

impl Reader {
    fn read(&mut self, name: String, json: &Json) {
        match json {
            Json::Null => {}
            Json::List(entries) if check(&[&name, "[]"].concat()).is_some() => {
                entries.iter().for_each(|entry| self.take([&name, "[]"].concat(), entry));
            }
            Json::Object(fields) if is_group(&name) => {
                for (key, value) in fields {
                    self.read(if name.is_empty() { key.clone() } else { [&name, ".", key].concat() }, value);
                }
            }
            _ => self.take(name, json),
        }
    }

    fn take(&mut self, name: String, json: &Json) {
        let text = match json {
            Json::Bool(true) => "true",
            Json::Bool(false) => "false",
            Json::Number(text) | Json::Text(text) => text.trim(),
            Json::List(_) => "(a list)",
            Json::Null => "(null)",
            Json::Object(_) => "(an object)",
        };
        let check = check(&name);
        let is_value = !matches!(json, Json::List(_) | Json::Null | Json::Object(_));
        if is_value && check.is_some_and(|check| check(text)) {
            self.config.0.push((canonical(name), text.to_owned()));
        } else if !text.is_empty() {
            let is_known = check.is_some() || is_group(&name) || self::check(&[&name, "[]"].concat()).is_some();
            let is_shut = name.starts_with("return_hosts");
            if is_shut {
                self.config.0.push(("return_hosts[]".to_owned(), NOWHERE.to_owned()));
            }
            let verdict = match is_known {
                true if is_shut => SHUT,
                true => UNUSABLE,
                false => UNKNOWN,
            };
            self.complaints.push(Complaint { given: text.to_owned(), name, verdict });
        }
    }
}

/// The tag of a language as the page writes it: `zh-cn` is `zh-CN`.
fn canonical(name: String) -> String {
    match name.rsplit_once('.') {
        Some((state, tag)) if state.starts_with("messages.") => match Locale::of_tag(tag) {
            Some(locale) => [state, ".", locale.tag].concat(),
            None => name,
        },
        _ => name,
    }
}

/// The check of a setting; of a sentence in one language it is that of the sentence.
fn check(name: &str) -> Option<Check> {
    check_of(name).or_else(|| {
        let (state, tag) = name.rsplit_once('.')?;
        Locale::of_tag(tag).and_then(|_| check_of(state)).filter(|_| state.starts_with("messages."))
    })
}

/// Whether a name stands for settings below it.
fn is_group(name: &str) -> bool {
    matches!(name, "" | "messages" | "support") || (name.starts_with("messages.") && check(name).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(block: &str) -> (Config, Vec<String>) {
        let (config, complaints) = Config::decode(block).unwrap();
        (config, complaints.into_iter().map(|complaint| format!("{}: {} {}", complaint.name, complaint.given, complaint.verdict)).collect())
    }

    #[test]
    fn the_servers_time_is_read_as_number_and_as_text() {
        for block in [r#"{"server_time": 1717220000}"#, r#"{"server_time": "1717220000"}"#] {
            assert_eq!(decode(block).0.server_time(), UnixSeconds::decode(1_717_220_000));
        }
    }

    #[test]
    fn what_is_absent_is_no_fault() {
        for block in ["{}", r#"{"server_time": "", "title": null, "support": {}, "messages": "", "return_hosts": null}"#] {
            assert_eq!(decode(block), (Config::default(), vec![]), "{block}");
        }
    }

    #[test]
    fn what_is_no_object_is_nothing() {
        for block in ["", "[]", "no json", "{\"title\": \"x\",}", "null"] {
            assert_eq!(Config::decode(block), None, "{block}");
        }
    }

    #[test]
    fn a_bad_value_is_named_and_costs_no_other() {
        let (config, complaints) = decode(
            r#"{"title": "Tea", "brand": "blue", "preset": "pink", "radius": 99, "sound": "loud", "colour": "red",
                "support": {"qq": "12", "fax": "1", "email": "a@b.example"}, "return_hosts": ["shop.example", "https://x", {}],
                "messages": {"paid": {"EN": "Thanks", "xx": "?"}, "open": "x", "closed": "Bye"}, "back": "javascript:alert(1)",
                "": "x", "support.qq[]": "123456", "logo": ["/a.png"], "locale": {"en": 1}}"#,
        );
        assert_eq!(
            complaints,
            [
                "brand: blue is no value for it; the default is used",
                "preset: pink is no value for it; the default is used",
                "radius: 99 is no value for it; the default is used",
                "sound: loud is no value for it; the default is used",
                "colour: red is no setting; it is ignored",
                "support.qq: 12 is no value for it; the default is used",
                "support.fax: 1 is no setting; it is ignored",
                "return_hosts[]: https://x is no host; no order leads there, nor anywhere that is not named",
                "return_hosts[]: (an object) is no host; no order leads there, nor anywhere that is not named",
                "messages.paid.xx: ? is no setting; it is ignored",
                "messages.open: x is no setting; it is ignored",
                "back: javascript:alert(1) is no value for it; the default is used",
                ": x is no value for it; the default is used",
                "support.qq[]: 123456 is no setting; it is ignored",
                "logo: (a list) is no value for it; the default is used",
                "locale: (an object) is no value for it; the default is used",
            ]
        );
        assert_eq!((config.text("title"), config.text("support.email")), (Some("Tea"), Some("a@b.example")));
        assert_eq!(config.return_hosts().len(), 3);
        for wrong in [r#"["https://shop.example"]"#, r#""https://shop.example""#, r#"{"a": 1}"#] {
            assert_eq!(decode(&format!("{{\"return_hosts\": {wrong}}}")).0.return_hosts().len(), 1, "{wrong} opens nothing");
        }
        let (en, zh) = (Locale::of_tag("en").unwrap(), Locale::default());
        assert_eq!((config.message("paid", en), config.message("paid", zh)), (Some("Thanks"), None));
        assert_eq!((config.message("closed", en), config.message("closed", zh)), (Some("Bye"), Some("Bye")));
    }

    #[test]
    fn what_the_site_says_fills_gaps() {
        let told = |contact: &str| Told::decode(&format!("web_title=Site&web_favicon=%2Ff.png&contact={contact}"));
        let mut config = Config::default();
        config.complete(&told("help%40site.example"));
        assert_eq!((config.text("title"), config.text("favicon")), (Some("Site"), Some("/f.png")));
        assert_eq!(config.text("support.email"), Some("help@site.example"));
        let (mut config, _) = decode(r#"{"title": "Shop", "support": {"qq": "123456"}}"#);
        config.complete(&told("help%40site.example"));
        assert_eq!((config.text("title"), config.text("support.email")), (Some("Shop"), None));
        for (contact, kind) in [("123456", "qq"), ("%2B86+400-123", "phone"), ("https://a.example/b", "url"), ("?", "none")] {
            let mut config = Config::default();
            config.complete(&told(contact));
            let found: Vec<_> = config.0.iter().filter_map(|(name, _)| name.strip_prefix("support.")).collect();
            assert_eq!(found, if kind == "none" { vec![] } else { vec![kind] }, "{contact}");
        }
    }

    #[test]
    fn an_origin_is_exact() {
        for good in ["https://shop.example", "http://127.0.0.1:8088"] {
            assert!(value::is_origin(good), "{good}");
        }
        for bad in [
            "shop.example",
            "https://shop.example/",
            "https://*.shop.example",
            "https://Shop.example",
            "null",
            "*",
            "https://a@b",
            "ftp://a",
            "https://",
            "https://shop.example:443",
            "https://商店.example",
        ] {
            assert!(!value::is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn links_lead_to_the_web_or_to_the_own_host() {
        assert_eq!(Back::decode("history"), Some(Back::History));
        assert!(Link::decode("https://shop.example/a?b#c").is_some() && Link::decode("/cart").is_some());
        for bad in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "cart", "https://a@b/", " /cart"] {
            assert_eq!(Link::decode(bad), None, "{bad}");
        }
        assert_eq!(value::api("/a/b/"), Some("/a/b"));
        assert!(value::api("https://api.example").is_none() && value::api("/a?b").is_none());
    }

    #[test]
    fn contacts_are_plain() {
        for (is_contact, good, bad) in [
            (value::is_email as Check, vec!["a.b+c@d.example"], vec!["a@b@c", "@b", "a@", "a", "a@b?cc=x", "a b@c", "a@b%0a"]),
            (value::is_phone, vec!["+86 (400) 123-4567", "10086"], vec!["12", "1234x", "12345;ext=1", "1".repeat(21).leak()]),
            (value::is_wechat, vec!["tea_shop-1"], vec!["", "a b", "茶", "a\"b"]),
            (value::is_font, vec!["Georgia, 'Noto Serif', serif", "宋体"], vec!["a;color:red", "url(x)", "'x", "a\\b", "}"]),
        ] {
            assert!(good.iter().all(|text| is_contact(text)), "{good:?}");
            bad.iter().for_each(|text| assert!(!is_contact(text), "{text}"));
        }
    }

    proptest! {
        #[test]
        fn any_block_is_read_without_a_panic(block in r#"\{("[a-z_.\[\]]{0,9}":("[ -~]{0,9}"|[0-9]{1,3}|null|\[\]),?){0,4}\}"#) {
            let _ = Config::decode(&block);
        }

        #[test]
        fn what_is_not_used_is_always_named(index in 1usize..32, value in "[^a-zA-Z0-9#/\\pC\"\\\\]{1,6}") {
            let name = NAMES[index].trim_end_matches("[]");
            let block = match name.split_once('.') {
                Some((group, name)) => format!("{{\"{group}\": {{\"{name}\": \"{value}\"}}}}"),
                None => format!("{{\"{name}\": \"{value}\"}}"),
            };
            let (config, complaints) = decode(&block);
            let is_default = config == Config::default() || config.0 == [("return_hosts[]".to_owned(), NOWHERE.to_owned())];
            prop_assert_eq!(is_default, !complaints.is_empty() || value.trim().is_empty(), "{}", block);
        }
    }
}
