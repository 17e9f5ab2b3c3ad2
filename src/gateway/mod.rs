//! Bytes ⇄ order types: how each gateway is asked and how its answers are understood.
//!
//! This room uses `order` and nothing else of the page. It sends nothing and decides nothing.

mod wire;
mod xarr;

pub use wire::Reply;
pub use xarr::{Request, decode, pay_path, request, separate_path};
