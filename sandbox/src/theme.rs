//! Themes, as XArrPay installs them: templates that its engine fills in, and the one folder that is served.
//!
//! Source: `protocols.md` section 1, "Theme package".

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{State, engine, order::Order};

/// What a theme is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `/cashier/:key`
    Cashier,
    /// `/pay/…`
    Pay,
}

impl Kind {
    fn number(self) -> i64 {
        match self {
            Self::Cashier => 5,
            Self::Pay => 3,
        }
    }

    fn pages(self) -> &'static [&'static str] {
        match self {
            Self::Cashier => &["index.html"],
            Self::Pay => &["index.html", "separate.html", "status.html"],
        }
    }

    /// Where the gateway serves the theme's `assets/`.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Cashier => "/templates/cashier",
            Self::Pay => "/templates/pay",
        }
    }
}

/// Checks a theme as the gateway does when it is installed.
///
/// # Errors
/// What is wrong with it.
pub fn check(folder: &Path, kind: Kind) -> Result<(), String> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if !is_name {
        return Err(format!("the folder is called {name:?}; a theme's name has letters, digits and underscores"));
    }
    let read = |file: &str| fs::read_to_string(folder.join(file)).map_err(|error| format!("{file} cannot be read: {error}"));
    let manifest: Value = serde_json::from_str(&read("manifest.json")?).map_err(|error| format!("manifest.json is no JSON: {error}"))?;
    if manifest.get("name").and_then(Value::as_str) != Some(name.as_str()) {
        return Err(format!("manifest.json names {}, the folder is called {name:?}", manifest.get("name").unwrap_or(&Value::Null)));
    }
    if manifest.get("type").and_then(Value::as_i64) != Some(kind.number()) {
        return Err(format!("manifest.json says type {}, not {}", manifest.get("type").unwrap_or(&Value::Null), kind.number()));
    }
    for field in ["title", "version", "description", "author", "min_program_version", "screenshot"] {
        if manifest.get(field).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(format!("manifest.json misses {field}"));
        }
    }
    let picture = fs::read(folder.join("screenshot.png")).map_err(|error| format!("screenshot.png cannot be read: {error}"))?;
    if !picture.starts_with(b"\x89PNG") {
        return Err("screenshot.png is no picture".into());
    }
    if !folder.join("assets").is_dir() {
        return Err("the folder assets/ is missing".into());
    }
    for page in kind.pages() {
        engine::render(&read(page)?, &json!({}), &|_| None).map_err(|mistake| format!("{page}, {mistake}"))?;
    }
    Ok(())
}

/// A page of an installed theme. The error is what the gateway's log would say.
pub(crate) fn page(state: &State, folder: &Path, kind: Kind, file: &str, order: Option<&Order>) -> Result<String, String> {
    let template = fs::read_to_string(folder.join(file)).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let variables = json!({
        "templateAssets": format!("{}/{name}/assets", kind.path()),
        "templateRoot": format!("{}/{name}", kind.path()),
        "server_time": order.map_or_else(crate::order::unix_now, Order::gateway_now),
        "orderInfo": order.map(order_info),
        "pay_account_tip": order.map(|order| json!({ "tip": order.spec.account_tip, "tip_cover": order.spec.tip_cover })),
        "pay_tip": order.map(|order| order.spec.pay_tip.clone()),
        "payed_wait_time": order.and_then(|order| order.spec.pay_payed_wait_time),
        "contact": order.map(|order| order.spec.service_qq.clone()),
    });
    let option = |name: &str| state.settings.options.get(name).cloned();
    engine::render(&template, &variables, &option).map_err(|mistake| format!("{file}, {mistake}"))
}

fn order_info(order: &Order) -> Value {
    let spec = &order.spec;
    let due = spec.trade_amount.unwrap_or(spec.amount);
    json!({
        "order_id": spec.order_id,
        "status": order.stand().code(),
        "amount": spec.amount,
        "trade_amount": due,
        "trade_amount_text": format!("{}.{:02}", due / 100, due.rem_euclid(100)),
        "expire_time": order.expire_time(),
        "pay_type": spec.pay_type,
        "pay_type_info": { "logo": spec.pay_type_logo, "label": spec.pay_type_text, "value": spec.pay_type },
        "subject": spec.subject,
        "out_order_id": spec.out_order_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_theme_is_said() {
        let top = std::env::temp_dir().join(format!("saoma-themes-{}", std::process::id()));
        let theme = top.join("saoma");
        fs::create_dir_all(theme.join("assets")).unwrap();
        let manifest = |name: &str, kind: i64| {
            json!({ "name": name, "title": "t", "version": "1", "description": "d", "author": "a", "type": kind,
                    "min_program_version": "1", "screenshot": "screenshot.png" })
            .to_string()
        };
        let write = |file: &str, text: &[u8]| fs::write(theme.join(file), text).unwrap();
        let said = || check(&theme, Kind::Pay).err().unwrap_or_default();
        assert!(said().contains("manifest.json cannot be read"));
        write("manifest.json", manifest("other", 3).as_bytes());
        assert!(said().contains("names \"other\""), "{}", said());
        write("manifest.json", manifest("saoma", 5).as_bytes());
        assert!(said().contains("type 5, not 3"), "{}", said());
        write("manifest.json", manifest("saoma", 3).as_bytes());
        write("screenshot.png", b"GIF");
        assert!(said().contains("no picture"), "{}", said());
        write("screenshot.png", b"\x89PNG");
        for page in ["index.html", "separate.html", "status.html"] {
            assert!(said().contains(page), "{}", said());
            write(page, b"${.templateAssets}");
        }
        assert_eq!(said(), "");
        write("status.html", b"\n${if}");
        assert!(said().contains("status.html, line 2"), "{}", said());
        write("status.html", b"");
        fs::remove_dir_all(theme.join("assets")).unwrap();
        assert!(said().contains("assets/ is missing"), "{}", said());
        fs::remove_dir_all(&top).unwrap();
        assert!(check(Path::new("/x/a b"), Kind::Pay).unwrap_err().contains("letters, digits and underscores"));
    }
}
