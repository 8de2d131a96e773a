//! Numbers and names as people read them.

use doorward_domain::audit::Actor;
pub use doorward_domain::text::either;

/// A whole number with a comma between thousands.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text in lower case. In the browser by the browser itself: the tables for it would be part of what every page loads.
#[must_use]
pub fn lower_case(text: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    text.to_lowercase()
}

/// A number with its noun: `1 person`, `2,140 people`, `no people`.
#[must_use]
pub fn count(value: u64, one: &str, many: &str) -> String {
    match value {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        more => format!("{} {many}", number(more)),
    }
}

/// The usual noun of all: people.
#[must_use]
pub fn people(value: u64) -> String {
    count(value, "person", "people")
}

/// Names joined for a sentence: `A`, `A and B`, `A, B and C`.
#[must_use]
pub fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Who did something; `name` is the account's, where it is still there.
#[must_use]
pub fn actor(actor: Option<&Actor>, name: Option<String>) -> String {
    match actor {
        Some(Actor::Person) => name.unwrap_or_else(|| "The person".to_owned()),
        Some(Actor::Administrator { .. }) => name.unwrap_or_else(|| "A former administrator".to_owned()),
        Some(Actor::Api) => "Management API".to_owned(),
        Some(Actor::System) => "The server".to_owned(),
        None => "Not recorded".to_owned(),
    }
}

/// The first letter in upper case, for a sentence that starts with a number's word.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        for (value, want) in [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(number(value), want);
        }
    }

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(people(0), "no people");
        assert_eq!(people(1), "1 person");
        assert_eq!(people(2140), "2,140 people");
        assert_eq!(sentence(&people(0)), "No people");
    }

    #[test]
    fn names_join() {
        let names = ["A", "B", "C"].map(str::to_owned);
        assert_eq!(join(&names[..0]), "");
        assert_eq!(join(&names[..1]), "A");
        assert_eq!(join(&names[..2]), "A and B");
        assert_eq!(join(&names), "A, B and C");
        assert_eq!(either(&names), "A, B or C");
    }
}
