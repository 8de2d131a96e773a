//! What somebody typed into a form that was refused before the browser's code had loaded. The server puts it into the
//! context of the page the browser lands on; in the browser there is none, because there nothing was lost.

use leptos::prelude::use_context;

/// Names and values as the form sent them.
#[derive(Debug, Clone, Default)]
pub struct Typed(pub Vec<(String, String)>);

/// What a field shows: what was typed into it, else what is saved.
#[must_use]
pub fn value(name: &str, saved: String) -> String {
    let typed = use_context::<Typed>();
    let typed = typed.and_then(|Typed(fields)| fields.into_iter().find(|(key, _)| key == name));
    typed.map_or(saved, |(_, value)| value)
}

/// Whether a box is ticked: a form that was sent names the ticked ones alone.
#[must_use]
pub fn is_ticked(name: &str, value: &str, saved: bool) -> bool {
    use_context::<Typed>().map_or(saved, |Typed(fields)| {
        fields.iter().any(|(key, sent)| key == name && sent == value)
    })
}

/// Whether the page has such a form.
#[must_use]
pub fn is_there() -> bool {
    use_context::<Typed>().is_some()
}

#[cfg(test)]
mod tests {
    use leptos::prelude::{Owner, provide_context};

    use super::*;

    #[test]
    fn what_was_typed_comes_before_what_is_saved() {
        let owner = Owner::new();
        owner.with(|| {
            assert_eq!(value("name", "saved".into()), "saved");
            assert!(is_ticked("enabled", "true", true));
            provide_context(Typed(vec![("name".into(), "typed".into())]));
            assert_eq!(value("name", "saved".into()), "typed");
            assert_eq!(value("other", "saved".into()), "saved");
            assert!(!is_ticked("enabled", "true", true), "a cleared box is not sent");
        });
    }
}
