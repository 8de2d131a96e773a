//! Carries the answer to an application by form (OAuth 2.0 Form Post Response Mode §2).
//!
//! It has a script: a line that sends the form, allowed by its hash. Without script the button does it.

use leptos::prelude::*;

use crate::hosted::shell::PageShell;

/// The script, exactly as it stands in the page.
pub const SCRIPT: &str = "document.forms[0].submit()";

/// The answer and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPost {
    /// The application's redirect URI, verified.
    pub redirect_uri: String,
    /// `code`, `state`, `iss`, or an error.
    pub fields: Vec<(String, String)>,
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &FormPost) -> String {
    let text = &shell.texts().form_post;
    let is_error = model.fields.iter().any(|(name, _)| name == "error");
    let (title, explain) = if is_error {
        (text.error_title, text.error_explain)
    } else {
        (text.title, text.explain)
    };
    let content = view! {
        <p>{explain}</p>
        {form(model, "button", text.submit.to_owned())}
        <script inner_html=SCRIPT></script>
    };
    shell.document(title, content)
}

/// The form that takes the answer to the application.
pub(super) fn form(model: &FormPost, class: &'static str, label: String) -> impl IntoView + use<> {
    // Goes to another site: our own token is not among the fields.
    let fields: Vec<_> = model
        .fields
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> })
        .collect();
    view! {
        <form method="post" action=model.redirect_uri.clone() class="form">
            {fields}
            <button class=class>{label}</button>
        </form>
    }
}
