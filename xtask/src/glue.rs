//! What is changed in the glue, the script that `wasm-bindgen` writes, before it is made small: each place is expected to be as it was
//! when this was written, or the build fails.

use anyhow::{Result, ensure};

/// The glue gives the function that starts the application to the first paint, rather than to whoever imports it: an import is
/// checked by no hash. It takes what has been compiled, and nothing else that might have to be.
const EXPORTS: [&str; 2] = [
    "export { initSync, __wbg_init as default };",
    "window.saomaFirstPaint.begin = async (module) => __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);",
];
/// A closure that is called while it runs is called again when it is over. `wasm-bindgen` throws instead, and what was to be done is lost:
/// Firefox may run what is due in the middle of a script when the shopper goes from tab to tab, and of all that waits for an answer nothing
/// would go on after that.
const CALLED_WITHIN: [&str; 2] = [
    "        state.cnt++;\n        const a = state.a;\n        state.a = 0;\n",
    "        if (!state.a && state.cnt) return void setTimeout(real, 0, ...args);\n        state.cnt++;\n        const a = state.a;\n        state.a = 0;\n",
];

/// The glue as the page needs it.
///
/// # Errors
/// Where `wasm-bindgen` has written something else than is expected.
pub(crate) fn adapt(glue: &str) -> Result<String> {
    let mut adapted = glue.to_owned();
    for [from, to] in [EXPORTS, CALLED_WITHIN] {
        ensure!(adapted.matches(from).count() == 1, "the glue does not say once, as it is expected to: {from}");
        adapted = adapted.replace(from, to);
    }
    Ok(adapted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_places_are_changed_or_none() {
        let glue = [EXPORTS, CALLED_WITHIN].map(|[from, _]| from).concat();
        assert_eq!(adapt(&glue).unwrap(), [EXPORTS, CALLED_WITHIN].map(|[_, to]| to).concat());
        assert!(adapt(EXPORTS[0]).is_err() && adapt(CALLED_WITHIN[0]).is_err());
    }
}
