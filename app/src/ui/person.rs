//! How people are shown in rows and heads.

use leptos::prelude::*;

/// Up to two letters that stand for a name. The style writes them in upper case: the tables for it are a hundredth of
/// the code every page loads.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || c == '@' || c == '.')
        .filter(|w| !w.is_empty())
        .collect();
    let first = |word: &&str| word.chars().find(|c| c.is_alphanumeric());
    match words.as_slice() {
        [] => String::new(),
        [one] => first(one).into_iter().collect(),
        [one, .., last] if !name.contains('@') => [first(one), first(last)].into_iter().flatten().collect(),
        [one, ..] => first(one).into_iter().collect(),
    }
}

/// The round tile with a person's letters.
#[component]
pub fn Avatar(name: String, #[prop(optional)] large: bool) -> impl IntoView {
    view! { <span class="mark round" class:large=large aria-hidden="true">{initials(&name)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        for (name, want) in [
            ("Sample Person", "SP"),
            ("person@example.com", "p"),
            ("first middle last", "fl"),
            ("", ""),
            ("élan", "é"),
            ("***", ""),
        ] {
            assert_eq!(initials(name), want, "{name}");
        }
    }
}
