//! The files of the words: without their keys, which the application knows, and with what each must be.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use saoma::i18n::{Locale, Messages};

use crate::project;

/// Packs the languages in `folder`: in short, and in full for whoever needs all words. Gives back the hashes of the short files, in
/// the order of the locales; each of these has the hash of the full one.
pub(crate) fn pack(folder: &Path) -> Result<String> {
    // What is the same in all of them is added in `first-paint/words.js`.
    let hash = |file: &str| project::integrity(file.as_bytes()).trim_start_matches("sha256-").trim_end_matches('=').to_owned();
    let mut hashes = Vec::new();
    for locale in Locale::ALL {
        let file = folder.join(format!("{}.json", locale.tag));
        let words = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let [short, full] = Messages::pack(&words, hash).with_context(|| format!("{} misses a text", file.display()))?;
        hashes.push(hash(&short));
        fs::write(&file, short)?;
        fs::write(file.with_extension("full.json"), full)?;
    }
    Ok(hashes.join(" "))
}
