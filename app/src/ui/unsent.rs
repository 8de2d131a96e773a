//! What the browser does not let a form send: said at its field, as a refusal of the server is. The browser's own bubble
//! speaks the browser's language, and goes by itself. Without its code here the bubble stays.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use super::browser;

/// What is wrong with what stands in a field, since it was last to be sent.
#[derive(Clone, Copy)]
pub struct Unsent(RwSignal<Option<String>>);

impl Unsent {
    /// Nothing was to be sent yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// The browser does not send the field: takes the place of its bubble. Of several fields the first gets the keyboard.
    pub fn refuse(self, event: &web_sys::Event, kind: &str, form_words: Option<&str>) {
        event.prevent_default();
        let field: HtmlElement = event_target(event);
        // A text area is not sent for one reason alone: nothing is in it.
        let value = field.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        self.0.set(Some(words(kind, &value.unwrap_or_default(), form_words)));
        browser::focus_if_first_invalid(&field);
    }

    /// Something else stands in the field.
    pub fn forget(self) {
        if self.0.with_untracked(Option::is_some) {
            self.0.set(None);
        }
    }

    /// What is wrong with the field: this, else what the server has said.
    #[must_use]
    pub fn or(self, refused: Signal<Option<String>>) -> Signal<Option<String>> {
        Signal::derive(move || self.0.get().or_else(|| refused.get()))
    }
}

impl Default for Unsent {
    fn default() -> Self {
        Self::new()
    }
}

/// What to do about a value that the browser does not send. What is no number is empty to a page.
fn words(kind: &str, value: &str, form_words: Option<&str>) -> String {
    match (kind, form_words) {
        ("number", _) => "Enter a whole number.".to_owned(),
        _ if value.is_empty() => "Fill this in.".to_owned(),
        ("url", _) => "Enter a whole address, such as https://idp.example.com.".to_owned(),
        ("email", _) => "Enter an email address, such as name@example.com.".to_owned(),
        (_, Some(form)) => format!("{form}."),
        (_, None) => "This does not have the form that is needed here.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sent_is_said_in_words() {
        for (kind, value, want) in [
            ("text", "", "Fill this in."),
            ("url", "", "Fill this in."),
            ("number", "", "Enter a whole number."),
            ("url", "idp", "Enter a whole address, such as https://idp.example.com."),
            ("email", "me", "Enter an email address, such as name@example.com."),
            ("text", "A B", "Small letters only."),
        ] {
            assert_eq!(words(kind, value, Some("Small letters only")), want, "{kind} {value}");
        }
    }
}
