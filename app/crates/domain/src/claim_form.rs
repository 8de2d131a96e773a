//! Standard claims that have a type and a form of their own (OpenID Connect Core §5.1), for what people type and programs
//! write. What a provider sends is passed on as it is.

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

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

/// Claims whose value is a text.
const TEXTS: [&str; 14] = [
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
];

/// What is wrong with a value that a program writes, in one sentence; `None` where it fits, or may be anything.
#[must_use]
pub fn fault(name: &str, value: &Value, today: NaiveDate) -> Option<String> {
    let (fits, wanted) = match name {
        "updated_at" => (value.is_number(), "a number: the seconds since 1970"),
        "address" => (
            value.is_object(),
            "an object, with members such as locality and country",
        ),
        "phone_number_verified" => (value.is_boolean(), "true or false"),
        "groups" => (
            value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
            "a list of texts",
        ),
        _ if TEXTS.contains(&name) => (value.is_string(), "a text"),
        _ => return None,
    };
    if !fits {
        return Some(format!("This must be {wanted}."));
    }
    let text = value.as_str().filter(|text| !text.is_empty())?;
    example_instead(name, text, today).map(|example| format!("Use the form of {example}."))
}

/// An example of what the claim looks like, where the text does not; `None` where it does, or may look like anything.
#[must_use]
pub fn example_instead(name: &str, text: &str, today: NaiveDate) -> Option<&'static str> {
    let fits = match name {
        "website" => is_website(text),
        "zoneinfo" => is_zone(text),
        "locale" => is_language(text),
        "birthdate" => is_birthdate(text, today),
        "phone_number" => is_phone_number(text),
        _ => true,
    };
    example(name).filter(|_| !fits)
}

/// An example of what the claim looks like; `None` where it may look like anything.
#[must_use]
pub fn example(name: &str) -> Option<&'static str> {
    match name {
        "website" => Some("https://example.com"),
        "zoneinfo" => Some("Europe/Paris"),
        "locale" => Some("en-GB"),
        "birthdate" => Some("1990-12-31"),
        "phone_number" => Some("+33 1 23 45 67 89"),
        _ => None,
    }
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

/// A date, a date whose year 0000 says that none is told, or a year; none that is to come.
fn is_birthdate(text: &str, today: NaiveDate) -> bool {
    // Somewhere it is tomorrow already.
    let latest = today.succ_opt().unwrap_or(today);
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text
            .parse::<i32>()
            .is_ok_and(|year| (1..=latest.year()).contains(&year));
    }
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok_and(|date| date <= latest)
}

/// A number as people write it, with an extension (RFC 3966) or without.
fn is_phone_number(text: &str) -> bool {
    let (number, extension) = text.split_once(";ext=").unwrap_or((text, "0"));
    let local = number.strip_prefix('+').unwrap_or(number);
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    (5..=20).contains(&digits)
        && local
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '/'))
        && !extension.is_empty()
        && extension.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            ("birthdate", "2026-02-28", true),
            ("birthdate", "2026-03-01", true),
            ("birthdate", "2026-03-02", false),
            ("birthdate", "2999-12-31", false),
            ("birthdate", "2027", false),
            ("birthdate", "0000", false),
            ("phone_number", "+49 (30) 123-456", true),
            ("phone_number", "+1 604 555 1234;ext=5678", true),
            ("phone_number", "0123", false),
            ("phone_number", "abc", false),
            ("phone_number", "12345;ext=", false),
            ("nickname", "javascript:alert(1)", true),
        ] {
            assert_eq!(example_instead(name, text, today()).is_none(), fits, "{name} {text}");
        }
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 2, 28).expect("a date")
    }

    #[test]
    fn types() {
        for (name, value, fits) in [
            ("given_name", json!("Anna"), true),
            ("given_name", json!(""), true),
            ("given_name", json!(5), false),
            ("updated_at", json!(1_700_000_000), true),
            ("updated_at", json!("never"), false),
            ("birthdate", json!("foo"), false),
            ("birthdate", json!(1990), false),
            ("address", json!({"country": "CH"}), true),
            ("address", json!("Bern"), false),
            ("groups", json!(["a"]), true),
            ("groups", json!(["a", 1]), false),
            ("phone_number_verified", json!("true"), false),
            ("shoe_size", json!(42), true),
        ] {
            assert_eq!(fault(name, &value, today()).is_none(), fits, "{name} {value}");
        }
    }
}
