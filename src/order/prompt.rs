//! What a shopper hears.

use super::safe_url::{is_plain, is_relative, is_web};

/// The prompt of an order: a recording, words to speak, or both.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prompt {
    /// A recording. It wins over the words.
    pub url: Option<AudioUrl>,
    /// The words, such as "请支付0.01": spoken where there is no recording, and always on the page.
    pub words: Option<String>,
}

/// The address of a recording: http(s), or relative to the page's own host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AudioUrl(String);

impl AudioUrl {
    /// Refuses other schemes and disguised addresses.
    pub fn decode(raw: &str) -> Option<Self> {
        (is_plain(raw) && (is_web(raw) || is_relative(raw))).then(|| Self(raw.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
