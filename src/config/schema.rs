//! The settings as a type, for the JSON schema that editors check a data block with: `cargo xtask schema`.
//!
//! Its documentation is that of the settings. A test holds it against what the page reads.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, json_schema};

use super::value::{self, Radius};
use crate::gateway;

/// The settings of Saoma: the JSON data block `saoma-config` of `index.html`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Settings {
    #[schemars(rename = "$schema")]
    /// Where this schema is, for editors.
    pub schema: Option<String>,
    /// Where the gateway's API is: a path on the page's own host.
    #[schemars(extend("default" = "/api", "examples" = ["/gateway/api"]))]
    pub api: Option<String>,
    /// Whether the gateway may have the wallet app opened without a tap, on phones.
    #[schemars(extend("default" = true, "examples" = [false]))]
    pub auto_open: Option<bool>,
    /// Where "back to the shop" leads: an address, `history` for the page before this one, or `none` for no such link.
    #[schemars(extend("default" = "none", "examples" = ["https://shop.example/cart", "history"]))]
    pub back: Option<String>,
    /// The brand's colour, `#rgb` or `#rrggbb`. It is made darker or lighter where it could not be read.
    #[schemars(regex(pattern = "^#([0-9a-fA-F]{3}){1,2}$"), extend("examples" = ["#e6007a"]))]
    pub brand: Option<String>,
    /// A source that tells how an order stands, for gateways that do not (`anqi`, `instant`): a path on the page's own host,
    /// answering as XArrPay's `/api/order/info` does.
    #[schemars(extend("examples" = ["/api/order/info"]))]
    pub confirm: Option<String>,
    /// Origins of the sites that may embed the page and be told how the payment goes: scheme, host and port, exactly.
    #[schemars(extend("examples" = [["https://shop.example"]]))]
    pub embed_origins: Option<Vec<String>>,
    /// The page's icon while it waits: a picture on the page's own host, or a data picture.
    #[schemars(extend("examples" = ["/favicon.png"]))]
    pub favicon: Option<String>,
    /// The fonts, as CSS lists them. They must be on the device: none is downloaded.
    #[schemars(extend("examples" = ["Georgia, serif"]))]
    pub font: Option<String>,
    /// Which gateway the page speaks to, for links that do not say: docs/gateways.md.
    #[schemars(extend("default" = "xarr", "enum" = gateway::NAMES, "examples" = ["mapi"]))]
    pub gateway: Option<String>,
    /// The language for shoppers who have chosen none, as a BCP 47 tag. It goes before that of their browser.
    #[schemars(extend("examples" = ["en", "zh-CN"]))]
    pub locale: Option<String>,
    /// The shop's logo: a picture on the page's own host, or a data picture.
    #[schemars(extend("examples" = ["/logo.svg"]))]
    pub logo: Option<String>,
    /// A sentence of the shop's own for a state of the page, in one language or in several.
    pub messages: Option<Messages>,
    /// The methods that are offered, where the gateway leaves that to the shop (`anqi`).
    #[schemars(transform = one_of_the_methods, extend("default" = "all", "examples" = [["wechat", "alipay"]]))]
    pub methods: Option<Vec<String>>,
    /// Where a payment is asked for, if not at the gateway's usual path: a path on the page's own host.
    #[schemars(extend("examples" = ["/app/order/pay"]))]
    pub pay_path: Option<String>,
    /// The shortest pause between two questions whether an order is paid, in seconds. The page asks less often by itself the longer
    /// it waits: docs/performance.md.
    #[schemars(range(min = *value::PAUSES.start(), max = *value::PAUSES.end()), extend("default" = 2, "examples" = [5]))]
    pub poll: Option<u8>,
    /// What the page looks like: blue as Alipay, with borders around everything, green as WeChat, calm and grey, or dark blue.
    #[schemars(extend("default" = "light", "enum" = value::PRESETS, "examples" = ["midnight"]))]
    pub preset: Option<String>,
    /// The roundness of corners in CSS pixels.
    #[schemars(range(max = Radius::MOST), extend("default" = 18, "examples" = [4]))]
    pub radius: Option<u8>,
    /// Hosts that a paid order may lead to: `shop.example`, or `*.shop.example` for all below it. The page's own host
    /// always may; without any, every host may.
    #[schemars(extend("examples" = [["shop.example", "*.shop.example"]]))]
    pub return_hosts: Option<Vec<String>>,
    /// Where a shopper sees an order, for gateways that do not name a way back: an address in which `{order_id}` stands for its
    /// number.
    #[schemars(extend("examples" = ["/member/order?id={order_id}"]))]
    pub return_page: Option<String>,
    /// The gateway's clock when its server wrote this page, in unix seconds.
    #[schemars(extend("examples" = [1_717_220_000]))]
    pub server_time: Option<u64>,
    /// Where a shopper signs in, where the gateway wants them to: an address, to which the page adds its own as `return_to`.
    #[schemars(extend("examples" = ["https://shop.example/login"]))]
    pub sign_in: Option<String>,
    /// Whether the prompt is heard, for shoppers who have not chosen.
    #[schemars(extend("default" = true, "examples" = [false]))]
    pub sound: Option<bool>,
    /// A stylesheet of the shop's own, loaded after the page's: a path on the page's own host.
    #[schemars(extend("examples" = ["/custom.css"]))]
    pub stylesheet: Option<String>,
    /// Where shoppers can ask. Each is shown as a link, or to be copied.
    pub support: Option<Support>,
    /// The shop's name: in the tab, and above the order.
    #[schemars(length(max = value::LONGEST_LINE), extend("examples" = ["The Tea Shop"]))]
    pub title: Option<String>,
    /// Where the token of a signed-in shopper is, for gateways that want one: `cookie:NAME`, `local:NAME` or `session:NAME`.
    #[schemars(regex(pattern = "^(cookie|local|session):[A-Za-z0-9_.-]{1,64}$"), extend("examples" = ["local:token"]))]
    pub token: Option<String>,
    /// The page of the shop's WeChat mini-program that pays: it is given the request, as docs/host.md says.
    #[schemars(extend("default" = "/pages/pay/pay", "examples" = ["/pages/order/pay"]))]
    pub weapp_page: Option<String>,
}

/// Each entry of the list is one of them.
fn one_of_the_methods(schema: &mut Schema) {
    schema.insert("items".to_owned(), json_schema!({ "type": "string", "enum": gateway::METHODS }).to_value());
}

/// Where shoppers can ask.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Support {
    /// An e-mail address.
    #[schemars(extend("examples" = ["help@shop.example"]))]
    pub email: Option<String>,
    /// A number to call.
    #[schemars(extend("examples" = ["+86 400 123 4567"]))]
    pub phone: Option<String>,
    /// A QQ number, for orders that name none themselves.
    #[schemars(regex(pattern = "^[0-9]{5,12}$"), extend("examples" = ["123456789"]))]
    pub qq: Option<String>,
    /// A page with help.
    #[schemars(extend("examples" = ["https://shop.example/help"]))]
    pub url: Option<String>,
    /// A WeChat id.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{1,30}$"), extend("examples" = ["tea_shop"]))]
    pub wechat: Option<String>,
}

/// Sentences of the shop's own, by state.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of the screens")]
pub struct Messages {
    #[schemars(extend("examples" = ["Tea is sent on the same day."]))]
    pub awaiting: Option<Message>,
    #[schemars(extend("examples" = ["This takes a minute."]))]
    pub checking: Option<Message>,
    #[schemars(extend("examples" = [{"en": "See you.", "zh-CN": "再见。"}]))]
    pub closed: Option<Message>,
    #[schemars(extend("examples" = ["Something went wrong."]))]
    pub creation_failed: Option<Message>,
    #[schemars(extend("examples" = ["Ask us for a new link."]))]
    pub link_incomplete: Option<Message>,
    #[schemars(extend("examples" = ["Ask us for a new link."]))]
    pub not_found: Option<Message>,
    #[schemars(extend("examples" = ["Thank you!"]))]
    pub paid: Option<Message>,
    #[schemars(extend("examples" = ["Order again, it is still in stock."]))]
    pub timed_out: Option<Message>,
}

/// A sentence for all languages, or one for each by BCP 47 tag.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Message {
    Everywhere(String),
    ByLocale(BTreeMap<String, String>),
}
