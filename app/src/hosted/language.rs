//! Which language a page speaks: what the application asks for, then what the browser prefers.

/// Languages the hosted pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
    French,
}

/// A header may be as long as the server lets it; the wishes of a person are few.
const WISHES_READ: usize = 20;

impl Language {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::French];

    /// Language tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// What the language calls itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
        }
    }

    /// Writing direction, as the value of `dir`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German | Self::French => "ltr",
        }
    }

    /// The language of a tag such as `de-AT`; by its first part alone.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// A language tag in words: what the language calls itself, with the rest of the tag, such as a country, behind it. A
    /// language that is not ours stays the tag.
    #[must_use]
    pub fn words_of_tag(tag: &str) -> String {
        let Some(language) = Self::of_tag(tag) else {
            return tag.to_owned();
        };
        match tag.split_once(['-', '_']) {
            Some((_, rest)) => format!("{} ({rest})", language.own_name()),
            None => language.own_name().to_owned(),
        }
    }

    /// Chooses by `ui_locales` (space-separated, most wanted first; OpenID Connect Core §3.1.2.1), then by the
    /// browser's `Accept-Language` (RFC 9110 §12.5.4). Wishes we cannot meet are passed over; English is last.
    #[must_use]
    pub fn negotiate(ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        let asked = ui_locales
            .unwrap_or_default()
            .split_ascii_whitespace()
            .take(WISHES_READ)
            .find_map(Self::of_tag);
        asked
            .or_else(|| preferred(accept_language.unwrap_or_default()))
            .unwrap_or_default()
    }
}

/// The known language of the highest weight; of equals the first.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(u16, Language)> = None;
    for wish in header.split(',').take(WISHES_READ) {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1000, thousandths);
        let Some(language) = Language::of_tag(tag) else {
            continue;
        };
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// A weight between 0 and 1 in thousandths; what cannot be read weighs nothing.
fn thousandths(weight: &str) -> u16 {
    match weight.trim().parse::<f32>() {
        // In range, so the cast neither wraps nor loses what matters.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1000"
        )]
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
        Ok(_) | Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, French, German};

    #[test]
    fn the_first_wish_that_can_be_met_wins() {
        for (case, ui_locales, accept, want) in [
            ("nothing said", None, None, English),
            ("the application's wish first", Some("de"), Some("fr"), German),
            ("a region is no obstacle", Some("fr-CA"), None, French),
            ("unknown wishes are passed over", Some("xx pl de"), None, German),
            (
                "an application that asks for none we have",
                Some("pl"),
                Some("fr;q=0.8"),
                French,
            ),
            ("weights count, not the order", None, Some("en;q=0.5, de;q=0.9"), German),
            ("of equals the first", None, Some("fr, de"), French),
            ("zero means not this one", None, Some("de;q=0, fr;q=0.1"), French),
            ("a wildcard chooses nothing", None, Some("*"), English),
            ("letter case does not matter", None, Some("DE-at"), German),
            ("weights that are no numbers", None, Some("de;q=x, fr;q=0.2"), French),
            ("weights out of range", None, Some("de;q=7, fr;q=0.2"), French),
            ("rubbish", Some("\u{0}\u{ffff} ---"), Some(";;;,,,q=,"), English),
        ] {
            assert_eq!(Language::negotiate(ui_locales, accept), want, "{case}");
        }
    }

    #[test]
    fn tags_in_words() {
        for (tag, want) in [
            ("en", "English"),
            ("DE", "Deutsch"),
            ("fr-CA", "Français (CA)"),
            ("en_GB", "English (GB)"),
            ("pl", "pl"),
            ("English please", "English please"),
            ("", ""),
        ] {
            assert_eq!(Language::words_of_tag(tag), want, "{tag}");
        }
    }

    #[test]
    fn a_flood_of_wishes_is_cut() {
        let header = format!("{}de", "xx,".repeat(100_000));
        assert_eq!(Language::negotiate(None, Some(&header)), English);
    }
}
