//! Where things are.

use std::path::{Path, PathBuf};

/// The top folder of the project.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Pinned tools, each in a folder named after its version.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}
