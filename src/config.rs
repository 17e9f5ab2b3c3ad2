//! What the page is told where it stands: the JSON data block `saoma-config` of `index.html`.
//!
//! A value that cannot be used is left out; the page works without any.

use crate::{json::Json, order::UnixSeconds};

/// The validated settings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Config {
    /// `server_time`: the gateway's clock when its server wrote this page, in unix seconds. It spares the page from
    /// waiting for the first `Date` header.
    pub server_time: Option<UnixSeconds>,
}

impl Config {
    /// Reads the data block. Numbers may stand there as text, as a template engine writes them.
    pub fn decode(block: &str) -> Self {
        let json = Json::read(block).unwrap_or(Json::Null);
        let number = |name| match json.field(name) {
            Some(Json::Number(text) | Json::Text(text)) => text.trim().parse::<i64>().ok(),
            _ => None,
        };
        Self { server_time: number("server_time").and_then(UnixSeconds::decode) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_time_is_read_as_number_and_as_text() {
        for block in [r#"{"server_time": 1717220000}"#, r#"{"server_time": "1717220000"}"#] {
            assert_eq!(Config::decode(block).server_time, UnixSeconds::decode(1_717_220_000));
        }
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        for block in ["", "{}", "[]", "no json", r#"{"server_time": ""}"#, r#"{"server_time": null}"#, r#"{"server_time": "soon"}"#] {
            assert_eq!(Config::decode(block), Config::default(), "{block}");
        }
    }
}
