//! What a merchant can change without building: the JSON data block `saoma-config` of `index.html`.
//!
//! Each setting is read by itself. One that cannot be used is named, with what is used instead; the page works without any.
//! The schema of the block is made of the types here: `cargo xtask schema`.

mod colour;
mod value;

pub use colour::{Colour, Palette};
pub use value::{ApiPath, Back, Gateway, Link, Origin, Preset, Radius};

use crate::{
    i18n::Locale,
    json::Json,
    order::{Picture, ReturnHost, ServiceQq, Told, UnixSeconds},
};

/// The settings of a page.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields, default))]
pub struct Config {
    /// Where the gateway's API is: a path on the page's own host.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("default" = "/api"), extend("examples" = ["/gateway/api"])))]
    pub api: Option<ApiPath>,
    /// Whether the gateway may have the wallet app opened without a tap, on phones.
    #[cfg_attr(feature = "schema", schemars(with = "bool", extend("default" = true), extend("examples" = [false])))]
    pub auto_open: Option<bool>,
    /// Where "back to the shop" leads: an address, `history` for the page before this one, or `none` for no such link.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("default" = "none"), extend("examples" = ["https://shop.example/cart", "history"])))]
    pub back: Back,
    /// The brand's colour, `#rgb` or `#rrggbb`. It is made darker or lighter where it could not be read.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = "^#([0-9a-fA-F]{3}){1,2}$"), extend("examples" = ["#e6007a"])))]
    pub brand: Option<Colour>,
    /// Origins of the sites that may embed the page and be told how the payment goes.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>", extend("examples" = [["https://shop.example"]])))]
    pub embed_origins: Vec<Origin>,
    /// The page's icon while it waits: a picture on the page's own host, or a data picture.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["/favicon.png"])))]
    pub favicon: Option<Picture>,
    /// The fonts, as CSS lists them. They must be on the device: none is downloaded.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["Georgia, serif"])))]
    pub font: Option<String>,
    /// Which gateway the page speaks to.
    pub gateway: Gateway,
    /// The language for shoppers who have chosen none, as a BCP 47 tag. It goes before that of their browser.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["en", "zh-CN"])))]
    pub locale: Option<Locale>,
    /// The shop's logo: a picture on the page's own host, or a data picture.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["/logo.svg"])))]
    pub logo: Option<Picture>,
    /// A sentence of the shop's own for a state of the page, in one language or in several.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Messages"))]
    pub messages: Vec<Message>,
    /// What the page looks like.
    pub preset: Preset,
    /// The roundness of corners in CSS pixels, 0 to 32.
    #[cfg_attr(feature = "schema", schemars(with = "u8", range(max = 32), extend("default" = 18), extend("examples" = [4])))]
    pub radius: Option<Radius>,
    /// Hosts that a paid order may lead to: `shop.example`, or `*.shop.example` for all below it. The page's own host
    /// always may; without any, every host may.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>", extend("examples" = [["shop.example", "*.shop.example"]])))]
    pub return_hosts: Vec<ReturnHost>,
    /// The gateway's clock when its server wrote this page, in unix seconds. A theme fills it in.
    #[cfg_attr(feature = "schema", schemars(with = "u64", extend("examples" = [1_717_220_000])))]
    pub server_time: Option<UnixSeconds>,
    /// Where a shopper signs in again, where the gateway wants them to.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["https://shop.example/login"])))]
    pub sign_in: Option<Link>,
    /// Whether the prompt is heard, for shoppers who have not chosen.
    #[cfg_attr(feature = "schema", schemars(with = "bool", extend("default" = true), extend("examples" = [false])))]
    pub sound: Option<bool>,
    /// A stylesheet of the shop's own, loaded after the page's: a path on the page's own host.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["/custom.css"])))]
    pub stylesheet: Option<Link>,
    /// Where shoppers can ask.
    pub support: Support,
    /// The shop's name: in the tab, and above the order.
    #[cfg_attr(feature = "schema", schemars(with = "String", length(max = 500), extend("examples" = ["The Tea Shop"])))]
    pub title: Option<String>,
}

/// Where shoppers can ask. Each is shown as a link, or to be copied.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields, default))]
pub struct Support {
    /// An e-mail address.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["help@shop.example"])))]
    pub email: Option<String>,
    /// A number to call.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["+86 400 123 4567"])))]
    pub phone: Option<String>,
    /// A QQ number, for orders that name none themselves.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = "^[0-9]{5,12}$"), extend("examples" = ["123456789"])))]
    pub qq: Option<ServiceQq>,
    /// A page with help.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("examples" = ["https://shop.example/help"])))]
    pub url: Option<Link>,
    /// A WeChat id.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = "^[A-Za-z0-9_-]{1,30}$"), extend("examples" = ["tea_shop"])))]
    pub wechat: Option<String>,
}

impl Support {
    /// What a contact of no stated kind is taken for: a mail address, a link, a QQ number, a number to call.
    fn of_contact(contact: &str) -> Self {
        let (email, url, qq) = (value::email(contact), Link::decode(contact), ServiceQq::decode(contact));
        let phone = value::phone(contact).filter(|_| qq.is_none());
        Self { email, phone, qq, url, wechat: None }
    }
}

/// A sentence of the shop's own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// In which language; `None`: in all that have none of their own.
    pub locale: Option<Locale>,
    /// One of [`Config::STATES`].
    pub state: &'static str,
    /// What it says.
    pub text: String,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Complaint {
    /// What stands there.
    pub given: String,
    /// Which setting: `support.qq`.
    pub name: String,
    /// What is wrong, and what is used instead.
    pub verdict: &'static str,
}

/// What is said of a value that its setting cannot have.
pub const UNUSABLE: &str = "is no value for it; the default is used";
/// What is said of an entry that its list cannot have.
pub const LEFT_OUT: &str = "is no value for it; it is left out";
/// What is said of a name that means nothing.
pub const UNKNOWN: &str = "is no setting; it is ignored";

impl Config {
    /// The states that a shop may have a sentence for.
    pub const STATES: [&str; 8] =
        ["awaiting", "checking", "closed", "creation_failed", "link_incomplete", "not_found", "paid", "timed_out"];

    const NAMES: [&str; 21] = [
        "api",
        "auto_open",
        "back",
        "brand",
        "embed_origins",
        "favicon",
        "font",
        "gateway",
        "locale",
        "logo",
        "messages",
        "preset",
        "radius",
        "return_hosts",
        "server_time",
        "sign_in",
        "sound",
        "stylesheet",
        "support",
        "title",
        "$schema",
    ];

    /// Reads the data block, and names what cannot be used. `None` where it is not JSON, or no object.
    pub fn decode(block: &str) -> Option<(Self, Vec<Complaint>)> {
        let json = Json::read(block).filter(|json| matches!(json, Json::Object(_)))?;
        let mut reader = Reader { complaints: Vec::new() };
        reader.know(&json, "", &Self::NAMES);
        let config = Self {
            api: reader.value(&json, "api", ApiPath::decode),
            auto_open: reader.value(&json, "auto_open", value::switch),
            back: reader.value(&json, "back", Back::decode).unwrap_or_default(),
            brand: reader.value(&json, "brand", Colour::decode),
            embed_origins: reader.list(&json, "embed_origins", Origin::decode),
            favicon: reader.value(&json, "favicon", Picture::decode_local),
            font: reader.value(&json, "font", value::font),
            gateway: reader.value(&json, "gateway", Gateway::decode).unwrap_or_default(),
            locale: reader.value(&json, "locale", Locale::of_tag),
            logo: reader.value(&json, "logo", Picture::decode_local),
            messages: reader.messages(&json),
            preset: reader.value(&json, "preset", Preset::decode).unwrap_or_default(),
            radius: reader.value(&json, "radius", Radius::decode),
            return_hosts: reader.list(&json, "return_hosts", ReturnHost::decode),
            server_time: reader.value(&json, "server_time", |text| text.parse().ok().and_then(UnixSeconds::decode)),
            sign_in: reader.value(&json, "sign_in", Link::decode),
            sound: reader.value(&json, "sound", value::switch),
            stylesheet: reader.value(&json, "stylesheet", Link::decode_own),
            support: reader.support(&json),
            title: reader.value(&json, "title", value::line),
        };
        Some((config, reader.complaints))
    }

    /// Fills what the merchant left out by what the site itself says.
    pub fn complete(&mut self, told: Told) {
        self.favicon = self.favicon.take().or(told.favicon);
        self.title = self.title.take().or(told.title);
        if let (true, Some(contact)) = (self.support == Support::default(), told.contact) {
            self.support = Support::of_contact(&contact);
        }
    }

    /// The shop's sentence for a state, in this language or in any.
    pub fn message(&self, state: &str, locale: Locale) -> Option<&str> {
        let of = |wanted: Option<Locale>| self.messages.iter().find(|message| message.state == state && message.locale == wanted);
        of(Some(locale)).or_else(|| of(None)).map(|message| message.text.as_str())
    }
}

/// Reads settings, and keeps what is to be said of them.
struct Reader {
    complaints: Vec<Complaint>,
}

impl Reader {
    fn complain(&mut self, name: &[&str], json: &Json, verdict: &'static str) {
        self.complaints.push(Complaint { given: shown(json), name: name.concat(), verdict });
    }

    /// Complains of every name that is none of these.
    fn know(&mut self, json: &Json, prefix: &str, names: &[&str]) {
        if let Json::Object(fields) = json {
            for (name, value) in fields.iter().filter(|(name, _)| !names.contains(&name.as_str())) {
                self.complain(&[prefix, name], value, UNKNOWN);
            }
        }
    }

    /// A value, a number or a switch as the text that stands there. `null` and an empty text are absent.
    fn value<T>(&mut self, json: &Json, name: &str, decode: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.nested(json, "", name, decode)
    }

    fn nested<T>(&mut self, json: &Json, prefix: &str, name: &str, decode: impl Fn(&str) -> Option<T>) -> Option<T> {
        let given = json.field(name)?;
        let decoded = text_of(given).and_then(decode);
        if decoded.is_none() && !is_absent(given) {
            self.complain(&[prefix, name], given, UNUSABLE);
        }
        decoded
    }

    fn list<T>(&mut self, json: &Json, name: &str, decode: fn(&str) -> Option<T>) -> Vec<T> {
        let mut values = Vec::new();
        match json.field(name) {
            Some(Json::List(entries)) => {
                for entry in entries {
                    match text_of(entry).and_then(decode) {
                        Some(value) => values.push(value),
                        None => self.complain(&[name], entry, LEFT_OUT),
                    }
                }
            }
            Some(other) if !is_absent(other) => self.complain(&[name], other, UNUSABLE),
            Some(_) | None => {}
        }
        values
    }

    fn support(&mut self, json: &Json) -> Support {
        const PREFIX: &str = "support.";
        let Some(json) = self.object(json, "support") else { return Support::default() };
        self.know(json, PREFIX, &["email", "phone", "qq", "url", "wechat"]);
        Support {
            email: self.nested(json, PREFIX, "email", value::email),
            phone: self.nested(json, PREFIX, "phone", value::phone),
            qq: self.nested(json, PREFIX, "qq", ServiceQq::decode),
            url: self.nested(json, PREFIX, "url", Link::decode),
            wechat: self.nested(json, PREFIX, "wechat", value::wechat),
        }
    }

    fn messages(&mut self, json: &Json) -> Vec<Message> {
        const PREFIX: &str = "messages.";
        let Some(json) = self.object(json, "messages") else { return Vec::new() };
        self.know(json, PREFIX, &Config::STATES);
        let mut messages = Vec::new();
        for state in Config::STATES {
            if let Some(by_locale @ Json::Object(fields)) = json.field(state) {
                let prefix = [PREFIX, state, "."].concat();
                for (tag, given) in fields {
                    match Locale::of_tag(tag) {
                        Some(locale) => {
                            let text = self.nested(by_locale, &prefix, tag, value::line);
                            messages.extend(text.map(|text| Message { locale: Some(locale), state, text }));
                        }
                        None => self.complain(&[&prefix, tag], given, UNKNOWN),
                    }
                }
            } else {
                let text = self.nested(json, PREFIX, state, value::line);
                messages.extend(text.map(|text| Message { locale: None, state, text }));
            }
        }
        messages
    }

    fn object<'json>(&mut self, json: &'json Json, name: &str) -> Option<&'json Json> {
        let found = json.field(name).filter(|found| !is_absent(found))?;
        if !matches!(found, Json::Object(_)) {
            self.complain(&[name], found, UNUSABLE);
        }
        Some(found)
    }
}

fn text_of(json: &Json) -> Option<&str> {
    match json {
        Json::Bool(true) => Some("true"),
        Json::Bool(false) => Some("false"),
        Json::Number(text) | Json::Text(text) => Some(text.trim()),
        Json::List(_) | Json::Null | Json::Object(_) => None,
    }
}

fn is_absent(json: &Json) -> bool {
    matches!(json, Json::Null) || text_of(json).is_some_and(str::is_empty)
}

/// What stands there, for a person to find it again.
fn shown(json: &Json) -> String {
    match json {
        Json::List(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
        other => ["\"", text_of(other).unwrap_or("null"), "\""].concat(),
    }
}

#[cfg(feature = "schema")]
mod schema {
    //! The shapes that only the schema spells out.

    use std::collections::BTreeMap;

    use schemars::JsonSchema;

    /// A sentence for all languages, or one for each by BCP 47 tag.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "it is there for its schema")]
    pub(super) enum Message {
        Everywhere(String),
        ByLocale(BTreeMap<String, String>),
    }

    /// Sentences of the shop's own, by state.
    #[derive(JsonSchema)]
    #[schemars(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is there for its schema")]
    pub(super) struct Messages {
        awaiting: Option<Message>,
        checking: Option<Message>,
        closed: Option<Message>,
        creation_failed: Option<Message>,
        link_incomplete: Option<Message>,
        not_found: Option<Message>,
        paid: Option<Message>,
        timed_out: Option<Message>,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(block: &str) -> (Config, Vec<String>) {
        let (config, complaints) = Config::decode(block).unwrap();
        (config, complaints.into_iter().map(|complaint| format!("{} {} {}", complaint.name, complaint.given, complaint.verdict)).collect())
    }

    #[test]
    fn the_servers_time_is_read_as_number_and_as_text() {
        for block in [r#"{"server_time": 1717220000}"#, r#"{"server_time": "1717220000"}"#] {
            assert_eq!(decode(block).0.server_time, UnixSeconds::decode(1_717_220_000));
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
                "support": {"qq": "12", "fax": "1", "email": "a@b.example"}, "return_hosts": ["shop.example", "https://x", 3],
                "messages": {"paid": {"en": "Thanks", "xx": "?"}, "open": "x", "closed": "Bye"}, "back": "javascript:alert(1)"}"#,
        );
        let mut expected = [
            "colour \"red\" is no setting; it is ignored",
            "back \"javascript:alert(1)\" is no value for it; the default is used",
            "brand \"blue\" is no value for it; the default is used",
            "messages.open \"x\" is no setting; it is ignored",
            "messages.paid.xx \"?\" is no setting; it is ignored",
            "preset \"pink\" is no value for it; the default is used",
            "radius \"99\" is no value for it; the default is used",
            "return_hosts \"https://x\" is no value for it; it is left out",
            "return_hosts \"3\" is no value for it; it is left out",
            "sound \"loud\" is no value for it; the default is used",
            "support.fax \"1\" is no setting; it is ignored",
            "support.qq \"12\" is no value for it; the default is used",
        ];
        expected.sort_unstable();
        let mut complaints = complaints;
        complaints.sort_unstable();
        // `3` is a host like any other name without a dot.
        assert_eq!(complaints, expected.into_iter().filter(|text| !text.contains("\"3\"")).collect::<Vec<_>>());
        assert_eq!(config.title.as_deref(), Some("Tea"));
        assert_eq!(config.preset, Preset::Light);
        assert_eq!(config.support.email.as_deref(), Some("a@b.example"));
        let (en, zh) = (Locale::of_tag("en").unwrap(), Locale::default());
        assert_eq!((config.message("paid", en), config.message("paid", zh)), (Some("Thanks"), None));
        assert_eq!((config.message("closed", en), config.message("closed", zh)), (Some("Bye"), Some("Bye")));
    }

    #[test]
    fn what_the_site_says_fills_gaps() {
        let told = || Told::decode("web_title=Site&web_favicon=%2Ff.png&contact=help%40site.example");
        let mut config = Config::default();
        config.complete(told());
        assert_eq!((config.title.as_deref(), config.support.email.as_deref()), (Some("Site"), Some("help@site.example")));
        let (mut config, _) = decode(r#"{"title": "Shop", "support": {"qq": "123456"}}"#);
        config.complete(told());
        assert_eq!((config.title.as_deref(), config.support.email.as_deref()), (Some("Shop"), None));
        for (contact, kind) in
            [("123456", "qq"), ("+86 400-123", "phone"), ("https://a.example/b", "url"), ("13800138000", "qq"), ("?", "none")]
        {
            let support = Support::of_contact(contact);
            let kinds = [("qq", support.qq.is_some()), ("phone", support.phone.is_some()), ("url", support.url.is_some())];
            let found: Vec<_> = kinds.iter().filter(|(_, is_some)| *is_some).map(|(kind, _)| *kind).collect();
            assert_eq!(found, if kind == "none" { vec![] } else { vec![kind] }, "{contact}");
        }
    }

    #[test]
    fn an_origin_is_exact() {
        for good in ["https://shop.example", "http://127.0.0.1:8088"] {
            assert!(Origin::decode(good).is_some(), "{good}");
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
        ] {
            assert_eq!(Origin::decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn links_lead_to_the_web_or_to_the_own_host() {
        assert_eq!(Back::decode("history"), Some(Back::History));
        assert!(Link::decode("https://shop.example/a?b#c").is_some() && Link::decode("/cart").is_some());
        for bad in ["javascript:alert(1)", "//evil.example", "data:text/html,x", "cart", "https://a@b/", " /cart"] {
            assert_eq!(Link::decode(bad), None, "{bad}");
        }
        assert_eq!(ApiPath::decode("/a/b/").unwrap().as_str(), "/a/b");
        assert!(ApiPath::decode("https://api.example").is_none() && ApiPath::decode("/a?b").is_none());
    }

    proptest! {
        #[test]
        fn any_block_is_read_without_a_panic(block in r#"\{("[a-z_]{1,9}":("[ -~]{0,9}"|[0-9]{1,3}|null|\[\]),?){0,4}\}"#) {
            let _ = Config::decode(&block);
        }

        #[test]
        fn what_is_not_used_is_always_named(name in proptest::sample::select(&Config::NAMES[..20]), value in "[^a-zA-Z0-9#/\\pC\"\\\\]{1,6}") {
            let (config, complaints) = decode(&format!("{{\"{name}\": \"{value}\"}}"));
            let is_default = config == Config::default();
            prop_assert_eq!(is_default, !complaints.is_empty() || value.trim().is_empty(), "{} {}", name, value);
        }
    }
}
