//! Starts the page.

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    #[cfg(target_arch = "wasm32")]
    saoma::browser::run();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("This program runs in a browser. `cargo xtask demo` builds and serves it.");
}
