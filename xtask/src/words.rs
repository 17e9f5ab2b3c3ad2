//! The files of the words: without their keys, which the application knows, and with what each must be.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use saoma::i18n::{Locale, Messages};

use crate::project;

/// Ends the names of the files with all words.
const FULL: &str = ".full";

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
        fs::remove_file(&file)?;
        for (name, words) in [(locale.tag.to_owned(), &short), (format!("{}{FULL}", locale.tag), &full)] {
            // As `first-paint/words.js` names it.
            let mark: String = hash(words).chars().take(12).filter(char::is_ascii_alphanumeric).collect();
            fs::write(folder.join(format!("{name}-{mark}.json")), words)?;
        }
        hashes.push(hash(&short));
    }
    Ok(hashes.join(" "))
}

/// Whether this is a file with all words of a language.
pub(crate) fn is_full(file: &str) -> bool {
    file.starts_with("assets/locales/") && file.contains(&format!("{FULL}-"))
}
