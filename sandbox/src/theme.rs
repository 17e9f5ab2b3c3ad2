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
