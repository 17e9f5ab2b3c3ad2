//! Puts functions that are alike beside each other, which brotli pays back: first those of one type, whose types are then
//! one run of the same number, and among them each beside the one that it has most code in common with.
//!
//! The order of functions means nothing to the program. `wasm-opt` leaves them by how often they are called, so that the
//! first have short numbers; but imported functions have all of those here.

use std::{cmp::Reverse, collections::HashSet, fs, ops::Range, path::Path};

use anyhow::{Context, Result};

use crate::{
    page,
    wasm::{Reader, imported_functions, put_number},
};

/// What counts as something in common: so many bytes in a row. Which of them is best differs from build to build by a few hundred
/// bytes of brotli, so all are tried.
const WINDOWS: [usize; 5] = [3, 4, 5, 6, 7];
/// How much length counts against a function: that power of it. For the same reason.
const POWERS: [f64; 2] = [0.5, 0.7];

/// Reorders the functions of a WebAssembly file, in the way that makes it the smallest.
pub(crate) fn order_functions(file: &Path) -> Result<()> {
    let module = fs::read(file)?;
    let mut best: Option<(usize, Vec<u8>)> = None;
    for (window, power) in WINDOWS.into_iter().flat_map(|window| POWERS.map(|power| (window, power))) {
        let ordered = ordered(&module, window, power).with_context(|| format!("{} is not understood", file.display()))?;
        let weight = page::weight(&ordered)?;
        if best.as_ref().is_none_or(|(least, _)| weight < *least) {
            best = Some((weight, ordered));
        }
    }
    let (_, ordered) = best.context("no order was tried")?;
    fs::write(file, ordered).context("cannot write the application")
}

/// A function that the module defines.
struct Function {
    of_type: usize,
    /// With the declarations of its locals, and without its length.
    body: Range<usize>,
    code: Range<usize>,
}

fn ordered(module: &[u8], window: usize, power: f64) -> Option<Vec<u8>> {
    let sections = Reader::new(module).sections()?;
    let content = |wanted| sections.iter().find(|(id, _)| *id == wanted).map(|(_, content)| content.clone());
    let imported = content(2).map_or(Some(0), |content| imported_functions(module, content))?;
    let (Some(types), Some(code)) = (content(3), content(10)) else { return Some(module.to_vec()) };
    let functions = functions(module, types, code)?;
    let order = beside_alike(module, &functions, window, power)?;
    let mut numbers: Vec<usize> = (0..imported + order.len()).collect();
    for (new, old) in order.iter().enumerate() {
        *numbers.get_mut(imported + old)? = imported + new;
    }
    let order: Vec<&Function> = order.iter().map(|old| functions.get(*old)).collect::<Option<_>>()?;
    let mut copy = Copy { module, numbers: &numbers, written: module.get(..8)?.to_vec() };
    for (id, content) in sections {
        let start = copy.written.len();
        match id {
            3 => {
                put_number(&mut copy.written, order.len());
                order.iter().for_each(|function| put_number(&mut copy.written, function.of_type));
            }
            7 => copy.exports(content)?,
            8 => copy.number(&mut Reader::within(module, content))?,
            9 => copy.elements(content)?,
            10 => {
                put_number(&mut copy.written, order.len());
                for function in &order {
                    let start = copy.written.len();
                    copy.plainly(function.body.start..function.code.start)?;
                    copy.code(function.code.clone())?;
                    copy.put_length(start);
                }
            }
            // What names functions in other ways is not understood: globals that begin with one, a list of names.
            6 if names_function(module, content.clone())? => return None,
            0 if Reader::within(module, content.clone()).text()? == "name" => return None,
            _ => copy.plainly(content)?,
        }
        copy.put_length(start);
        copy.written.insert(start, id);
    }
    Some(copy.written)
}

/// Whether a global begins with a function.
fn names_function(module: &[u8], globals: Range<usize>) -> Option<bool> {
    let mut reader = Reader::within(module, globals);
    for _ in 0..reader.number()? {
        let (_of_type, _may_change) = (reader.byte()?, reader.byte()?);
        while module.get(reader.at()) != Some(&END) {
            if instruction(&mut reader)?.is_some() {
                return Some(true);
            }
        }
        reader.byte()?;
    }
    Some(false)
}

fn functions(module: &[u8], types: Range<usize>, code: Range<usize>) -> Option<Vec<Function>> {
    let (mut types, mut code) = (Reader::within(module, types), Reader::within(module, code));
    let mut functions = Vec::new();
    code.number()?;
    for _ in 0..types.number()? {
        let length = code.number()?;
        let body = code.at()..code.at() + length;
        for _ in 0..code.number()? {
            let (_count, _of_type) = (code.number()?, code.byte()?);
        }
        functions.push(Function { of_type: types.number()?, code: code.at()..body.end, body: body.clone() });
        code.skip_to(body.end);
    }
    Some(functions)
}

/// The order: of each type the most alike of those that are left, beginning with the longest of the first type.
fn beside_alike(module: &[u8], functions: &[Function], window: usize, power: f64) -> Option<Vec<usize>> {
    let parts = |function: &Function| Some(module.get(function.code.clone())?.windows(window).collect::<HashSet<_>>());
    let parts: Vec<HashSet<&[u8]>> = functions.iter().map(parts).collect::<Option<_>>()?;
    let mut left: Vec<(usize, &Function)> = functions.iter().enumerate().collect();
    left.sort_by_key(|(at, function)| (function.of_type, Reverse(function.code.len()), *at));
    let mut order: Vec<usize> = Vec::new();
    while let Some((_, first)) = left.first() {
        let candidates = left.iter().take_while(|(_, function)| function.of_type == first.of_type);
        let best = match order.last().and_then(|last| parts.get(*last)) {
            Some(last) => {
                let likeness = |at: usize| parts.get(at).map_or(0.0, |own| likeness(last, own, power));
                let alike = candidates.enumerate().map(|(place, (at, _))| (place, likeness(*at)));
                // The first of those that are as alike.
                alike.min_by(|one, other| other.1.total_cmp(&one.1)).map_or(0, |(place, _)| place)
            }
            None => 0,
        };
        order.push(left.remove(best).0);
    }
    Some(order)
}

/// What one has in common with the last, but no long one wins for its length alone.
fn likeness(last: &HashSet<&[u8]>, own: &HashSet<&[u8]>, power: f64) -> f64 {
    let number = |number: usize| u32::try_from(number).map_or(0.0, f64::from);
    number(last.intersection(own).count()) / number(20 + own.len()).powf(power)
}

/// The module as it is copied.
struct Copy<'module> {
    module: &'module [u8],
    /// The new number of each function, by the old one.
    numbers: &'module [usize],
    written: Vec<u8>,
}

impl Copy<'_> {
    fn plainly(&mut self, part: Range<usize>) -> Option<()> {
        self.written.extend_from_slice(self.module.get(part)?);
        Some(())
    }

    /// The number of a function.
    fn number(&mut self, reader: &mut Reader) -> Option<()> {
        let number = *self.numbers.get(reader.number()?)?;
        put_number(&mut self.written, number);
        Some(())
    }

    /// Writes the length of what was written from there on before it.
    fn put_length(&mut self, start: usize) {
        let body = self.written.split_off(start);
        put_number(&mut self.written, body.len());
        self.written.extend(body);
    }

    fn exports(&mut self, content: Range<usize>) -> Option<()> {
        let mut reader = Reader::within(self.module, content.clone());
        let mut copied = content.start;
        for _ in 0..reader.number()? {
            reader.text()?;
            let is_function = reader.byte()? == 0;
            if is_function {
                self.plainly(copied..reader.at())?;
                self.number(&mut reader)?;
                copied = reader.at();
            } else {
                reader.number()?;
            }
        }
        self.plainly(copied..content.end)
    }

    /// What the tables begin with.
    fn elements(&mut self, content: Range<usize>) -> Option<()> {
        let mut reader = Reader::within(self.module, content.clone());
        let mut copied = content.start;
        for _ in 0..reader.number()? {
            let kind = reader.number()?;
            if kind & 1 == 0 {
                if kind & 2 != 0 {
                    reader.number()?;
                }
                while self.module.get(reader.at()) != Some(&END) {
                    instruction(&mut reader)?;
                }
                reader.byte()?;
            }
            if kind & 3 != 0 {
                reader.byte()?;
            }
            for _ in 0..reader.number()? {
                if kind & 4 == 0 {
                    self.plainly(copied..reader.at())?;
                    self.number(&mut reader)?;
                    copied = reader.at();
                } else {
                    let start = reader.at();
                    while self.module.get(reader.at()) != Some(&END) {
                        instruction(&mut reader)?;
                    }
                    reader.byte()?;
                    self.plainly(copied..start)?;
                    self.code(start..reader.at())?;
                    copied = reader.at();
                }
            }
        }
        self.plainly(copied..content.end)
    }

    fn code(&mut self, part: Range<usize>) -> Option<()> {
        let mut reader = Reader::within(self.module, part.clone());
        let mut copied = part.start;
        while reader.at() < part.end {
            if let Some(number) = instruction(&mut reader)? {
                self.plainly(copied..number.start)?;
                copied = number.end;
                self.number(&mut Reader::within(self.module, number))?;
            }
        }
        self.plainly(copied..part.end)
    }
}

const END: u8 = 0x0b;

/// Reads an instruction, and gives back where it names a function. `None` if it is none of those that the compiler uses.
#[expect(clippy::option_option, reason = "most instructions name no function")]
fn instruction(reader: &mut Reader) -> Option<Option<Range<usize>>> {
    let numbers = match reader.byte()? {
        // `call`, `ref.func`.
        0x10 | 0xd2 => {
            let start = reader.at();
            reader.number()?;
            return Some(Some(start..reader.at()));
        }
        // Alone: control, `drop`, `select`, arithmetic, `ref.is_null`.
        0x00 | 0x01 | 0x05 | END | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => 0,
        // Blocks, branches, variables, tables, the size of memory, constants, `ref.null`.
        0x02..=0x04 | 0x0c | 0x0d | 0x20..=0x26 | 0x3f..=0x42 | 0xd0 => 1,
        // `call_indirect`, loads and stores.
        0x11 | 0x28..=0x3e => 2,
        // `br_table` and its default.
        0x0e => reader.number()? + 1,
        // `select` of given types.
        0x1c => reader.number()?,
        // `f32.const`, `f64.const`.
        0x43 => return skip(reader, 4),
        0x44 => return skip(reader, 8),
        0xfc => match reader.number()? {
            0..=7 => 0,
            9 | 11 | 13 | 15..=17 => 1,
            8 | 10 | 12 | 14 => 2,
            _ => return None,
        },
        _ => return None,
    };
    for _ in 0..numbers {
        reader.number()?;
    }
    Some(None)
}

#[expect(clippy::option_option, reason = "as above")]
fn skip(reader: &mut Reader, bytes: usize) -> Option<Option<Range<usize>>> {
    reader.skip_to(reader.at() + bytes);
    Some(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, u8::try_from(content.len()).unwrap()], content].concat()
    }

    #[test]
    fn functions_of_a_type_go_together_and_keep_their_callers() {
        let head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
        // One imported function; three of its own, of the types 1, 0 and 1. The second is the longest.
        let imports = section(2, &[1, 1, b'a', 1, b'b', 0, 0]);
        let module = |types: &[u8], exported: u8, started: u8, element: u8, bodies: &[&[u8]]| {
            let exports = section(7, &[2, 1, b'm', 2, 0, 1, b'f', 0, exported]);
            let elements = section(9, &[2, 0, 0x41, 1, END, 1, element, 4, 0x41, 2, END, 2, 0xd0, 0x70, END, 0xd2, element, END]);
            let code = section(10, &[&[3], bodies.concat().as_slice()].concat());
            [&head[..], &imports, &section(3, types), &exports, &section(8, &[started]), &elements, &code].concat()
        };
        let before = module(
            &[3, 1, 0, 1],
            1,
            2,
            3,
            &[&[4, 0, 0x10, 2, END], &[9, 1, 1, 0x7f, 0x41, 0x10, 0x10, 0, 0x01, END], &[6, 0, 0x10, 1, 0x10, 3, END]],
        );
        // What was 2 is 1, what was 3 is 2, what was 1 is 3.
        let after = module(
            &[3, 0, 1, 1],
            3,
            1,
            2,
            &[&[9, 1, 1, 0x7f, 0x41, 0x10, 0x10, 0, 0x01, END], &[6, 0, 0x10, 3, 0x10, 2, END], &[4, 0, 0x10, 1, END]],
        );
        assert_eq!(ordered(&before, 5, 0.5).unwrap(), after);
        // One without functions has no order.
        assert_eq!(ordered(&head, 5, 0.5).unwrap(), head);
        assert!(ordered(&[&head[..], &section(3, &[1, 0]), &section(10, &[1])].concat(), 5, 0.5).is_none());
    }

    #[test]
    fn an_unknown_instruction_is_not_guessed() {
        let code = [0xfd, 0, 0];
        assert!(instruction(&mut Reader::within(&code, 0..3)).is_none());
    }
}
