//! What the standard library does to texts with a panic, done without one: a panic brings its message and all that prints it.

/// The text before a byte index and from it on; two empty ones for an index within a character.
pub(crate) fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or_default()
}
