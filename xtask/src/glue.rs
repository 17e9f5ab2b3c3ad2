//! What is changed in the glue, the script that `wasm-bindgen` writes: each place is expected to be as it was when this was written, or
//! the build fails.

use anyhow::{Result, ensure};

/// The glue gives the function that starts the application to the first paint, rather than to whoever imports it: an import is
/// checked by no hash. It takes what has been compiled, and nothing else that might have to be.
const EXPORTS: [&str; 2] = [
    "export { initSync, __wbg_init as default };",
    "window.saomaFirstPaint.begin = async (module) => __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);",
];
/// How many closures run, one within another.
const RUNNING: [&str; 2] = ["function makeClosure(arg0, arg1, f) {\n", "let running = 0;\n\nfunction makeClosure(arg0, arg1, f) {\n"];
/// One that may run within itself, and has to where it decides what an event does.
const SHARED: [&str; 2] = [
    "        state.cnt++;\n        try {\n            return f(state.a, state.b, ...args);\n        } finally {\n",
    "        state.cnt++;\n        running++;\n        try {\n            return f(state.a, state.b, ...args);\n        } finally {\n            running--;\n",
];
/// One that changes what it holds (`FnMut`) is called in a task of its own where another runs. Firefox may run what is due in the middle of a
/// script when the shopper goes from tab to tab, and what the script has begun to change must not be changed meanwhile. Of a closure that is
/// called within itself `wasm-bindgen` would lose the call, and no question would be asked and no answer be heard after that.
const EXCLUSIVE: [&str; 2] = [
    "        state.cnt++;\n        const a = state.a;\n        state.a = 0;\n        try {\n            return f(a, state.b, ...args);\n        } finally {\n",
    "        if (running) return void setTimeout(() => state.cnt && real(...args));\n        state.cnt++;\n        running++;\n        const a = state.a;\n        state.a = 0;\n        try {\n            return f(a, state.b, ...args);\n        } finally {\n            running--;\n",
];

/// The glue as the page needs it, with the hashes of the languages, which `first-paint/words.js` needs.
///
/// # Errors
/// Where `wasm-bindgen` has written something else than is expected.
pub(crate) fn adapt(glue: &str, languages: &str) -> Result<String> {
    let mut adapted = glue.to_owned();
    for [from, to] in [EXPORTS, RUNNING, SHARED, EXCLUSIVE] {
        ensure!(adapted.matches(from).count() == 1, "the glue does not say once, as it is expected to: {from}");
        adapted = adapted.replace(from, to);
    }
    Ok(adapted + &format!("\nwindow.saomaFirstPaint.languages = \"{languages}\";\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_are_changed_or_none() {
        let all = [EXPORTS, RUNNING, SHARED, EXCLUSIVE];
        let adapted = adapt(&all.map(|[from, _]| from).concat(), "a b").unwrap();
        assert_eq!(adapted, all.map(|[_, to]| to).concat() + "\nwindow.saomaFirstPaint.languages = \"a b\";\n");
        for missing in 0..all.len() {
            let others: String = all.iter().enumerate().filter(|(place, _)| *place != missing).map(|(_, [from, _])| *from).collect();
            assert!(adapt(&others, "").is_err());
        }
    }
}
