//! What an organisation may change about its hosted pages: name, logo, one colour, links.

use super::colour::Rgb;

/// An organisation's look. The default is the product's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branding {
    /// Name shown at the foot of every page.
    pub organisation: String,
    /// Address of a logo, `https:`, `data:` or a path of ours; without one a monogram stands in.
    pub logo_url: Option<String>,
    /// Accent colour. It is darkened or lightened where it would be hard to read.
    pub accent: Option<Rgb>,
    /// Links at the foot.
    pub links: Links,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            organisation: "Doorward".to_owned(),
            logo_url: None,
            accent: None,
            links: Links::default(),
        }
    }
}

/// Addresses of pages the organisation keeps elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    pub privacy: Option<String>,
    pub terms: Option<String>,
    pub help: Option<String>,
}

/// The card of a dark page, `--surface-raised`, rounded towards light.
const DARK_GROUND: Rgb = Rgb([0x1b, 0x1f, 0x26]);
/// Text on a button or a link must stand out by this much (WCAG 2.2 §1.4.3).
const TEXT_CONTRAST: f64 = 4.5;

impl Branding {
    /// The accent as it is used on light and on dark pages: readable on both.
    #[must_use]
    pub fn accents(&self) -> Option<(Rgb, Rgb)> {
        let accent = self.accent?;
        let light = accent.until_contrast(Rgb::BLACK, Rgb::WHITE, TEXT_CONTRAST);
        Some((light, accent.until_contrast(Rgb::WHITE, DARK_GROUND, TEXT_CONTRAST)))
    }

    /// The style that puts the accent into place, exactly as it stands in the page; none without an accent.
    #[must_use]
    pub fn accent_style(&self) -> Option<String> {
        let (light, dark) = self.accents()?;
        Some(format!(
            ":root{{{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}",
            tokens(light, Rgb::BLACK),
            tokens(dark, Rgb::WHITE)
        ))
    }
}

/// Only colours of three bytes are printed, so nothing an administrator typed can reach the style.
fn tokens(accent: Rgb, pressed: Rgb) -> String {
    format!(
        "--accent:{accent};--accent-hover:{};--accent-ink:{}",
        accent.towards(pressed, 14),
        accent.ink()
    )
}

/// The letter that stands in for a missing logo.
#[must_use]
pub fn monogram(name: &str) -> String {
    name.chars()
        .find(|letter| letter.is_alphanumeric())
        .map_or_else(|| "•".to_owned(), |letter| letter.to_uppercase().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_is_readable_in_both_themes() {
        for text in ["#ffffff", "#000000", "#ffe600", "#3b82f6", "#808080"] {
            let branding = Branding {
                accent: Rgb::parse(text),
                ..Branding::default()
            };
            let (light, dark) = branding.accents().unwrap();
            assert!(light.contrast(Rgb::WHITE) >= TEXT_CONTRAST, "{text} on light");
            assert!(dark.contrast(DARK_GROUND) >= TEXT_CONTRAST, "{text} on dark");
        }
    }

    #[test]
    fn a_monogram_is_the_first_letter_or_figure() {
        for (name, want) in [
            ("payroll", "P"),
            ("  «é»", "É"),
            ("7th floor", "7"),
            ("🙂", "•"),
            ("", "•"),
            ("ßtern", "SS"),
        ] {
            assert_eq!(monogram(name), want);
        }
    }
}
