//! The last touch to the page: the application is made small, and the content security policy names each inline script
//! and style by its hash.
//!
//! Trunk calls this as a hook on the page that it has put together, before it becomes `dist/`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{first_paint, inline, project, shrink, words};

pub(crate) fn run() -> Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR").context("TRUNK_STAGING_DIR is not set: this task is called by Trunk")?;
    let folder = PathBuf::from(folder);
    let is_release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let file = folder.join("index.html");
    let page = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let languages = words::pack(&folder.join("assets/locales"))?;
    let page = first_paint::link(&folder, &inline::inline(&page, is_release)?)?;
    let page = name_embedded(&folder, &page, is_release)?;
    let page = if is_release { shrink::shrink(&folder, &page, &languages)? } else { shrink::hand_over(&folder, &page, &languages)? };
    let sealed = if env::var_os(OPEN_TO_RELOAD).is_some() { open_to_reload(&page) } else { seal(&page)? };
    fs::write(&file, sealed).with_context(|| format!("cannot write {}", file.display()))
}

/// Names the script that is loaded in a frame by its content, and lets the page know, with its hash. The one of the shop keeps its name.
fn name_embedded(folder: &Path, page: &str, is_release: bool) -> Result<String> {
    const PLACES: [&str; 2] = ["EMBEDDED_FILE", "EMBEDDED_INTEGRITY"];
    ensure!(PLACES.iter().all(|place| page.matches(place).count() == 1), "index.html must name {} once each", PLACES.join(" and "));
    let file = folder.join("assets/embedded.js");
    let script = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let script = if is_release { inline::minify(&script, &["--module"])? } else { script };
    let hash = project::fingerprint(script.as_bytes());
    let name = format!("saoma-embedded-{hash}.js");
    fs::write(file.with_file_name(&name), &script)?;
    fs::remove_file(&file)?;
    let shop_side = folder.join("assets/saoma-embed.js");
    if is_release {
        let script = fs::read_to_string(&shop_side).with_context(|| format!("cannot read {}", shop_side.display()))?;
        fs::write(&shop_side, inline::minify(&script, &["--ecma", "5"])?)?;
    }
    let [place_of_name, place_of_hash] = PLACES;
    Ok(page.replace(place_of_name, &name).replace(place_of_hash, &project::integrity(script.as_bytes())))
}

/// Set while Trunk serves with live reload: it adds a script of its own after this hook, which no hash can name.
pub(crate) const OPEN_TO_RELOAD: &str = "SAOMA_OPEN_TO_RELOAD";

/// The page under development. Its policy lets inline scripts and the reload socket in; and it names its files from the root, since Trunk's
/// server answers all else below `/pay/` with the page.
fn open_to_reload(page: &str) -> String {
    let page = page.replace("SCRIPT_HASHES", "'unsafe-inline'").replace("STYLE_HASHES", "'unsafe-inline'");
    page.replace("connect-src 'self'", "connect-src 'self' ws:").replace("=\"./", "=\"/")
}

/// Fills in the two places that `index.html` keeps for the hashes.
fn seal(page: &str) -> Result<String> {
    let (scripts, styles) = (hashes(page, "script"), hashes(page, "style"));
    for place in ["SCRIPT_HASHES", "STYLE_HASHES"] {
        ensure!(page.matches(place).count() == 1, "index.html must name {place} once, in its content security policy");
    }
    ensure!(!styles.is_empty(), "the page has no inline style: its first paint would be bare");
    Ok(page.replace("SCRIPT_HASHES", &scripts.join(" ")).replace("STYLE_HASHES", &styles.join(" ")))
}

/// The hashes of the inline elements of this name, as a policy writes them.
fn hashes(page: &str, element: &str) -> Vec<String> {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let inline = page.split(open.as_str()).skip(1).filter_map(|part| {
        let (tag, rest) = part.split_once('>')?;
        let (content, _) = rest.split_once(close.as_str())?;
        let runs = !tag.contains(" src=") && !tag.contains("application/json");
        let is_inline = runs && !content.is_empty() && (tag.is_empty() || tag.starts_with(char::is_whitespace));
        is_inline.then_some(content)
    });
    inline.map(|content| format!("'{}'", project::integrity(content.as_bytes()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<meta content="script-src SCRIPT_HASHES; style-src STYLE_HASHES"><style>a{}</style><script type="module">1</script><script src="x.js"></script>"#;

    #[test]
    fn inline_elements_are_named_by_their_hash() {
        let sealed = seal(PAGE).unwrap();
        // printf 1 | openssl dgst -sha256 -binary | base64
        assert!(sealed.contains("script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=';"), "{sealed}");
        assert!(sealed.contains("style-src 'sha256-"), "{sealed}");
        assert!(!sealed.contains("_HASHES"));
    }

    #[test]
    fn a_page_without_a_place_for_hashes_is_refused() {
        assert!(seal("<style>a{}</style>").is_err());
    }
}
