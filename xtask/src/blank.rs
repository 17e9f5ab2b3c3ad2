//! Blanks the places that a panic names: file, line and column.
//!
//! A panic of the page ends in a trap, and nothing prints its message: there is no standard error in a browser, and the page
//! sets no hook. So the names of source files in the application, and the line numbers beside them, are never read.

use std::{fs, ops::Range, path::Path};

use anyhow::{Context, Result, ensure};

use crate::wasm::Reader;

/// What panics of the standard library and of the page's libraries say.
const MESSAGES: [&str; 54] = [
    " but ends at ",
    " but the index is ",
    " out of range for slice of length ",
    " right` failed",
    ") does not match destination slice length (",
    ") should be < len (is ",
    "AccessError",
    "Arc counter overflow",
    "Attempted to initialize thread-local while it is being dropped",
    "Executor::spawn called, but no global 'spawn' function is configured.",
    "Executor::spawn_local called, but no global 'spawn_local' function is configured.",
    "FnOnce called more than once",
    "Hash table capacity overflow",
    "Illegal argument",
    "Invalid buffer length",
    "Lazy instance has previously been poisoned",
    "Once instance has previously been poisoned",
    "RefCell already borrowed",
    "RefCell already mutably borrowed",
    "The JS binding should only ever produce a valid value or the specific 'invalid' value",
    "Tried to access a reactive value that has already been disposed.",
    "Tried to shrink to a larger capacity",
    "`async fn` resumed after completion",
    "assertion `left ",
    "assertion failed: ",
    "attempt to calculate the remainder with a divisor of zero",
    "attempt to divide by zero",
    "attempt to join into collection with len > usize::MAX",
    "called `Option::unwrap()` on a `None` value",
    "called `Option::unwrap_throw()` on a `None` value",
    "called `Result::unwrap_throw()` on an `Err` value",
    "cannot access a Thread Local Storage value during or after destruction: ",
    "capacity overflow",
    "closure invoked recursively or after being dropped",
    "copy_from_slice: source slice length (",
    "dest is out of bounds",
    "failed to generate unique thread ID: bitspace exhausted",
    "finish: callbacks should be Some",
    "finish: result should be None",
    "index not found",
    "index out of bounds: the len is ",
    "inner is None only in drop",
    "internal error: entered unreachable code",
    "mid > len",
    "one-time initialization may not be performed recursively",
    "overflow in Duration::new",
    "overflow when adding durations",
    "range end index ",
    "range start index ",
    "range.contains(&x) && range.contains(&y)",
    "reentrant init",
    "removal index (is ",
    "slice index starts at ",
    "usize::from(len) <= usize::MAX - self.length",
];

/// Blanks them in the data of a WebAssembly file, whose size stays: zeros weigh nothing once they are compressed.
pub(crate) fn blank_panics(file: &Path) -> Result<()> {
    let mut module = fs::read(file)?;
    let segments = data_segments(&module).with_context(|| format!("{} is not understood", file.display()))?;
    let locations: Vec<Location> = segments.iter().flat_map(|segment| locations(&module, &segments, segment)).collect();
    ensure!(!locations.is_empty(), "no source file is named in the application; is it the right one?");
    for Location { place, name } in locations {
        for bytes in [place, name] {
            if let Some(bytes) = module.get_mut(bytes) {
                bytes.fill(0);
            }
        }
    }
    for segment in &segments {
        for message in MESSAGES {
            let Some(data) = module.get_mut(segment.bytes.clone()) else { continue };
            let mut from = 0;
            while let Some(at) = data.get(from..).and_then(|rest| rest.windows(message.len()).position(|part| part == message.as_bytes())) {
                from += at;
                if let Some(text) = data.get_mut(from..from + message.len()) {
                    text.fill(0);
                }
            }
        }
    }
    fs::write(file, module).context("cannot write the application")
}

/// A part of the application's memory as it starts.
struct Segment {
    address: u32,
    bytes: Range<usize>,
}

/// `core::panic::Location`: address and length of the name, line, column.
struct Location {
    name: Range<usize>,
    place: Range<usize>,
}

/// The locations in a segment: what points to the name of a source file, and goes on with a line and a column.
fn locations(module: &[u8], segments: &[Segment], segment: &Segment) -> Vec<Location> {
    let word = |at: usize| Some(u32::from_le_bytes(module.get(at..at + 4)?.try_into().ok()?));
    let at_address = |address: u32, length: usize| {
        let segment = segments.iter().rev().find(|segment| segment.address <= address)?;
        let start = segment.bytes.start + usize::try_from(address - segment.address).ok()?;
        (start + length <= segment.bytes.end).then_some(start..start + length)
    };
    let is_name = |name: &[u8]| {
        let is_path = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'.'));
        is_path && name.ends_with(b".rs") && name.contains(&b'/')
    };
    let location = |at: usize| {
        let (address, length, line, column) = (word(at)?, word(at + 4)?, word(at + 8)?, word(at + 12)?);
        let is_short = (8..200).contains(&length) && (1..100_000).contains(&line) && (1..1_000).contains(&column);
        let name = at_address(address, usize::try_from(length).ok()?).filter(|_| is_short)?;
        is_name(module.get(name.clone())?).then_some(Location { name, place: at..at + 16 })
    };
    segment.bytes.clone().filter_map(location).collect()
}

/// The active segments of the data section.
fn data_segments(module: &[u8]) -> Option<Vec<Segment>> {
    let (_, data) = Reader::new(module).sections()?.into_iter().find(|(id, _)| *id == 11)?;
    let mut reader = Reader::within(module, data);
    let mut segments = Vec::new();
    for _ in 0..reader.number()? {
        // Active, in memory 0: `i32.const ADDRESS end`.
        let (kind, code) = (reader.byte()?, reader.byte()?);
        let address = u32::try_from(reader.number()?).ok()?;
        (kind == 0 && code == 0x41 && reader.byte()? == 0x0b).then_some(())?;
        let length = reader.number()?;
        segments.push(Segment { address, bytes: reader.at()..reader.at() + length });
        reader.skip_to(reader.at() + length);
    }
    Some(segments)
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
        let mut data = [b"keep ".as_slice(), name, b" src/ /api Illegal argument"].concat();
        data.extend([21, 0, 0, 0, 10, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5]);
        let file = std::env::temp_dir().join(format!("saoma-blank-{}.wasm", std::process::id()));
        fs::write(&file, module(&data)).unwrap();
        blank_panics(&file).unwrap();
        let blanked = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let expected = [b"keep ".as_slice(), &[0; 10], b" src/ /api ", &[0; 16], &[0; 16], &[5]].concat();
        assert_eq!(blanked, module(&expected));
    }
}
