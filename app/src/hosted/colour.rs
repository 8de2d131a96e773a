//! Contrast of colours (WCAG 2.2), for the accent that an organisation chooses.

/// A colour of sRGB, one byte each of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([byte(0)?, byte(2)?, byte(4)?]))
    }

    /// Relative luminance, 0 for black to 1 for white.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|byte| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Contrast with another colour, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Moves towards another colour by this many percent.
    #[must_use]
    pub fn towards(self, other: Self, percent: u8) -> Self {
        let percent = u16::from(percent.min(100));
        let mut mixed = self.0;
        for (own, goal) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (100 - percent) + u16::from(goal) * percent;
            *own = u8::try_from(sum / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// The nearest colour on the way to `goal` that stands out from `ground` by at least `contrast`.
    #[must_use]
    pub fn until_contrast(self, goal: Self, ground: Self, contrast: f64) -> Self {
        (0..=100)
            .map(|percent| self.towards(goal, percent))
            .find(|one| one.contrast(ground) >= contrast)
            .unwrap_or(goal)
    }

    /// White or black, whichever is read more easily on this colour; at least 4.5 in any case.
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::Rgb;

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(Rgb::parse("#0A10ff"), Some(Rgb([10, 16, 255])));
        for text in ["", "#fff", "0a10ff", "#0a10fg", "#0a10ff;}", "#+1+1+1", "#é0000"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((Rgb::WHITE.contrast(Rgb::BLACK) - 21.0).abs() < 0.001);
        assert!((Rgb([0x76; 3]).contrast(Rgb::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn every_colour_has_a_readable_ink_and_a_readable_shade() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                let colour = Rgb([red, green, 128]);
                assert!(colour.ink().contrast(colour) >= 4.5, "{colour}");
                assert!(
                    colour.until_contrast(Rgb::BLACK, Rgb::WHITE, 4.5).contrast(Rgb::WHITE) >= 4.5,
                    "{colour}"
                );
            }
        }
    }
}
