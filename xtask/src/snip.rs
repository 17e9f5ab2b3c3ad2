//! Takes the ways out of a panic from the application: what would format a message that nobody reads.
//!
//! A panic of the page ends in a trap, and it does so at once when the functions that panics call do nothing but trap.
//! `wasm-opt` then drops what only they needed, and what was prepared for them at every place that may panic.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::wasm::{Reader, imported_functions, put_number};

/// Functions that never come back, by the beginnings of their names.
const NEVER_BACK: [&str; 12] = [
    "<alloc::vec::Vec<_, _>>::remove::assert_failed",
    "__rustc::rust_begin_unwind",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::panic_already_",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_",
    "std::thread::local::panic_access_error",
];
/// What formats a message, by the ends of their names: the page formats nothing else by these, and `core::fmt::write`, which
/// calls them, goes with the panics.
const FORMATTERS: [&str; 2] = [" as core::fmt::Debug>::fmt", " as core::fmt::Display>::fmt"];
/// … and what those call.
const FORMATTER: &str = "<core::fmt::Formatter>::";
/// No locals, `unreachable`, `end`.
const TRAP: [u8; 3] = [0, 0, 0x0b];

/// Replaces the bodies of those functions in a WebAssembly file that still has its names.
pub(crate) fn snip_panics(file: &Path) -> Result<()> {
    let module = fs::read(file)?;
    let not_understood = || format!("{} is not understood", file.display());
    let snipped = named(&module).with_context(not_understood)?;
    ensure!(snipped.len() > 3, "the application names {} functions of a panic; are its names still there?", snipped.len());
    fs::write(file, replaced(&module, &snipped).with_context(not_understood)?).context("cannot write the application")
}

/// The indices of the functions, by the section of names.
fn named(module: &[u8]) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for (id, content) in Reader::new(module).sections()? {
        let mut reader = Reader::within(module, content.clone());
        if id != 0 || reader.text()? != "name" {
            continue;
        }
        while reader.at() < content.end {
            let (kind, length) = (reader.byte()?, reader.number()?);
            let end = reader.at() + length;
            if kind == 1 {
                for _ in 0..reader.number()? {
                    let (index, name) = (reader.number()?, reader.text()?);
                    let name = without_hashes(&rustc_demangle::demangle(name).to_string());
                    let starts = NEVER_BACK.iter().chain([&FORMATTER]).any(|start| name.starts_with(start));
                    if starts || FORMATTERS.iter().any(|end| name.ends_with(end)) {
                        found.push(index);
                    }
                }
            }
            reader.skip_to(end);
        }
    }
    Some(found)
}

/// `core[0123456789abcdef]::panicking` without the hash that tells one version of a crate from another.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| match part.split_once(']') {
        Some((hash, rest)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => plain + rest,
        _ => plain + "[" + part,
    })
}

/// The module with those functions replaced.
fn replaced(module: &[u8], functions: &[usize]) -> Option<Vec<u8>> {
    let sections = Reader::new(module).sections()?;
    let imported = sections.iter().find(|(id, _)| *id == 2).map_or(Some(0), |(_, content)| imported_functions(module, content.clone()))?;
    let mut written = module.get(..8)?.to_vec();
    for (id, content) in sections {
        let body = module.get(content.clone())?;
        written.push(id);
        if id != 10 {
            put_number(&mut written, body.len());
            written.extend_from_slice(body);
            continue;
        }
        let mut reader = Reader::within(module, content);
        let count = reader.number()?;
        let mut code = Vec::new();
        put_number(&mut code, count);
        for index in 0..count {
            let length = reader.number()?;
            let body = module.get(reader.at()..reader.at() + length)?;
            let body = if functions.contains(&(index + imported)) { &TRAP } else { body };
            put_number(&mut code, body.len());
            code.extend_from_slice(body);
            reader.skip_to(reader.at() + length);
        }
        put_number(&mut written, code.len());
        written.extend(code);
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, u8::try_from(content.len()).unwrap()], content].concat()
    }

    #[test]
    fn a_function_of_a_panic_traps_and_others_stay() {
        let head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
        // One imported function of type 0, so the module's own are 1 and 2.
        let imports = section(2, &[1, 1, b'a', 1, b'b', 0, 0]);
        let code = section(10, &[2, 4, 0, 0x01, 0x01, 0x0b, 4, 0, 0x01, 0x01, 0x0b]);
        let long = b"core[0123456789abcdef]::panicking::panic";
        let names = [&[2, 1, 2, b'o', b'k', 2, u8::try_from(long.len()).unwrap()], &long[..]].concat();
        let names = section(0, &[&[4], b"name".as_slice(), &section(1, &names)].concat());
        let module = [&head[..], &imports, &code, &names].concat();
        let found = named(&module).unwrap();
        assert_eq!(found, [2]);
        let expected = [&head[..], &imports, &section(10, &[2, 4, 0, 0x01, 0x01, 0x0b, 3, 0, 0, 0x0b]), &names].concat();
        assert_eq!(replaced(&module, &found).unwrap(), expected);
    }
}
