//! Splits the application: what is marked `on_demand!` (see `src/apart.rs`), and all that only it needs, goes into files of
//! its own, which the glue fetches when they are called first.
//!
//! `wasm-split-cli` reads the linker's relocations and takes the module apart before `wasm-bindgen` sees it. The script that
//! it writes for loading the parts is read for their names; one of our own takes its place, inside the glue, so that the
//! two need not know each other's hashed names.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{order, project, shrink, step::run_quietly, tools};

/// The main part and its glue, and the others in the order in which the glue names them.
pub(crate) struct Split {
    pub(crate) glue: String,
    pub(crate) main: PathBuf,
    parts: Vec<Part>,
}

/// A part of the application.
struct Part {
    /// What its loader is called in the script of `wasm-split-cli`.
    name: String,
    file: PathBuf,
    /// The parts that have to be there before it.
    needs: Vec<String>,
}

/// The part that every page asks for once it is shown (`src/browser/beside.rs`); what it needs is named after it too.
const EVERY_PAGE: &str = "beside";

/// What the linker has to leave for `wasm-split-cli`.
pub(crate) const RUSTFLAGS: &str = "-Clink-args=--emit-relocs";
const ADVICE: &str = "delete .tools and target, and run the build again";

/// Takes the release build apart, and makes glue for its main part.
pub(crate) fn split() -> Result<Split> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| project::root().join("target"), PathBuf::from);
    let folder = target.join("split");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let whole = target.join("wasm32-unknown-unknown/release/saoma.wasm");
    let mut split = tools::split();
    run_quietly(split.args(["--target", "web", "--out-name", "saoma"]).arg(&whole).arg(&folder), ADVICE)?;
    let mut bind = tools::wasm_bindgen();
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "saoma", "--out-dir"]).arg(folder.join("bound"));
    run_quietly(bind.arg(folder.join("saoma.wasm")), ADVICE)?;
    let script = fs::read_to_string(folder.join("__wasm_split.js"))?;
    let glue = fs::read_to_string(folder.join("bound/saoma.js"))?;
    let parts = with_one_of_what_is_shared(parts(&script, &folder)?, &folder)?;
    Ok(Split { glue, main: folder.join("bound/saoma_bg.wasm"), parts })
}

/// What several parts have in common comes in files of its own, one for each set of parts, some of a few bytes: each would be a
/// request, and a hash in the glue. Here they become two: what the part that every page asks for needs, and the rest.
fn with_one_of_what_is_shared(parts: Vec<Part>, folder: &Path) -> Result<Vec<Part>> {
    let (shared, mut parts): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| part.name.starts_with("__chunk_"));
    ensure!(shared.iter().all(|part| part.needs.is_empty()), "what is shared needs something itself");
    let asked_for = parts.iter().find(|part| part.short_name() == EVERY_PAGE).context("there is no part that every page asks for")?;
    let (near, far): (Vec<Part>, Vec<Part>) = shared.into_iter().partition(|part| asked_for.needs.contains(&part.name));
    let mut merged = Vec::new();
    for (name, group) in [("__shared", near), ("__common", far)] {
        if group.is_empty() {
            continue;
        }
        for part in &mut parts {
            let needs = part.needs.len();
            part.needs.retain(|need| !group.iter().any(|part| part.name == *need));
            if part.needs.len() < needs {
                part.needs.push(name.to_owned());
            }
        }
        let file = folder.join(format!("{name}.wasm"));
        merge(&group, &file)?;
        merged.push(Part { name: name.to_owned(), file, needs: Vec::new() });
    }
    merged.append(&mut parts);
    Ok(merged)
}

/// Makes one module of several.
fn merge(parts: &[Part], file: &Path) -> Result<()> {
    let mut merge = tools::npm_program("wasm-merge");
    for part in parts {
        merge.arg(&part.file).arg(&part.name);
    }
    // Until each thing is imported once, there are several memories.
    run_quietly(merge.args(shrink::FEATURES).args(["--enable-multimemory", "-S", "-o"]).arg(file), ADVICE)?;
    let text = imported_once(&fs::read_to_string(file)?).context("the output of wasm-merge is not understood")?;
    let source = file.with_extension("wat");
    fs::write(&source, text)?;
    run_quietly(tools::npm_program("wasm-as").args(shrink::FEATURES).arg(&source).arg("-o").arg(file), ADVICE)
}

/// The text of a module in which nothing is imported twice.
fn imported_once(text: &str) -> Option<String> {
    let (mut known, mut names, mut kept) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for line in text.lines() {
        if let Some(import) = line.strip_prefix(" (import ") {
            // `"MODULE" "FIELD" (KIND $NAME …))`
            let (what, rest) = import.split_once(" (")?;
            let name = rest.split_whitespace().nth(1)?.trim_end_matches(')');
            // A quoted one may hold blanks.
            if name.contains('"') {
                return None;
            }
            match known.get(what) {
                Some(first) => {
                    names.insert(name, *first);
                    continue;
                }
                None => known.insert(what, name),
            };
        }
        kept.push(line);
    }
    let mut text = kept.join("\n");
    for (name, first) in names {
        for end in [' ', ')', '\n'] {
            text = text.replace(&format!(" {name}{end}"), &format!(" {first}{end}"));
        }
    }
    Some(text)
}

/// Reads `const NAME = …(new URL("./FILE", …) … [NEEDS])` of the script, which stands at the beginning of a line.
fn parts(script: &str, folder: &Path) -> Result<Vec<Part>> {
    let script = format!("\n{}", script.replace("\nexport const ", "\nconst "));
    let parts: Option<Vec<Part>> = script.split("\nconst ").skip(1).map(|definition| part(definition, folder)).collect();
    let parts = parts.context("the script of wasm-split-cli is not understood")?;
    ensure!(!parts.is_empty(), "nothing was split off: is anything marked on_demand?");
    Ok(parts)
}

fn part(definition: &str, folder: &Path) -> Option<Part> {
    let (name, rest) = definition.split_once(" = ")?;
    let (file, rest) = rest.split_once("new URL(\"./")?.1.split_once('"')?;
    // The last brackets are those of the list of needs.
    let (needs, _) = rest.rsplit_once('[')?.1.split_once(']')?;
    let needs = needs.split(',').map(str::trim).filter(|need| !need.is_empty()).map(str::to_owned).collect();
    Some(Part { name: name.to_owned(), file: folder.join(file), needs })
}

impl Split {
    /// Writes the parts, small and named by their content, into `folder`, and gives back the glue that fetches them.
    pub(crate) fn link(&self, folder: &Path) -> Result<String> {
        let mut link = include_str!("link.js").replace("{ SHARED }", &format!("{{ {} }}", self.shared()?.join(", ")));
        let mut loaders = String::new();
        for part in &self.parts {
            let mut optimise = tools::npm_program("wasm-opt");
            optimise.args(shrink::FEATURES).args(shrink::PASSES).arg("--strip-debug").arg(&part.file).arg("-o").arg(&part.file);
            run_quietly(&mut optimise, ADVICE)?;
            order::order_functions(&part.file)?;
            let content = fs::read(&part.file)?;
            let name = part.short_name().replace('_', "-");
            let prefix = if self.is_needed_by_every_page(part) && name != EVERY_PAGE { format!("{EVERY_PAGE}-") } else { String::new() };
            fs::write(folder.join(format!("saoma-{prefix}{name}-{}.wasm", project::fingerprint(&content))), &content)?;
            let hash: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
            let needs = part.needs.iter().map(|need| format!("part_{need}")).collect::<Vec<_>>().join(", ");
            link += &format!("const part_{} = part(\"{prefix}{name}\", \"{hash}\", [{needs}]);\n", part.name);
            if part.name.starts_with("__wasm_split_load_") {
                let name = &part.name;
                loaders += &format!("{name}: function(callback, data) {{ fetched(part_{name}, callback, data); }},\n");
            }
        }
        let is_import = |line: &&str| line.contains("\"./__wasm_split.js\"");
        ensure!(self.glue.lines().any(|line| is_import(&line)), "the glue does not load the parts: is anything marked on_demand?");
        let glue: String = self.glue.lines().filter(|line| !is_import(line)).map(|line| format!("{line}\n")).collect();
        let anchor = "const import0 = {\n        __proto__: null,\n";
        ensure!(glue.matches(anchor).count() == 1, "the glue has no one list of imports");
        Ok(link + &glue.replace(anchor, &format!("{anchor}{loaders}")))
    }

    fn is_needed_by_every_page(&self, part: &Part) -> bool {
        let asked_for = self.parts.iter().find(|part| part.short_name() == EVERY_PAGE);
        asked_for.is_some_and(|asked_for| asked_for.name == part.name || asked_for.needs.contains(&part.name))
    }

    /// What the parts take from the main part: all that its exports call like that.
    fn shared(&self) -> Result<Vec<String>> {
        let script = self.main.with_file_name("../__wasm_split.js");
        let script = fs::read_to_string(script)?;
        let names = script.split_once("const { ").and_then(|(_, rest)| Some(rest.split_once('}')?.0)).context("the parts share nothing")?;
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(names.map(|name| format!("{name}: wasm.{name}")).collect())
    }
}

impl Part {
    /// What it is called in `on_demand!`, or what is shared.
    fn short_name(&self) -> &str {
        self.name.trim_start_matches("__wasm_split_load_").trim_start_matches("__")
    }
}

/// Whether this file of `dist/` belongs to the part that every page asks for.
pub(crate) fn is_for_every_page(file: &str) -> bool {
    file.starts_with(&format!("assets/saoma-{EVERY_PAGE}-"))
}

/// Whether this file of `dist/` comes on demand, and not to every page: `assets/saoma-NAME-HASH.wasm`, and the scripts for a frame.
pub(crate) fn is_part(file: &str) -> bool {
    (file.matches('-').count() > 1 && !is_for_every_page(file)) || file.ends_with("saoma-embed.js")
}

/// The program's own arguments, for the build that is to be taken apart.
pub(crate) fn prepare(build: &mut Command) {
    build.args(["--features", "split"]).env("CARGO_PROFILE_RELEASE_STRIP", "none");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_imported_twice() {
        let text = "(module\n (import \"m\" \"memory\" (memory $a 16))\n (import \"m\" \"memory\" (memory $b$1 16))\n \
                    (data (memory $b$1) (i32.const 1) \"x\")\n (data $b$10 (memory $a) (i32.const 2) \"y\")\n (data $c$b$1 (memory $b$1) (i32.const 3) \"z\")\n)";
        let once = "(module\n (import \"m\" \"memory\" (memory $a 16))\n \
                    (data (memory $a) (i32.const 1) \"x\")\n (data $b$10 (memory $a) (i32.const 2) \"y\")\n (data $c$b$1 (memory $a) (i32.const 3) \"z\")\n)";
        assert!(imported_once(" (import \"m\" \"memory\" (memory $\"a b\" 16))").is_none());
        assert_eq!(imported_once(text).unwrap(), once);
    }

    #[test]
    fn parts_are_read_with_what_they_need() {
        let script = "import { initSync } from \"./saoma.js\";\nlet x;\n/* a, b */\nconst __chunk_1 = makeLoad(() => {\n    const src = fetch(new URL(\"./chunk_1.wasm\", import.meta.url));\n}\n, []);\n\
            export const __wasm_split_load_a = wrapAsyncCb(makeLoad(() => {\n    const src = fetch(new URL(\"./split_a.wasm\", import.meta.url));\n}\n, [__chunk_1]));\n";
        let parts = parts(script, Path::new("/x")).unwrap();
        let read: Vec<_> = parts.iter().map(|part| (part.name.as_str(), part.file.to_str().unwrap(), part.needs.join(","))).collect();
        assert_eq!(
            read,
            [("__chunk_1", "/x/chunk_1.wasm", String::new()), ("__wasm_split_load_a", "/x/split_a.wasm", "__chunk_1".to_owned())]
        );
        assert!(super::parts("nothing", Path::new("/x")).is_err());
    }
}
