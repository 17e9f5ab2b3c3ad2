//! Text → a code that can be scanned, as a picture.
//!
//! The page draws its code before the application has come: `draw.js` calls this crate as a WebAssembly module of its own,
//! which is fetched while the gateway is asked for the order. The application takes the drawn code over, and has this crate in
//! a part of its own for when the page could not draw.

#![no_std]

#[cfg(all(feature = "module", target_arch = "wasm32"))]
mod module;

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// The blank margin that a scanner needs, in modules (ISO/IEC 18004).
const QUIET_ZONE: i32 = 4;

/// What the longest text takes, in bytes: version 40 at error correction M.
pub const LONGEST_TEXT: usize = 2331;

/// What the address of the largest picture takes, in bytes.
pub const LARGEST_PICTURE: usize = START.len() + (HEAD + 185 * MODULE * 188).div_ceil(3) * 4;

const START: &str = "data:image/bmp;base64,";
/// Pixels on each side of a module: in a row, one byte.
const MODULE: usize = 8;
/// The bytes before the pixels: two headers, and two colours.
const HEAD: usize = 62;

/// The text as a QR code (error correction M or better, dark on light, quiet zone included): writes the address of a
/// picture, which is ASCII, and gives back its length in bytes.
///
/// The picture is a bitmap of two colours, which browsers decode at once and beside their work; for an SVG picture they make
/// a document of its own. `None` where the text is too long for any code, or `picture` too small.
pub fn draw(text: &[u8], picture: &mut [u8]) -> Option<usize> {
    let (mut data, mut room) = ([0; Version::MAX.buffer_len()], [0; Version::MAX.buffer_len()]);
    data.get_mut(..text.len())?.copy_from_slice(text);
    let code = QrCode::encode_binary(&mut data, text.len(), &mut room, QrCodeEcc::Medium, Version::MIN, Version::MAX, None, true).ok()?;
    let side = code.size() + 2 * QUIET_ZONE;
    // Rows end at multiples of four bytes.
    let row = usize::try_from(side).ok()?.next_multiple_of(4);
    let pixels = i32::try_from(MODULE).ok()? * side;
    let bytes = HEAD + row * usize::try_from(pixels).ok()?;
    let mut picture = Writer { picture, written: 0, group: [0; 3], filled: 0 };
    START.bytes().try_for_each(|byte| picture.put(byte))?;
    picture.bytes(b"BM")?;
    picture.numbers(&[i32::try_from(bytes).ok()?, 0, i32::try_from(HEAD).ok()?])?;
    // The length of this header, width, height; one plane, one bit for each pixel; plain, as long as it is, no size on paper.
    picture.numbers(&[40, pixels, pixels, 1 | 1 << 16, 0, 0, 0, 0, 0, 0])?;
    // Dark, and light.
    picture.numbers(&[0, 0x00ff_ffff])?;
    // From the bottom up.
    for y in (-QUIET_ZONE..side - QUIET_ZONE).rev() {
        for _ in 0..MODULE {
            for x in 0..i32::try_from(row).ok()? {
                picture.byte(if code.get_module(x - QUIET_ZONE, y) { 0 } else { 0xff })?;
            }
        }
    }
    picture.end()
}

/// Writes base64 (RFC 4648 section 4).
struct Writer<'room> {
    picture: &'room mut [u8],
    written: usize,
    group: [u8; 3],
    filled: usize,
}

impl Writer<'_> {
    fn put(&mut self, char: u8) -> Option<()> {
        *self.picture.get_mut(self.written)? = char;
        self.written += 1;
        Some(())
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        *self.group.get_mut(self.filled)? = byte;
        self.filled += 1;
        if self.filled == 3 { self.flush() } else { Some(()) }
    }

    fn flush(&mut self) -> Option<()> {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let [first, second, third] = self.group.map(usize::from);
        let digits = [first >> 2, (first & 3) << 4 | second >> 4, (second & 15) << 2 | third >> 6, third & 63];
        for (place, digit) in digits.into_iter().enumerate() {
            let char = if place <= self.filled { *DIGITS.get(digit)? } else { b'=' };
            self.put(char)?;
        }
        (self.group, self.filled) = ([0; 3], 0);
        Some(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        bytes.iter().try_for_each(|byte| self.byte(*byte))
    }

    /// Little-endian.
    fn numbers(&mut self, numbers: &[i32]) -> Option<()> {
        numbers.iter().try_for_each(|number| self.bytes(&number.to_le_bytes()))
    }

    fn end(mut self) -> Option<usize> {
        if self.filled > 0 {
            self.flush()?;
        }
        Some(self.written)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{string::String, vec, vec::Vec};

    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;

    fn picture(text: &str) -> Option<String> {
        let mut picture = vec![0; LARGEST_PICTURE];
        let length = draw(text.as_bytes(), &mut picture)?;
        Some(String::from_utf8(picture.get(..length)?.to_vec()).unwrap())
    }

    fn pixels(text: &str) -> image::GrayImage {
        let address = picture(text).unwrap();
        let file = BASE64_STANDARD.decode(address.strip_prefix(START).unwrap()).unwrap();
        image::load_from_memory_with_format(&file, image::ImageFormat::Bmp).unwrap().into_luma8()
    }

    #[test]
    fn an_independent_reader_reads_what_was_written() {
        for text in ["-", "wxp://f2f0AbC", "https://qr.alipay.com/bax0", "茶", &"x".repeat(300), &"x".repeat(LONGEST_TEXT)] {
            let mut prepared = rqrr::PreparedImage::prepare(pixels(text));
            let read: Vec<String> = prepared.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect();
            assert_eq!(read, [text], "{} bytes", text.len());
        }
    }

    #[test]
    fn the_picture_has_a_quiet_zone_on_white() {
        let pixels = pixels("https://qr.alipay.com/bax0");
        assert_eq!(pixels.dimensions(), (33 * 8, 33 * 8), "25 modules and a margin of 4");
        let margin = pixels.enumerate_pixels().filter(|(x, y, _)| [x, y].iter().any(|at| !(32..232).contains(*at)));
        assert!(margin.clone().count() > 0 && margin.clone().all(|(.., pixel)| pixel.0 == [255]));
        assert_eq!(pixels.get_pixel(32, 32).0, [0], "the first finder begins inside the margin");
    }

    #[test]
    fn what_fits_no_code_is_refused() {
        let text = "x".repeat(LONGEST_TEXT);
        assert_eq!(picture(&text).map(|picture| picture.len()), Some(LARGEST_PICTURE));
        assert!(picture(&[&text, "x"].concat()).is_none());
        assert!(picture(&"x".repeat(100_000)).is_none());
    }

    #[test]
    fn a_place_that_is_too_small_is_refused() {
        let mut place = [0; 900];
        assert_eq!(draw(b"wxp://f2f0AbC", &mut place), None);
    }
}
