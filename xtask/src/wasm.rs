//! The binary format of WebAssembly, as far as the tasks need it.

use std::ops::Range;

/// Reads from a module. Everything is `None` where the module ends too early.
pub(crate) struct Reader<'module> {
    at: usize,
    bytes: &'module [u8],
}

impl<'module> Reader<'module> {
    /// At the first section.
    pub(crate) fn new(module: &'module [u8]) -> Self {
        Self { at: 8, bytes: module }
    }

    /// At the beginning of a part.
    pub(crate) fn within(module: &'module [u8], part: Range<usize>) -> Self {
        Self { at: part.start, bytes: module.get(..part.end).unwrap_or_default() }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The sections from here on: what they are, and where their content is.
    pub(crate) fn sections(mut self) -> Option<Vec<(u8, Range<usize>)>> {
        let mut sections = Vec::new();
        while self.at < self.bytes.len() {
            let (id, length) = (self.byte()?, self.number()?);
            sections.push((id, self.at..self.at + length));
            self.at += length;
        }
        Some(sections)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// LEB128. An address is written signed; below 2 GB that is the same.
    pub(crate) fn number(&mut self) -> Option<usize> {
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

    /// A name.
    pub(crate) fn text(&mut self) -> Option<&'module str> {
        let length = self.number()?;
        let text = self.bytes.get(self.at..self.at + length)?;
        self.at += length;
        std::str::from_utf8(text).ok()
    }

    /// The limits of a memory or a table.
    pub(crate) fn limits(&mut self) -> Option<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Some(())
    }
}

/// How many functions come from outside: their indices go before those of the module's own.
pub(crate) fn imported_functions(module: &[u8], content: Range<usize>) -> Option<usize> {
    let mut reader = Reader::within(module, content);
    let mut functions = 0;
    for _ in 0..reader.number()? {
        let (_module, _name) = (reader.text()?, reader.text()?);
        match reader.byte()? {
            0 => {
                reader.number()?;
                functions += 1;
            }
            1 => {
                reader.byte()?;
                reader.limits()?;
            }
            2 => reader.limits()?,
            3 => {
                reader.byte()?;
                reader.byte()?;
            }
            _ => return None,
        }
    }
    Some(functions)
}

/// LEB128.
pub(crate) fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 127).unwrap_or(0);
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 128 });
        if number == 0 {
            return;
        }
    }
}
