//! The merchant's settings, as they stand in the page, and what of them the document shows.

use core::cell::OnceCell;

use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

use crate::{
    config::{Colour, Complaint, Config, Radius},
    order::Told,
};

thread_local! {
    static CONFIG: OnceCell<&'static Config> = const { OnceCell::new() };
}

/// The settings, completed by what the server that wrote the page said. They are read once, and stay for as long as the page does.
pub(super) fn config() -> &'static Config {
    CONFIG.with(|config| *config.get_or_init(|| Box::leak(Box::new(read()))))
}

fn document() -> Option<Document> {
    web_sys::window().and_then(|window| window.document())
}

fn read() -> Config {
    let block = document().and_then(|document| document.get_element_by_id("saoma-config")).and_then(|block| block.text_content());
    let block = block.unwrap_or_else(|| "{}".to_owned());
    let (mut config, complaints) = Config::decode(&block).unwrap_or_else(|| {
        super::report(&["saoma: the settings are not read, and the defaults are used: ", &fault_in(&block)].concat());
        Default::default()
    });
    for Complaint { given, name, verdict } in complaints {
        super::report(&["saoma: settings: ", &name, ": ", &given, " ", verdict].concat());
    }
    config.complete(told());
    config
}

/// What the browser's own reader says, which knows line and column.
fn fault_in(block: &str) -> String {
    let error = js_sys::JSON::parse(block).err().and_then(|error| super::capability::text(&error, "message"));
    error.unwrap_or_else(|| "the block is no JSON object".to_owned())
}

/// What the server that wrote the page said of the order.
pub(super) fn told() -> Told {
    let meta = document().and_then(|document| document.query_selector("meta[name=saoma-order]").ok().flatten());
    Told::decode(&meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default())
}

/// Gives the page the shop's colours, corners and fonts.
pub(super) fn dress() {
    let root = document().and_then(|document| document.document_element()).and_then(|root| root.dyn_into::<HtmlElement>().ok());
    let Some(style) = root.map(|root| root.style()) else { return };
    // A property that a browser does not take stays as the stylesheet has it.
    let set = |name: &str, value: &str| drop(style.set_property(name, value));
    let config = config();
    if let Some(palette) = config.brand().map(Colour::palette) {
        set("--brand-light", &palette.light.css());
        set("--brand-dark", &palette.dark.css());
        set("--brand", &palette.fill.css());
        set("--on-brand", &palette.on_fill.css());
    }
    if let Some(radius) = config.text("radius").and_then(Radius::decode) {
        set("--radius", &[&radius.0.to_string(), "px"].concat());
    }
    if let Some(font) = config.text("font") {
        set("--font", font);
    }
}
