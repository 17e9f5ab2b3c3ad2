//! **Saoma** (扫码, "scan the code"): the page on which a shopper pays.
//!
//! ```text
//!                     ┌────────────────────── src/ ───────────────────────┐
//!  address, settings ─▶ browser ──Event──▶ checkout ──Effect──▶ browser ──┼─▶ HTTP, timer, sound, wallet, redirect
//!                     │   ▲                   │                    │      │
//!                     │   └── gateway (bytes ⇄ order types) ◀──────┘      │
//!                     │                       └──ViewModel──▶ view ───────┼─▶ the page
//!                     └───────────────────────────────────────────────────┘
//! ```
//!
//! Data flows one way. [`checkout`] decides everything and touches nothing; `browser` touches everything and decides
//! nothing; `view` shows a view model and sends events; [`gateway`] turns bytes into order types and back; [`order`]
//! holds those types. `browser` and `view` exist only in a browser; everything else compiles and is tested natively.

extern crate alloc;

pub mod checkout;
pub mod config;
pub mod gateway;
pub mod i18n;
mod json;
pub mod order;
#[cfg(not(target_arch = "wasm32"))]
pub mod sign;
mod text;

#[cfg(target_arch = "wasm32")]
mod apart;
#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod view;
