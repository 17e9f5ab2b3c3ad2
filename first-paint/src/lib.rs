//! Text → a code that can be scanned, as a picture.
//!
//! The page draws its code before the application has come: `draw.js` calls this crate as a WebAssembly module of its own, 7 kB
//! that stand in the page. The application takes the drawn code over, and has this crate in a file of its own for when the
//! page could not draw.

#![no_std]

#[cfg(all(feature = "module", target_arch = "wasm32"))]
mod module;

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// The blank margin that a scanner needs, in modules (ISO/IEC 18004).
const QUIET_ZONE: i32 = 4;

/// What the longest text takes, in bytes: version 40 at error correction M.
pub const LONGEST_TEXT: usize = 2331;

/// What the picture of the largest code takes, in bytes, and some to spare.
pub const LARGEST_PICTURE: usize = 1 << 18;

/// The text as a QR code (error correction M or better, dark on light, quiet zone included): writes the address of an SVG
/// picture, which is ASCII, and gives back its length in bytes.
///
/// `None` where the text is too long for any code, or `picture` too small.
pub fn draw(text: &[u8], picture: &mut [u8]) -> Option<usize> {
    let (mut data, mut room) = ([0; Version::MAX.buffer_len()], [0; Version::MAX.buffer_len()]);
    data.get_mut(..text.len())?.copy_from_slice(text);
    let code = QrCode::encode_binary(&mut data, text.len(), &mut room, QrCodeEcc::Medium, Version::MIN, Version::MAX, None, true).ok()?;
    let mut picture = Writer { free: picture, written: 0 };
    let size = code.size();
    let side = size + 2 * QUIET_ZONE;
    // In a data URL `#` must be escaped; `<` and `>` are for the sake of old WebViews. Without a size of its own some
    // browsers do not draw it on a canvas.
    picture.text("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='640' height='640' viewBox='0 0 ")?;
    picture.number(side)?.text(" ")?.number(side)?;
    picture.text("' shape-rendering='crispEdges'%3E%3Cpath fill='%23fff' d='M0 0h")?;
    picture.number(side)?.text("v")?.number(side)?.text("H0z'/%3E%3Cpath d='")?;
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                // One rectangle for each run of dark modules in a row.
                picture.text("M")?.number(start + QUIET_ZONE)?.text(" ")?.number(y + QUIET_ZONE)?;
                picture.text("h")?.number(x - start)?.text("v1h-")?.number(x - start)?.text("z")?;
            }
            x += 1;
        }
    }
    picture.text("'/%3E%3C/svg%3E")?;
    Some(picture.written)
}

struct Writer<'room> {
    free: &'room mut [u8],
    written: usize,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) -> Option<&mut Self> {
        let (place, free) = core::mem::take(&mut self.free).split_at_mut_checked(text.len())?;
        place.copy_from_slice(text.as_bytes());
        self.free = free;
        self.written += text.len();
        Some(self)
    }

    /// A number from 0 to 999.
    fn number(&mut self, number: i32) -> Option<&mut Self> {
        let digit = |value: i32| b'0' + u8::try_from(value % 10).unwrap_or_default();
        let digits = [digit(number / 100), digit(number / 10), digit(number)];
        let start = if number >= 100 {
            0
        } else if number >= 10 {
            1
        } else {
            2
        };
        self.text(core::str::from_utf8(digits.get(start..)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{string::String, vec};

    use super::*;

    fn picture(text: &str) -> Option<String> {
        let mut picture = vec![0; LARGEST_PICTURE];
        let length = draw(text.as_bytes(), &mut picture)?;
        Some(String::from_utf8(picture.get(..length)?.to_vec()).unwrap())
    }

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = b"wxp://f2f0AbC";
        let (mut data, mut room) = (vec![0; Version::MAX.buffer_len()], vec![0; Version::MAX.buffer_len()]);
        data[..text.len()].copy_from_slice(text);
        let code =
            QrCode::encode_binary(&mut data, text.len(), &mut room, QrCodeEcc::Medium, Version::MIN, Version::MAX, None, true).unwrap();
        let all = || (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let mut drawn = vec::Vec::new();
        let picture = picture("wxp://f2f0AbC").unwrap();
        for run in picture.split_once("path d='").unwrap().1.split('z').filter_map(|run| run.split_once('M')) {
            let number = |text: &str| text.parse::<i32>().unwrap();
            let (x, rest) = run.1.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            drawn.extend((0..number(length)).map(|step| (number(x) + step - QUIET_ZONE, number(y) - QUIET_ZONE)));
        }
        assert_eq!(drawn, all().filter(|(x, y)| code.get_module(*x, *y)).collect::<vec::Vec<_>>());
    }

    #[test]
    fn the_picture_has_a_quiet_zone_on_white() {
        let url = picture("https://qr.alipay.com/bax0").unwrap();
        assert!(url.starts_with("data:image/svg+xml,"));
        assert!(url.contains("viewBox='0 0 33 33'"), "25 modules and a margin of 4: {url}");
        assert!(url.contains("M4 4h7v1h-7z"), "the first finder begins inside the margin");
        assert!(!url.contains('#') && !url.contains('"'));
    }

    #[test]
    fn what_fits_no_code_is_refused() {
        let text = "x".repeat(LONGEST_TEXT);
        assert!(picture(&text).is_some());
        assert!(picture(&[&text, "x"].concat()).is_none());
        assert!(picture(&"x".repeat(100_000)).is_none());
    }

    #[test]
    fn a_place_that_is_too_small_is_refused() {
        let mut place = [0; 900];
        assert_eq!(draw(b"wxp://f2f0AbC", &mut place), None);
    }
}
