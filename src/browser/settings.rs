//! The merchant's settings, as they stand in the page, and what of them the document shows.

use core::cell::Cell;

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};

use super::capability::{self, document};
use crate::{
    apart::on_demand,
    config::{Colour, Complaint, Config, Radius},
    order::Told,
    text::digits,
};

thread_local! {
    /// Where there is none, nothing is set.
    static CONFIG: Cell<Option<&'static Config>> = const { Cell::new(None) };
}

/// The settings, completed by what the server that wrote the page said: what [`read`] has read.
pub(super) fn config() -> &'static Config {
    static DEFAULT: Config = Config::DEFAULT;
    CONFIG.get().unwrap_or(&DEFAULT)
}

/// Reads what stands in the page of the shop and of the order, once and before all else, and dresses the page. With what it says
/// of the order; `None` where what reads it did not come.
pub(super) async fn read() -> Option<Told> {
    let block = document().get_element_by_id("saoma-config").and_then(|block| block.text_content());
    let meta = document().query_selector("meta[name=saoma-order]").ok().flatten();
    let told = meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    match block.as_deref().unwrap_or("{}") {
        "{}" if told.is_empty() => Some(Told::default()),
        block => understand(block.to_owned(), told).await.ok(),
    }
}

on_demand! {
    settings,
    fn understand(block: String, told: String) -> Told {
        let told = Told::decode(&told);
        let (mut config, complaints) = Config::decode(&block).unwrap_or_else(|| {
            super::report(&["saoma: the settings are not read, and the defaults are used: ", &fault_in(&block)].concat());
            Default::default()
        });
        for Complaint { given, name, verdict } in complaints {
            super::report(&["saoma: settings: ", &name, ": ", &given, " ", verdict].concat());
        }
        config.complete(&told);
        dress(&config);
        CONFIG.set(Some(Box::leak(Box::new(config))));
        told
    }
}

/// What the browser's own reader says, which knows line and column.
fn fault_in(block: &str) -> String {
    let parse = capability::global("JSON").and_then(|json| capability::of(&json, "parse"));
    let parse = parse.and_then(|parse| parse.dyn_into::<Function>().ok());
    let error = parse.and_then(|parse| parse.apply(&JsValue::NULL, &capability::list(&[&JsValue::from_str(block)])).err());
    let error = error.and_then(|error| capability::text(&error, "message"));
    error.unwrap_or_else(|| "the block is no JSON object".to_owned())
}

/// Gives the page the shop's colours, corners and fonts.
fn dress(config: &Config) {
    let Some(style) = document().document_element().and_then(|root| capability::of(&root, "style")) else { return };
    // A property that a browser does not take stays as the stylesheet has it.
    let set = |name: &str, value: &str| {
        capability::call(&style, "setProperty", &[&JsValue::from_str(name), &JsValue::from_str(value)]);
    };
    if let Some(palette) = config.brand().map(Colour::palette) {
        set("--brand-light", &palette.light.css());
        set("--brand-dark", &palette.dark.css());
        set("--brand", &palette.fill.css());
        set("--on-brand", &palette.on_fill.css());
    }
    if let Some(radius) = config.text("radius").and_then(Radius::decode) {
        set("--radius", &[&digits(radius.0), "px"].concat());
    }
    if let Some(font) = config.text("font") {
        set("--font", font);
    }
}
