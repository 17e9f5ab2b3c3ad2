//! Lists the locales: one for each file in `src/i18n/locales/`, so that adding a language is adding a file.

use std::{collections::BTreeMap, env, error::Error, fs, path::Path};

const FOLDER: &str = "src/i18n/locales";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut locales = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        let path = entry?.path();
        let tag = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a locale's file is named by its tag")?.to_owned();
        let text = fs::read_to_string(&path)?;
        let messages: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = messages.get("language_name").ok_or_else(|| format!("{} has no language_name", path.display()))?.clone();
        locales.push((tag, name));
    }
    locales.sort();
    let lines: String = locales.iter().map(|(tag, name)| format!("Locale {{ name: {name:?}, tag: {tag:?} }},\n")).collect();
    let out = Path::new(&env::var("OUT_DIR")?).join("locales.rs");
    fs::write(out, format!("&[\n{lines}]"))?;
    Ok(())
}
