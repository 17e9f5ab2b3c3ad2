//! Who may use whom: the rooms of `src/` import downward only, and the pure ones know no browser. And lists that must be whole.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each room with all that it uses of the others: neither more nor less.
const ROOMS: [(&str, &[&str]); 11] = [
    ("text", &[]),
    ("sign", &[]),
    ("apart", &[]),
    ("json", &["text"]),
    ("order", &["json", "text"]),
    ("i18n", &["json", "text"]),
    ("gateway", &["json", "order", "text"]),
    ("config", &["gateway", "i18n", "json", "order", "text"]),
    ("checkout", &["order", "text"]),
    ("view", &["apart", "checkout", "config", "i18n", "order", "text"]),
    ("browser", &["apart", "checkout", "config", "gateway", "i18n", "order", "text", "view"]),
];
/// These compile and are tested without a browser, a clock or a file.
const PURE: [&str; 8] = ["text", "sign", "json", "order", "i18n", "gateway", "config", "checkout"];
/// What they must not name.
const OUTSIDE: [&str; 9] = ["gloo_timers", "js_sys", "leptos", "std::fs", "std::net", "std::time", "wasm_bindgen", "web_sys", "on_demand!"];

/// The files of a room: `src/room.rs`, or all below `src/room/`.
fn files(room: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (vec![source.join(format!("{room}.rs"))], vec![source.join(room)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.retain(|file| file.is_file());
    assert!(!files.is_empty(), "there is no room {room}");
    files
}

/// The code of a file, without its comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').next().unwrap_or_default()
}

/// The first words of all paths that begin with `start`: `a` and `b` of `crate::{a::x, b::{y, z}}`.
fn roots<'code>(code: &'code str, start: &str) -> BTreeSet<&'code str> {
    let mut roots = BTreeSet::new();
    for (at, _) in code.match_indices(start) {
        let rest = code[at + start.len()..].trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            roots.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut begins = true;
        for (at, char) in group.char_indices() {
            if begins && depth == 0 {
                roots.insert(word(&group[at..]));
                begins = false;
            }
            match char {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ => {}
            }
        }
    }
    // After the last comma of a group there is no word.
    roots.remove("");
    roots
}

#[test]
fn every_room_uses_what_is_below_it() {
    let names: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (room, _) in ROOMS {
        for file in files(room) {
            let code = code(&file);
            assert!(!code.contains("super::super"), "{} climbs out of its file", file.display());
            // From the top file of a room `super` is the crate.
            let is_top = file.ends_with(format!("{room}.rs")) || file.ends_with("mod.rs");
            let upward = if is_top { roots(&code, "super::") } else { BTreeSet::new() };
            let found = roots(&code, "crate::").into_iter().chain(upward).filter(|root| names.contains(root) && *root != room);
            used.entry(room).or_default().extend(found.map(str::to_owned));
        }
    }
    for (at, (room, allowed)) in ROOMS.into_iter().enumerate() {
        let expected: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(used.get(room), Some(&expected), "{room} uses (left) other rooms than it says (right)");
        let below: BTreeSet<&str> = ROOMS[..at].iter().map(|(room, _)| *room).collect();
        assert!(allowed.iter().all(|name| below.contains(name)), "{room} is below what it uses");
    }
}

#[test]
fn the_pure_rooms_know_no_browser() {
    for room in PURE {
        for file in files(room) {
            let code = code(&file);
            for outside in OUTSIDE {
                assert!(!code.contains(outside), "{} names {outside}", file.display());
            }
        }
    }
}

/// The names of the screens stand in one file; what lists them by hand, for scripts of the shop and for the gallery, has all of them.
#[test]
fn every_screen_is_in_the_documents_and_in_the_gallery() {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let (source, documents, gallery) = (read("src/checkout/view_model.rs"), read("docs/embed.md"), read("tests/e2e/src/screens.rs"));
    let names: BTreeSet<&str> = source.lines().filter_map(|line| line.split_once("=> \"")?.1.split('"').next()).collect();
    assert!(names.len() > 15 && names.contains("paid"), "{names:?}");
    for name in names {
        assert!(documents.contains(&format!("`{name}`")), "docs/embed.md does not name {name}");
        let is_shown = [format!("data-screen={name}]"), format!("data-screen='{name}'"), format!("\"{name}\""), format!("'{name}'")];
        assert!(is_shown.iter().any(|form| gallery.contains(form)), "tests/e2e/src/screens.rs does not show {name}");
    }
}

#[test]
fn a_path_is_found_in_every_form() {
    assert_eq!(roots("use crate::order::Fen;", "crate::").into_iter().collect::<Vec<_>>(), ["order"]);
    let group = "pub(super) use crate::{\n    checkout::{Event, View},\n    order,\n    text::int,\n}; fn x() { crate::json::read() }";
    assert_eq!(roots(group, "crate::").into_iter().collect::<Vec<_>>(), ["checkout", "json", "order", "text"]);
}
