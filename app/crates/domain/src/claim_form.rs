//! Standard claims that have a form of their own (OpenID Connect Core §5.1), for what people type. What a provider sends
//! is passed on as it is.

use chrono::NaiveDate;

/// The areas of the time zone database.
const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Etc",
    "Europe",
    "Indian",
    "Pacific",
];

/// An example of what the claim looks like, where the text does not; `None` where it does, or may look like anything.
#[must_use]
pub fn example_instead(name: &str, text: &str) -> Option<&'static str> {
    let (fits, example) = match name {
        "website" => (is_website(text), "https://example.com"),
        "zoneinfo" => (is_zone(text), "Europe/Paris"),
        "locale" => (is_language(text), "en-GB"),
        "birthdate" => (is_birthdate(text), "1990-12-31"),
        _ => return None,
    };
    (!fits).then_some(example)
}

fn is_website(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.host().is_some())
}

fn is_zone(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/');
    let place = text.split_once('/').filter(|(area, _)| AREAS.contains(area));
    text == "UTC" || place.is_some_and(|(_, place)| !place.is_empty() && place.chars().all(plain))
}

/// A language tag (RFC 5646); some write an underscore.
fn is_language(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_alphabetic()) && parts.all(is_part)
}

/// A date, a date without its year, or a year.
fn is_birthdate(text: &str) -> bool {
    let year = text.len() == 4 && text.chars().all(|c| c.is_ascii_digit());
    year || (text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (name, text, fits) in [
            ("website", "https://example.com/me", true),
            ("website", "javascript:alert(1)", false),
            ("website", "example.com", false),
            ("zoneinfo", "Europe/Paris", true),
            ("zoneinfo", "America/Argentina/Ushuaia", true),
            ("zoneinfo", "UTC", true),
            ("zoneinfo", "Mars/Base", false),
            ("zoneinfo", "Europe/", false),
            ("locale", "de", true),
            ("locale", "en-GB", true),
            ("locale", "pt_BR", true),
            ("locale", "English please", false),
            ("birthdate", "1990-12-31", true),
            ("birthdate", "0000-12-31", true),
            ("birthdate", "1990", true),
            ("birthdate", "31.12.1990", false),
            ("birthdate", "1990-13-01", false),
            ("nickname", "javascript:alert(1)", true),
        ] {
            assert_eq!(example_instead(name, text).is_none(), fits, "{name} {text}");
        }
    }
}
