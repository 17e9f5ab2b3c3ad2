//! Blanks the places that a panic names: file, line and column.
//!
//! A panic of the page ends in a trap, and nothing prints its message: there is no standard error in a browser, and the page
//! sets no hook. So the names of source files in the application, and the line numbers beside them, are never read.

use std::{fs, ops::Range, path::Path};

use anyhow::{Context, Result, ensure};

/// Blanks them in the data of a WebAssembly file, whose size stays: zeros weigh nothing once they are compressed.
pub(crate) fn blank_panics(file: &Path) -> Result<()> {
    let mut module = fs::read(file)?;
    let segments = data_segments(&module).with_context(|| format!("{} is not understood", file.display()))?;
    let names: Vec<Name> = segments.iter().flat_map(|segment| source_names(&module, segment)).collect();
    ensure!(!names.is_empty(), "no source file is named in the application; is it the right one?");
    for segment in &segments {
        // `core::panic::Location`: address and length of the name, line, column.
        for at in segment.bytes.clone().take(segment.bytes.len().saturating_sub(15)) {
            let word =
                |offset: usize| module.get(at + offset..at + offset + 4).and_then(|word| Some(u32::from_le_bytes(word.try_into().ok()?)));
            let is_location = names.iter().any(|name| word(0) == Some(name.address) && word(4) == Some(name.length));
            if is_location && let Some(location) = module.get_mut(at..at + 16) {
                location.fill(0);
            }
        }
    }
    for name in names {
        if let Some(text) = module.get_mut(name.bytes) {
            text.fill(0);
        }
    }
    fs::write(file, module).context("cannot write the application")
}

/// A part of the application's memory as it starts.
struct Segment {
    address: u32,
    bytes: Range<usize>,
}

/// The name of a source file.
struct Name {
    address: u32,
    bytes: Range<usize>,
    length: u32,
}

/// The names in a segment: what begins like the folder of a library and ends in `.rs`.
fn source_names(module: &[u8], segment: &Segment) -> Vec<Name> {
    const FOLDERS: [&[u8]; 5] = [b"/rustc/", b"/rust/deps/", b"/cargo/", b"/saoma/", b"src/"];
    let mut names = Vec::new();
    let mut at = segment.bytes.start;
    while at < segment.bytes.end {
        let rest = module.get(at..segment.bytes.end).unwrap_or_default();
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.');
        let path = rest.get(..rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len())).unwrap_or_default();
        let end = path.windows(3).position(|window| window == b".rs").map(|end| end + 3);
        match end.filter(|_| FOLDERS.iter().any(|folder| rest.starts_with(folder))) {
            Some(length) => {
                let offset = u32::try_from(at - segment.bytes.start).unwrap_or(u32::MAX);
                let address = segment.address.saturating_add(offset);
                names.push(Name { address, bytes: at..at + length, length: u32::try_from(length).unwrap_or(u32::MAX) });
                at += length;
            }
            None => at += 1,
        }
    }
    names
}

/// The active segments of the data section.
fn data_segments(module: &[u8]) -> Option<Vec<Segment>> {
    let mut reader = Reader { bytes: module, at: 8 };
    while reader.at < module.len() {
        let (id, length) = (reader.byte()?, reader.number()?);
        if id != 11 {
            reader.at += length;
            continue;
        }
        let mut segments = Vec::new();
        for _ in 0..reader.number()? {
            // Active, in memory 0: `i32.const ADDRESS end`.
            let (kind, code) = (reader.byte()?, reader.byte()?);
            let address = u32::try_from(reader.number()?).ok()?;
            (kind == 0 && code == 0x41 && reader.byte()? == 0x0b).then_some(())?;
            let length = reader.number()?;
            segments.push(Segment { address, bytes: reader.at..reader.at + length });
            reader.at += length;
        }
        return Some(segments);
    }
    None
}

struct Reader<'module> {
    at: usize,
    bytes: &'module [u8],
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// LEB128. An address is written signed; below 2 GB that is the same.
    fn number(&mut self) -> Option<usize> {
        let (mut number, mut shift) = (0_usize, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 127).checked_shl(shift)?;
            shift += 7;
            if byte < 128 {
                return Some(number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one segment at address 16.
    fn module(data: &[u8]) -> Vec<u8> {
        let length = u8::try_from(data.len()).unwrap();
        let head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 11, length + 6, 1, 0, 0x41, 16, 0x0b, length];
        [&head[..], data].concat()
    }

    #[test]
    fn names_and_places_are_blanked_and_nothing_else() {
        let name = b"src/a/b.rs";
        let mut data = [b"keep ".as_slice(), name, b" src/ /api "].concat();
        data.extend([21, 0, 0, 0, 10, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5]);
        let file = std::env::temp_dir().join(format!("saoma-blank-{}.wasm", std::process::id()));
        fs::write(&file, module(&data)).unwrap();
        blank_panics(&file).unwrap();
        let blanked = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let expected = [b"keep ".as_slice(), &[0; 10], b" src/ /api ", &[0; 16], &[5]].concat();
        assert_eq!(blanked, module(&expected));
    }
}
