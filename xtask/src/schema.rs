//! The JSON schema of the settings, and the table of them: both are made of `src/config/schema.rs`.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use saoma::config::schema::Settings;
use serde_json::Value;

use crate::project;

const TABLE: [&str; 2] = ["<!-- settings:begin -->", "<!-- settings:end -->"];

fn schema_file() -> PathBuf {
    project::root().join("docs/settings.schema.json")
}

fn table_file() -> PathBuf {
    project::root().join("docs/settings.md")
}

/// Writes both.
pub(crate) fn write() -> Result<()> {
    fs::write(schema_file(), schema()?)?;
    fs::write(table_file(), with_table(&fs::read_to_string(table_file()).context("docs/settings.md is missing")?)?)?;
    println!("    docs/settings.schema.json and the table in docs/settings.md");
    Ok(())
}

/// Fails when one of them is not what the types say.
pub(crate) fn check() -> Result<()> {
    let (schema_now, table_now) =
        (fs::read_to_string(schema_file()).unwrap_or_default(), fs::read_to_string(table_file()).unwrap_or_default());
    ensure!(schema_now == schema()?, "docs/settings.schema.json is not what the types say; run `cargo xtask schema`");
    ensure!(table_now == with_table(&table_now)?, "the table in docs/settings.md is not what the types say; run `cargo xtask schema`");
    Ok(())
}

fn schema() -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(&schemars::schema_for!(Settings))?))
}

fn with_table(text: &str) -> Result<String> {
    let [begin, end] = TABLE;
    let (before, rest) = text.split_once(begin).with_context(|| format!("docs/settings.md has no {begin}"))?;
    let (_, after) = rest.split_once(end).with_context(|| format!("docs/settings.md has no {end}"))?;
    let schema: Value = serde_json::from_str(&schema()?)?;
    let mut rows = String::from("| setting | default | example | what it does |\n|---|---|---|---|\n");
    rows_of(&schema, &schema, "", &mut rows);
    Ok(format!("{before}{begin}\n\n{rows}\n{end}{after}"))
}

fn rows_of(root: &Value, object: &Value, prefix: &str, rows: &mut String) {
    for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let (name, property) = (format!("{prefix}{name}"), property);
        let nested = resolved(root, property);
        if nested.get("properties").is_some() {
            rows_of(root, nested, &format!("{name}."), rows);
            continue;
        }
        let code = |value: Option<&Value>| value.map(|value| format!("`{value}`")).unwrap_or_default();
        let text = property.get("description").or(nested.get("description")).and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let choices: Vec<String> =
            nested.get("enum").and_then(Value::as_array).into_iter().flatten().map(|choice| format!("`{choice}`")).collect();
        let choices = if choices.is_empty() { String::new() } else { format!(" One of {}.", choices.join(", ")) };
        let end = |name: &str| property.get(name).and_then(Value::as_u64);
        let range = end("maximum").map(|most| format!(" From {} to {most}.", end("minimum").unwrap_or_default())).unwrap_or_default();
        let example = property.get("examples").and_then(|examples| examples.get(0));
        *rows += &format!("| `{name}` | {} | {} | {text}{range}{choices} |\n", code(property.get("default")), code(example));
    }
}

/// What a property refers to, where it may also be absent.
fn resolved<'schema>(root: &'schema Value, property: &'schema Value) -> &'schema Value {
    let by_reference = |value: &'schema Value| {
        let path = value.get("$ref")?.as_str()?.strip_prefix('#')?;
        root.pointer(path)
    };
    let alternatives = property.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    by_reference(property).or_else(|| alternatives.into_iter().find_map(by_reference)).unwrap_or(property)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use saoma::config::Config;

    use super::*;

    /// Each setting of the schema by its path, with the property.
    fn settings() -> Vec<(String, Value)> {
        fn walk(root: &Value, object: &Value, prefix: &str, found: &mut Vec<(String, Value)>) {
            for (name, property) in object["properties"].as_object().unwrap() {
                let nested = resolved(root, property);
                if nested.get("properties").is_some() {
                    walk(root, nested, &format!("{prefix}{name}."), found);
                } else {
                    found.push((format!("{prefix}{name}"), property.clone()));
                }
            }
        }
        let schema: Value = serde_json::from_str(&schema().unwrap()).unwrap();
        let mut found = Vec::new();
        walk(&schema, &schema, "", &mut found);
        found
    }

    fn block(path: &str, value: &Value) -> String {
        path.rsplit('.').fold(value.clone(), |value, name| serde_json::json!({ name: value })).to_string()
    }

    #[test]
    fn the_schema_names_what_the_page_reads_and_nothing_else() {
        let read: BTreeSet<String> = Config::names().map(|name| name.trim_end_matches("[]").to_owned()).collect();
        let named: BTreeSet<String> = settings().into_iter().map(|(path, _)| path).collect();
        assert_eq!(read, named);
    }

    #[test]
    fn every_example_is_taken_and_every_other_value_is_named() {
        for (path, property) in settings() {
            for example in property.get("examples").and_then(Value::as_array).into_iter().flatten() {
                let (config, complaints) = Config::decode(&block(&path, example)).unwrap();
                assert!(complaints.is_empty(), "{path}: {complaints:?}");
                assert_ne!(config, Config::default(), "{path}: {example} changes nothing");
            }
            if path != "$schema" {
                let (config, complaints) = Config::decode(&block(&path, &serde_json::json!({ "?": ["?"] }))).unwrap();
                assert!(!complaints.is_empty(), "{path}");
                let is_shut = path == "return_hosts" && config.return_hosts().len() == 1;
                assert!(config == Config::default() || is_shut, "{path}");
            }
        }
    }
}
