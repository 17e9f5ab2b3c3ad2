//! What is written about skins is what the stylesheets say.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{fs, path::Path};

use saoma::config::Colour;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The custom properties of a block of rules: name and value.
fn properties(rules: &str) -> Vec<(String, String)> {
    let property = |line: &str| {
        let (name, value) = line.trim().strip_suffix(';')?.split_once(": ")?;
        name.starts_with("--").then(|| (name.to_owned(), value.to_owned()))
    };
    rules.lines().filter_map(property).collect()
}

#[test]
fn the_table_of_tokens_is_that_of_the_stylesheet() {
    let tokens = read("style/tokens.css");
    let defaults = properties(tokens.split_once("@media").unwrap().0);
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let code = |cell: &str| cell.trim().trim_matches('`').to_owned();
        (line.starts_with("| `--")).then(|| (code(cells[0]), code(cells[1])))
    };
    let told: Vec<_> = read("docs/skins.md").lines().filter_map(row).collect();
    assert_eq!(told, defaults);
}

#[test]
fn presets_set_tokens_that_there_are() {
    let tokens: Vec<String> = properties(&read("style/tokens.css")).into_iter().map(|(name, _)| name).collect();
    for (name, value) in properties(&read("style/presets.css")) {
        assert!(tokens.contains(&name), "{name}: {value}");
    }
}

/// A brand's colour is made legible on the worst of these.
#[test]
fn every_ground_is_as_light_or_as_dark_as_a_brand_is_made_for() {
    let grounds = ["--ground", "--surface"];
    for file in ["style/tokens.css", "style/presets.css"] {
        for (name, value) in properties(&read(file)).iter().filter(|(name, _)| grounds.contains(&name.as_str())) {
            let ground = Colour::decode(value).unwrap_or_else(|| panic!("{name}: {value} is no plain colour"));
            let (on_light, on_dark) = (ground.contrast(Colour::INK), ground.contrast(Colour::WHITE));
            let is_light = on_light >= Colour::LIGHT_GROUND.contrast(Colour::INK);
            let is_dark = on_dark >= Colour::DARK_GROUND.contrast(Colour::WHITE);
            assert!(is_light || is_dark, "{file}: {name}: {value}");
        }
    }
}
