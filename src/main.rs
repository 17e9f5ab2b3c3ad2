//! Starts the page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    saoma::browser::run();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("This program runs in a browser. `cargo xtask demo` builds and serves it.");
}
