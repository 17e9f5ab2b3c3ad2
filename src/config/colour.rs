//! A brand colour, and what is made of it so that it can be read.
//!
//! Source of the arithmetic: WCAG 2.2, "relative luminance" and "contrast ratio".

/// A colour, red, green and blue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Colour([u8; 3]);

/// A brand colour in the tones in which it is legible. A ratio is at least 4.5 everywhere: AA for text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Palette {
    /// For words and signs on a dark ground.
    pub dark: Colour,
    /// As it was given: for large areas.
    pub fill: Colour,
    /// For words and signs on a light ground, and as a ground for white words.
    pub light: Colour,
    /// For words on the fill: black or white.
    pub on_fill: Colour,
}

impl Colour {
    /// The darkest of the light grounds of all presets.
    pub const LIGHT_GROUND: Self = Self([0xec, 0xf0, 0xf6]);
    /// The lightest of the dark grounds of all presets.
    pub const DARK_GROUND: Self = Self([0x23, 0x2a, 0x35]);
    /// Words on light grounds.
    pub const INK: Self = Self([0x10, 0x15, 0x1d]);
    /// Words on dark grounds.
    pub const WHITE: Self = Self([255; 3]);

    const AA: f32 = 4.5;

    /// Reads `#rgb` or `#rrggbb`.
    pub fn decode(raw: &str) -> Option<Self> {
        let digits = raw.strip_prefix('#').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        let channels = match digits.len() {
            3 => [value >> 8, value >> 4 & 15, value & 15].map(|digit| digit * 17),
            6 => [value >> 16, value >> 8 & 255, value & 255],
            _ => return None,
        };
        Some(Self(channels.map(|channel| channel as u8)))
    }

    /// `#rrggbb`.
    pub fn css(self) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        core::iter::once('#').chain(self.0.into_iter().flat_map(|channel| [digit(channel >> 4), digit(channel & 15)])).collect()
    }

    /// How much lighter one colour is than another: 1 (the same) to 21 (black and white).
    pub fn contrast(self, other: Self) -> f32 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    fn luminance(self) -> f32 {
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// So many 64ths of the way to another colour.
    fn towards(self, other: Self, part: u16) -> Self {
        let [red, green, blue] = self.0;
        let [to_red, to_green, to_blue] = other.0;
        let mix = |from: u8, to: u8| ((u16::from(from) * (64 - part) + u16::from(to) * part) / 64) as u8;
        Self([mix(red, to_red), mix(green, to_green), mix(blue, to_blue)])
    }

    /// The nearest tone on the way to `end` that can be read on `ground`. `end` itself must be legible there.
    fn legible(self, ground: Self, end: Self) -> Self {
        (0..=64).map(|part| self.towards(end, part)).find(|tone| tone.contrast(ground) >= Self::AA).unwrap_or(end)
    }

    /// The tones of a brand.
    pub fn palette(self) -> Palette {
        let on_fill = if self.contrast(Self::WHITE) >= Self::AA { Self::WHITE } else { Self([0; 3]) };
        Palette {
            dark: self.legible(Self::DARK_GROUND, Self::WHITE),
            fill: self,
            light: self.legible(Self::LIGHT_GROUND, Self([0; 3])),
            on_fill,
        }
    }
}

/// A channel without its gamma: of `t` to the 2.4 the fraction is a fifth root, which a few of Newton's steps find.
fn linear(channel: u8) -> f32 {
    let value = f32::from(channel) / 255.0;
    if value <= 0.040_45 {
        return value / 12.92;
    }
    let base = (value + 0.055) / 1.055;
    let square = base * base;
    let root = (0..12).fold(1.0_f32, |root, _| {
        let fourth = root * root * root * root;
        root - (root * fourth - square) / (5.0 * fourth)
    });
    square * root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colour(raw: &str) -> Colour {
        Colour::decode(raw).unwrap()
    }

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(colour("#1677FF").css(), "#1677ff");
        assert_eq!(colour("#fa0").css(), "#ffaa00");
        for bad in ["", "1677ff", "#1677f", "#1677fff", "#12345g", "#+12345", "blue", "rgb(1,2,3)", "#１２３"] {
            assert_eq!(Colour::decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        // Computed with `pow` in Python.
        for (one, other, expected) in
            [("#000", "#fff", 21.0), ("#fff", "#fff", 1.0), ("#777", "#fff", 4.48), ("#1677ff", "#fff", 4.10), ("#07c160", "#fff", 2.385)]
        {
            let contrast = colour(one).contrast(colour(other));
            assert!((contrast - expected).abs() < 0.012, "{one} on {other}: {contrast}");
        }
    }

    #[test]
    fn the_gamma_is_that_of_srgb() {
        for channel in 0..=255_u8 {
            let value = f64::from(channel) / 255.0;
            let exact = if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
            assert!((f64::from(linear(channel)) - exact).abs() < 1e-5, "{channel}");
        }
    }

    proptest! {
        #[test]
        fn every_brand_becomes_legible(channels in any::<[u8; 3]>()) {
            let palette = Colour(channels).palette();
            prop_assert!(palette.light.contrast(Colour::LIGHT_GROUND) >= 4.5);
            prop_assert!(palette.light.contrast(Colour::WHITE) >= 4.5);
            prop_assert!(palette.dark.contrast(Colour::DARK_GROUND) >= 4.5);
            prop_assert!(palette.dark.contrast(Colour::INK) >= 4.5);
            prop_assert!(palette.fill.contrast(palette.on_fill) >= 4.5);
        }

        #[test]
        fn a_legible_brand_stays_as_it_is(channels in any::<[u8; 3]>()) {
            let brand = Colour(channels);
            if brand.contrast(Colour::LIGHT_GROUND) >= 4.5 {
                prop_assert_eq!(brand.palette().light, brand);
            }
            if brand.contrast(Colour::DARK_GROUND) >= 4.5 {
                prop_assert_eq!(brand.palette().dark, brand);
            }
        }
    }
}
