//! Where things are.

use std::path::{Path, PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// The top folder of the project.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// What a file is named by: changes with its content.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// What browsers check a file by: `sha256-` and its hash.
pub(crate) fn integrity(content: &[u8]) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(content)))
}

/// Pinned tools, each in a folder named after its version.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}
