//! Text → a code that can be scanned, as a picture.

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// The blank margin that a scanner needs, in modules (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// The text as a QR code (error correction M or better, dark on light, quiet zone included): the address of an SVG picture.
///
/// `None` where the text is too long for any code.
pub fn picture_url(text: &str) -> Option<String> {
    let modules = modules(text.as_bytes())?;
    let size = (modules.len() + 2 * QUIET_ZONE).to_string();
    // In a data URL `#` must be escaped; `<` and `>` are for the sake of old WebViews.
    Some(
        [
            // Without a size of its own some browsers do not draw it on a canvas.
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='640' height='640' viewBox='0 0 ",
            &size,
            " ",
            &size,
            "' shape-rendering='crispEdges'%3E%3Cpath fill='%23fff' d='M0 0h",
            &size,
            "v",
            &size,
            "H0z'/%3E%3Cpath d='",
            &path(&modules),
            "'/%3E%3C/svg%3E",
        ]
        .concat(),
    )
}

/// The rows of the smallest code that holds these bytes; `true` is dark. Error correction is M, or more where that costs
/// nothing.
fn modules(bytes: &[u8]) -> Option<Vec<Vec<bool>>> {
    let length = Version::MAX.buffer_len();
    let (mut data, mut code) = (vec![0; length], vec![0; length]);
    data.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let code = QrCode::encode_binary(&mut data, bytes.len(), &mut code, QrCodeEcc::Medium, Version::MIN, Version::MAX, None, true).ok()?;
    Some((0..code.size()).map(|y| (0..code.size()).map(|x| code.get_module(x, y)).collect()).collect())
}

/// One rectangle for each run of dark modules in a row.
fn path(modules: &[Vec<bool>]) -> String {
    let mut path = String::new();
    for (y, row) in modules.iter().enumerate() {
        let mut x = 0;
        for run in row.chunk_by(PartialEq::eq) {
            if run.first() == Some(&true) {
                let part = [
                    "M",
                    &(x + QUIET_ZONE).to_string(),
                    " ",
                    &(y + QUIET_ZONE).to_string(),
                    "h",
                    &run.len().to_string(),
                    "v1h-",
                    &run.len().to_string(),
                    "z",
                ];
                path.push_str(&part.concat());
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let modules = modules(b"wxp://f2f0AbC").unwrap();
        let drawn: usize = path(&modules).split('h').skip(1).filter_map(|part| part.split_once('v')?.0.parse::<usize>().ok()).sum();
        assert_eq!(drawn, modules.iter().flatten().filter(|dark| **dark).count());
    }

    #[test]
    fn the_picture_has_a_quiet_zone_on_white() {
        let url = picture_url("https://qr.alipay.com/bax0").unwrap();
        assert!(url.starts_with("data:image/svg+xml,"));
        assert!(url.contains("viewBox='0 0 33 33'"), "25 modules and a margin of 4: {url}");
        assert!(url.contains("M4 4h7v1h-7z"), "the first finder begins inside the margin");
        assert!(!url.contains('#') && !url.contains('"'));
    }

    #[test]
    fn what_fits_no_code_is_refused() {
        assert!(picture_url(&"x".repeat(2331)).is_some());
        assert!(picture_url(&"x".repeat(2332)).is_none());
    }
}
