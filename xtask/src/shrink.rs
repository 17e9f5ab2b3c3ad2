//! Makes the application small: WebAssembly optimised, and names that nobody reads shortened on both sides of the border
//! between it and its glue.
//!
//! `wasm-bindgen` names each function that crosses the border after what it does, with a hash: some two hundred names that
//! do not compress, twice. `wasm-opt` gives them short ones and tells which; the glue is then changed to match.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{blank, glue, order, project, snip, split, step::run_quietly, tools};

/// What the compiler may have used.
pub(crate) const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Nothing of a Rust program lies in the first kilobyte of memory: its stack ends there.
///
/// What is computed twice is not kept in a variable instead: brotli has seen the first time. Names and the rest that no
/// browser reads are left out.
pub(crate) const PASSES: [&str; 13] = [
    "--low-memory-unused",
    "--skip-pass=local-cse",
    "--skip-pass=memory-packing",
    "--skip-pass=merge-locals",
    "--skip-pass=simplify-locals",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "-Oz",
    "--strip-producers",
    "--strip-target-features",
];
pub(crate) const ADVICE: &str = "delete .tools/npm and run the build again";

/// Shrinks the application in `folder`, and gives back `index.html` with its new names and hashes. `languages`: see [`glue::adapt`].
pub(crate) fn shrink(folder: &Path, page: &str, languages: &str) -> Result<String> {
    let glue_name = named_by(page, "modulepreload")?;
    let wasm = named_by(page, "preload")?;
    let (glue_file, wasm_file) = (folder.join(&glue_name), folder.join(&wasm));
    let assets = folder.join("assets");
    fs::create_dir_all(&assets)?;
    let split = split::split()?;
    fs::copy(&split.main, &wasm_file)?;
    snip::snip_panics(&wasm_file)?;
    let names = optimise(&wasm_file)?;
    order::order_functions(&wasm_file)?;
    blank::blank_panics(&wasm_file)?;
    fs::write(&glue_file, glue::adapt(&names.apply(&split.link(&assets)?)?, languages)?)?;
    minify(&glue_file)?;
    let page = rename(&page.replace('\r', ""), &wasm_file, &wasm, "wasm")?;
    let page = rename(&page, &glue_file, &glue_name, "js")?;
    yield_to_the_order(&run_by_element(folder, &page)?)
}

/// In a build for development, where nothing is made small: an element runs the glue.
pub(crate) fn hand_over(folder: &Path, page: &str, languages: &str) -> Result<String> {
    let file = folder.join(named_by(page, "modulepreload")?);
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    fs::write(&file, glue::adapt(&text, languages)?)?;
    run_by_element(folder, page)
}

/// The order's calls come first: the application travels when `first-paint/ask.js` has made them, and in what room they leave.
/// That script fetches it, which has its hash checked: to preload it would be to load it twice in WebKit, and unchecked in Chromium.
fn yield_to_the_order(page: &str) -> Result<String> {
    let yielding = page.replace(" rel=preload", " rel=saoma-application");
    ensure!(yielding.matches("rel=saoma-application").count() == 1, "index.html does not preload the application as it is expected to");
    Ok(yielding)
}

/// In place of the link to the glue, the element that runs it: see `run` in `first-paint/ask.js`.
fn run_by_element(folder: &Path, page: &str) -> Result<String> {
    let link = link(page, "modulepreload")?;
    let href = attribute(link, "href").context("the link to the glue names no file")?;
    // Below whatever address the page is put.
    let glue = fs::read(folder.join(href.trim_start_matches(['.', '/']))).with_context(|| format!("cannot read {href}"))?;
    let integrity = project::integrity(&glue);
    let element =
        format!("<script type=saoma/module id=saoma-glue src={href} integrity={integrity} crossorigin fetchpriority=low></script>");
    Ok(page.replacen(&format!("<{link}>"), &element, 1))
}

/// What stands between `<` and `>` of the first link of this kind.
fn link<'page>(page: &'page str, rel: &str) -> Result<&'page str> {
    let mut tags = page.split('<').filter_map(|part| Some(part.split_once('>')?.0));
    let link = tags.find(|tag| tag.starts_with("link ") && attribute(tag, "rel").as_deref() == Some(rel));
    link.with_context(|| format!("index.html has no {rel} link"))
}

/// The file that a link of this kind names.
fn named_by(page: &str, rel: &str) -> Result<String> {
    let href = attribute(link(page, rel)?, "href").with_context(|| format!("the {rel} link names no file"))?;
    let name = href.rsplit('/').next().unwrap_or_default();
    Ok(name.to_owned())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}="))?.1;
    let end = if value.starts_with('"') { '"' } else { ' ' };
    value.trim_start_matches('"').split(end).next().map(str::to_owned)
}

/// The names on both sides of the border, long and short.
struct Names {
    exports: Vec<(String, String)>,
    imports: Vec<(String, String)>,
    module: String,
}

fn optimise(file: &Path) -> Result<Names> {
    let mut optimise = tools::npm_program("wasm-opt");
    optimise.args(FEATURES).args(PASSES).arg("--minify-imports-and-exports-and-modules").arg(file).arg("-o").arg(file);
    let output = optimise.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start wasm-opt")?;
    ensure!(output.status.success(), "wasm-opt ended with {}; {ADVICE}", output.status);
    let text = String::from_utf8(output.stdout)?;
    let map: serde_json::Value = serde_json::from_str(&text).context("wasm-opt gave no map of names")?;
    let list = |key: &str| map.get(key).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let text = |entry: &serde_json::Value, at: usize| entry.get(at).and_then(serde_json::Value::as_str).map(str::to_owned);
    let exports: Option<_> = list("exports").iter().map(|entry| Some((text(entry, 0)?, text(entry, 1)?))).collect();
    let imports: Option<_> = list("imports").iter().map(|entry| Some((text(entry, 1)?, text(entry, 2)?))).collect();
    let modules = list("imports").iter().filter_map(|entry| text(entry, 0)).collect::<Vec<_>>();
    let module = modules.into_iter().find(|module| module.ends_with("_bg.js")).context("the application imports nothing of its glue")?;
    let names = Names { exports: exports.context("an export has no name")?, imports: imports.context("an import has no name")?, module };
    Ok(names)
}

impl Names {
    /// The glue with the short names. Each long one must be there, or the two sides would not fit.
    fn apply(&self, glue: &str) -> Result<String> {
        let mut glue = glue.to_owned();
        for (long, short) in &self.imports {
            let found = [format!("{long}: function("), format!("{long}(")].into_iter().find(|use_| glue.contains(use_.as_str()));
            let found = found.with_context(|| format!("the glue has no {long}"))?;
            glue = glue.replace(&found, &found.replace(long, &format!("\"{short}\"")));
        }
        for (long, short) in &self.exports {
            let changed = replace_word(&glue, &format!("wasm.{long}"), &format!("wasm[\"{short}\"]"));
            ensure!(changed != glue || !glue.contains(long.as_str()), "the glue uses {long} in a way that is not understood");
            glue = changed;
        }
        let module = format!("\"{}\"", self.module);
        ensure!(glue.contains(&module), "the glue does not name the module {module}");
        // The pass calls every module `a`.
        Ok(glue.replace(&module, "\"a\""))
    }
}

/// Replaces a name, but not one that only begins like it.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        let goes_on = after.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '$'));
        replaced.push_str(before);
        replaced.push_str(if goes_on { word } else { by });
        rest = after;
    }
    replaced + rest
}

fn minify(glue: &Path) -> Result<()> {
    let mut minify: Command = tools::npm_program("terser");
    // What wasm-bindgen writes constructs nothing with a function.
    minify
        .args(["--module", "--ecma", "2020", "--compress", "passes=2,unsafe_arrows", "--mangle", "--toplevel", "--output"])
        .arg(glue)
        .arg(glue);
    run_quietly(&mut minify, ADVICE)
}

/// Names a file by its content, and lets the page know.
fn rename(page: &str, file: &Path, name: &str, extension: &str) -> Result<String> {
    let content = fs::read(file)?;
    let hash = project::fingerprint(&content);
    let new_name = format!("saoma-{hash}.{extension}");
    let renamed: PathBuf = file.with_file_name("assets").join(&new_name);
    fs::rename(file, &renamed)?;
    let at = page.find(name).with_context(|| format!("index.html does not name {name}"))?;
    let (before, link) = page.split_at(at);
    // Trunk's hash is longer, and of the file as it was.
    let (kept, after) = link.split_once("sha384-").with_context(|| format!("the link to {name} has no integrity"))?;
    let end = after.find(|char: char| !(char.is_ascii_alphanumeric() || matches!(char, '+' | '/' | '='))).unwrap_or(after.len());
    let rest = after.get(end..).unwrap_or_default();
    Ok([before, &kept.replace(name, &format!("assets/{new_name}")), &project::integrity(&content), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_on_both_sides() {
        let names = Names {
            exports: vec![("run".into(), "b".into())],
            imports: vec![("__wbg_a_12".into(), "c".into())],
            module: "./saoma_bg.js".into(),
        };
        let glue = r#"wasm.run(); wasm.runner(); return { __proto__: null, __wbg_a_12: function(x) {} , "./saoma_bg.js": i }"#;
        let expected = r#"wasm["b"](); wasm.runner(); return { __proto__: null, "c": function(x) {} , "a": i }"#;
        assert_eq!(names.apply(glue).unwrap(), expected);
        assert!(names.apply("nothing").is_err());
    }

    #[test]
    fn a_link_is_found_by_its_kind() {
        let page = r#"<link rel=icon href="data:x"><link crossorigin href=/a/saoma-1.js integrity=sha384-x rel=modulepreload>"#;
        assert_eq!(named_by(page, "modulepreload").unwrap(), "saoma-1.js");
        assert!(named_by(page, "preload").is_err());
    }
}
