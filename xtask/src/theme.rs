//! The page as a theme of XArrPay: for paying (type 3) and for cashiers (type 5).
//!
//! Source: `protocols.md` section 1, "Theme package". All pages of a theme are the same file: the page finds out from its
//! address what it is for.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use saoma::{config::Config, i18n::Locale};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{page, project, step::step};

/// What the theme is called, and how it is set up.
#[derive(Args)]
pub(crate) struct Choices {
    /// The theme's name: letters, digits and underscores
    #[arg(long, default_value = "saoma")]
    name: String,
    /// A file with settings (docs/settings.md) to put into the theme
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// The two themes: folder, type, pages.
const KINDS: [(&str, u32, &[&str]); 2] = [("pay", 3, &["index.html", "separate.html", "status.html"]), ("cashier", 5, &["index.html"])];

/// The text of the engine's variables: field of the block, and the variable.
const TEXTS: [(&str, &str); 4] = [
    ("subject", ".orderInfo.subject"),
    ("pay_type", ".orderInfo.pay_type"),
    ("pay_type_label", ".orderInfo.pay_type_info.label"),
    ("pay_type_logo", ".orderInfo.pay_type_info.logo"),
];
/// Its numbers.
const NUMBERS: [(&str, &str); 3] =
    [("status", ".orderInfo.status"), ("amount", ".orderInfo.amount"), ("trade_amount", ".orderInfo.trade_amount")];

/// Builds the page and packs it.
pub(crate) fn run(choices: &Choices) -> Result<()> {
    check_name(&choices.name)?;
    let settings = choices.settings.as_deref().map(read_settings).transpose()?;
    page::build_dist()?;
    let folder = project::root().join("theme");
    step("Packing the themes", || pack(&folder, &choices.name, settings.as_deref()))?;
    for (kind, ..) in KINDS {
        println!("    theme/{kind}/{0}/ and theme/{kind}/{0}.zip: unpack into templates/{kind}/ of the gateway", choices.name);
    }
    Ok(())
}

fn check_name(name: &str) -> Result<()> {
    let is_name = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    ensure!(is_name, "{name:?} is no name for a theme: the gateway takes letters, digits and underscores");
    Ok(())
}

/// The settings, checked as the page checks them.
fn read_settings(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let value: serde_json::Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
    let (_, complaints) = Config::decode(&text).with_context(|| format!("{} is no JSON object", file.display()))?;
    if let Some(complaint) = complaints.first() {
        bail!("{}: {}: \"{}\" {}", file.display(), complaint.name, complaint.given, complaint.verdict);
    }
    Ok(value.to_string())
}

/// Writes both themes from `dist/`.
pub(crate) fn pack(folder: &Path, name: &str, settings: Option<&str>) -> Result<()> {
    check_name(name)?;
    let dist = project::dist();
    let page = fs::read_to_string(dist.join("index.html")).context("dist/ holds no page; run `cargo xtask build`")?;
    let assets = dist.join("assets");
    ensure!(assets.is_dir(), "dist/assets/ is missing; run `cargo xtask build`");
    let page = template(&page, settings)?;
    let screenshot = project::root().join("docs/theme-screenshot.png");
    for (kind, number, pages) in KINDS {
        let theme = folder.join(kind).join(name);
        if theme.exists() {
            fs::remove_dir_all(&theme)?;
        }
        fs::create_dir_all(&theme)?;
        for file in pages {
            fs::write(theme.join(file), &page)?;
        }
        copy_folder(&assets, &theme.join("assets"))?;
        fs::copy(&screenshot, theme.join("screenshot.png")).with_context(|| format!("cannot copy {}", screenshot.display()))?;
        let languages = Locale::ALL.len();
        let manifest = serde_json::json!({
            "name": name,
            "title": "Saoma 扫码收银台",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("二维码收银台：{languages} 种语言、无障碍、可换肤 / QR checkout: {languages} languages, accessible, skinnable"),
            "author": "Saoma",
            "type": number,
            "min_program_version": "1.0.0",
            "screenshot": "screenshot.png",
        });
        fs::write(theme.join("manifest.json"), format!("{manifest:#}\n"))?;
        zip(&theme, name, &folder.join(kind).join(format!("{name}.zip")))?;
    }
    Ok(())
}

/// Makes the built page a template: its files where the engine says, and what the engine knows of the order.
fn template(page: &str, settings: Option<&str>) -> Result<String> {
    if let Some((before, _)) = page.split_once("${") {
        let near: String = before.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
        bail!("dist/index.html holds the engine's delimiter by accident, behind {near:?}: write that script in other words");
    }
    let mut page = page.to_owned();
    let meta = "<meta name=saoma-order>";
    ensure!(page.matches(meta).count() == 1, "dist/index.html has no one place for the order: {meta}");
    ensure!(page.contains("./assets/"), "dist/index.html names no file in ./assets/");
    // The content security policy knows inline scripts by their hash: the engine must not fill anything in there.
    let scripts = page.split("<script").skip(1).filter_map(|part| part.split_once("</script>")?.0.split_once('>'));
    ensure!(!scripts.map(|(_, script)| script).any(|script| script.contains("./assets/")), "an inline script names a file in ./assets/");
    page = page.replace("./assets/", "${.templateAssets}/");
    page = page.replace(meta, &format!("<meta name=saoma-order content='{}'>", order_block()));
    if let Some(settings) = settings {
        ensure!(!settings.contains("${"), "a setting holds the engine's delimiter `${{`");
        let block = "<script id=saoma-config type=application/json>{}</script>";
        ensure!(page.matches(block).count() == 1, "dist/index.html has no one place for settings: {block}");
        // No setting can end the block.
        let settings = settings.replace('<', "\\u003c");
        page = page.replace(block, &format!("<script id=saoma-config type=application/json>{settings}</script>"));
    }
    Ok(page)
}

/// `name=value&…`: numbers as they are, texts percent-encoded, which survives an engine that escapes and one that does not.
/// Each variable is asked for before it is used: functions of an engine may not take a value that is missing.
fn order_block() -> String {
    let text = |name: &str, value: &str| format!("${{if {value}}}&{name}=${{{value} | urlencode}}${{end}}");
    let number = |name: &str, value: &str| format!("${{if {value}}}&{name}=${{{value}}}${{end}}");
    let option = |name: &str| format!("${{if \"{name}\" | get_option}}&{name}=${{\"{name}\" | get_option | urlencode}}${{end}}");
    let mut block = "server_time=${.server_time}${if .orderInfo}".to_owned();
    block.extend(NUMBERS.iter().map(|(name, value)| number(name, value)));
    for (name, value) in TEXTS {
        let (parent, _) = value.rsplit_once('.').unwrap_or_default();
        let nested = parent != ".orderInfo";
        let field = text(name, value);
        block += &if nested { format!("${{if {parent}}}{field}${{end}}") } else { field };
    }
    block += "${end}";
    // A text or `{tip, tip_cover}`, as it is.
    block += "${if .pay_account_tip}&pay_account_tip=${.pay_account_tip | json | urlencode}${end}";
    block += &[text("pay_tip", ".pay_tip"), number("payed_wait_time", ".payed_wait_time"), text("contact", ".contact")].concat();
    block + &option("web_title") + &option("web_favicon")
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// The folder as one file, with its name at the top. The same content gives the same file.
fn zip(folder: &Path, name: &str, target: &Path) -> Result<()> {
    let mut files = Vec::new();
    list(folder, Path::new(name), &mut files)?;
    files.sort();
    let mut zip = ZipWriter::new(fs::File::create(target)?);
    let options = SimpleFileOptions::default().unix_permissions(0o644);
    for (inside, path) in files {
        zip.start_file(inside, options)?;
        zip.write_all(&fs::read(path)?)?;
    }
    zip.finish()?;
    Ok(())
}

fn list(folder: &Path, inside: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let inside = inside.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            list(&path, &inside, files)?;
        } else {
            files.push((inside.to_string_lossy().replace('\\', "/"), path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<meta name=saoma-order><script id=saoma-config type=application/json>{}</script>\
        <link href=./assets/a.js><link href=./assets/b.wasm><script src=./assets/g.js></script>";

    #[test]
    fn files_and_variables_are_the_engines() {
        let template = template(PAGE, Some(r#"{"title":"</script>"}"#)).unwrap();
        assert!(template.contains("href=${.templateAssets}/a.js") && template.contains("href=${.templateAssets}/b.wasm"));
        assert!(template.contains("<script src=${.templateAssets}/g.js></script>"));
        assert!(template.contains("&subject=${.orderInfo.subject | urlencode}"));
        assert!(template.contains("{\"title\":\"\\u003c/script>\"}"));
        assert_eq!(template.matches("${if").count(), template.matches("${end}").count());
    }

    #[test]
    fn a_delimiter_by_accident_fails_the_build() {
        let error = template(&format!("{PAGE}<script>`a${{b}}`</script>"), None).unwrap_err().to_string();
        assert!(error.contains("delimiter by accident") && error.contains("`a"), "{error}");
        assert!(template(PAGE, Some("{\"title\":\"${x}\"}")).is_err());
        assert!(template("<p>no places</p>", None).is_err());
        assert!(template(&format!("{PAGE}<script>import('./assets/a.js')</script>"), None).is_err());
    }

    #[test]
    fn a_name_is_what_the_gateway_takes() {
        for good in ["saoma", "Shop_2"] {
            check_name(good).unwrap();
        }
        for bad in ["", "a/b", "../x", "a b", "茶", "a-b", "."] {
            let error = check_name(bad).unwrap_err().to_string();
            assert!(error.contains("letters, digits and underscores"), "{error}");
        }
    }
}
