//! What of the page comes in files of its own.
//!
//! The release build turns the feature `split` on and splits the page: see `xtask/src/split.rs`. Everywhere else the page
//! is one piece, and what is awaited is there at once.

/// A function that comes in a file of its own when it is called first, where the build splits the page. It is awaited, and
/// is an error where the file does not come. Functions of the same chunk come together.
macro_rules! on_demand {
    ($chunk:ident, $(#[$doc:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty $body:block) => {
        $(#[$doc])*
        #[cfg(feature = "split")]
        #[on_demand::wasm_split($chunk, wasm_split_path = ::on_demand, fallible)]
        $vis fn $name($($argument: $type),*) -> Result<$output, on_demand::SplitLoaderError> {
            Ok($body)
        }

        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        $vis async fn $name($($argument: $type),*) -> Result<$output, core::convert::Infallible> {
            Ok($body)
        }
    };
}
pub(crate) use on_demand;
