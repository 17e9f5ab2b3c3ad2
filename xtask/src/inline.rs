//! Puts the scripts of the first paint into the page, small, and in words that old browsers understand.
//!
//! Trunk's own minifier would write arrow functions and template literals for them.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use saoma::i18n::Locale;

use crate::{project, tools};

/// Fills `<script type="saoma/script" data-file="FILE,FILE">`, and makes the module script small, if `small`. Styles beside each
/// other become one: each would have a hash in the policy.
pub(crate) fn inline(page: &str, small: bool) -> Result<String> {
    let mut filled = String::with_capacity(page.len() + 4096);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<script") {
        let (tag, after) = after.split_once('>').context("index.html ends within a tag")?;
        let (content, after) = after.split_once("</script>").context("index.html ends within a script")?;
        filled.push_str(before);
        if tag.contains("saoma/script") {
            let files = tag.split_once("data-file=").map(|(_, files)| files.split([' ', '>']).next().unwrap_or_default().trim_matches('"'));
            let mut script = String::new();
            for file in files.context("a script of index.html names no file")?.split(',') {
                let file = project::root().join(file);
                script += &fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            }
            let script = fill_in(&script);
            let script = if small { without_reasons(&minify(&script, &["--ecma", "5"])?) } else { script };
            filled += &format!("<script>{}</script>", script.trim());
        } else if small && tag.contains("module") && !tag.contains("nomodule") && !content.is_empty() {
            filled += &format!("<script{tag}>{}</script>", minify(content, &["--module"])?.trim());
        } else {
            filled += &format!("<script{tag}>{content}</script>");
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled.replace("</style><style>", ""))
}

/// Whatever is thrown in the first paint is caught there, and nobody reads why: the words are for readers of the source.
fn without_reasons(script: &str) -> String {
    let mut parts = script.split("throw new ");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once("Error(\"").filter(|(kind, _)| kind.chars().all(char::is_alphabetic));
        let after = rest.and_then(|(_, rest)| Some(rest.split_once("\")")?.1));
        short += &after.map_or_else(|| format!("throw new {part}"), |after| format!("throw 0{after}"));
    }
    short
}

/// What a script of the first paint needs of the rest of the project.
fn fill_in(script: &str) -> String {
    let tags = Locale::ALL.iter().map(|locale| locale.tag).collect::<Vec<_>>().join(" ");
    script.replace("LOCALE_TAGS", &tags)
}

pub(crate) fn minify(script: &str, options: &[&str]) -> Result<String> {
    let mut terser: Command = tools::npm_program("terser");
    terser.args(options).args(["--compress", "passes=2", "--mangle"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = terser.spawn().context("cannot start terser; delete .tools/npm and run the build again")?;
    child.stdin.take().context("terser takes no input")?.write_all(script.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "terser ended with {}: a script of first-paint/ is not understood", output.status);
    let script = String::from_utf8(output.stdout)?;
    ensure!(!script.contains("</"), "a script of first-paint/ holds the end of a tag");
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_left_out_and_nothing_else() {
        let script = r#"if(a)throw new Error("no (code)");throw new TypeError("x"),new Error("y");throw new Error(b);"#;
        assert_eq!(without_reasons(script), r#"if(a)throw 0;throw 0,new Error("y");throw new Error(b);"#);
    }
}
