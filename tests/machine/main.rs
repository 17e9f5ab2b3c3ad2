//! The rules of the checkout, as properties: whatever a gateway, a network and a shopper do, they hold.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is a failure")]

mod action;
mod details;
mod flow;
mod page;
mod paid;
mod polling;
mod rules;
mod screens;
mod tabs;
mod terms;
mod time;
mod visits;
mod wallet;
