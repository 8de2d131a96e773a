//! From a server's refusal to the sentence at a field.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::browser;
use super::icon::{Icon, Shape};
use super::words;
use crate::api::error::ConsoleError;

/// The last refusal of a form, if its last answer was one.
#[derive(Clone, Copy)]
pub struct Faults(Signal<Option<ConsoleError>>);

impl Faults {
    /// The refusals of a server function that answers with any type.
    pub fn of<T: Send + Sync + 'static>(
        answer: impl Fn() -> Option<Result<T, ConsoleError>> + Send + Sync + 'static,
    ) -> Self {
        Self(Signal::derive(move || answer().and_then(Result::err)))
    }

    /// For a form that has sent nothing.
    #[must_use]
    pub fn none() -> Self {
        Self(Signal::derive(|| None))
    }

    /// What is wrong with the field of a JSON pointer or with anything below it.
    #[must_use]
    pub fn at(self, pointer: &str) -> Option<String> {
        self.0
            .with(|error| error.as_ref().and_then(|error| sentence_at(error, pointer)))
    }

    /// The refusal itself.
    #[must_use]
    pub fn get(self) -> Option<ConsoleError> {
        self.0.get()
    }
}

/// What an error says about one field.
#[must_use]
pub fn sentence_at(error: &ConsoleError, pointer: &str) -> Option<String> {
    let concerns = |candidate: &str| {
        candidate == pointer
            || candidate
                .strip_prefix(pointer)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    match error {
        ConsoleError::Invalid { fields } => fields
            .iter()
            .find(|field| concerns(&field.pointer))
            .map(|field| field.detail.clone()),
        ConsoleError::Taken { field } => concerns(field).then(|| error.to_string()),
        ConsoleError::SignedOut
        | ConsoleError::Forbidden
        | ConsoleError::NotFound
        | ConsoleError::Changed
        | ConsoleError::InUse { .. }
        | ConsoleError::Unconfirmed
        | ConsoleError::LastAdministrator
        | ConsoleError::Unavailable
        | ConsoleError::Internal
        | ConsoleError::Malformed => None,
    }
}

/// Everything an error says, one sentence each.
#[must_use]
pub fn details(error: &ConsoleError) -> Vec<String> {
    match error {
        ConsoleError::Invalid { fields } => fields.iter().map(|field| field.detail.clone()).collect(),
        ConsoleError::InUse { by } => vec![format!("Used by {}.", words::join(by))],
        ConsoleError::Unconfirmed => vec!["Tick the box that says what it does, then save it again.".to_owned()],
        ConsoleError::SignedOut
        | ConsoleError::Forbidden
        | ConsoleError::NotFound
        | ConsoleError::Changed
        | ConsoleError::Taken { .. }
        | ConsoleError::LastAdministrator
        | ConsoleError::Unavailable
        | ConsoleError::Internal
        | ConsoleError::Malformed => vec![],
    }
}

/// The refusal above a form. Everything typed is still there; the first field concerned gets the keyboard.
#[component]
pub fn FaultSummary(faults: Faults) -> impl IntoView {
    Effect::new(move |_| {
        if faults.get().is_some() {
            request_animation_frame(|| browser::focus_first("[aria-invalid=true], .notice.danger[tabindex]"));
        }
    });
    let path = use_location().pathname;
    move || {
        faults.get().map(|error| {
            let details = details(&error);
            let reload = matches!(error, ConsoleError::Changed | ConsoleError::Malformed | ConsoleError::SignedOut);
            view! {
                <div class="notice danger" role="alert" tabindex="-1">
                    <Icon shape=Shape::Stop />
                    <p class="notice-title">{error.to_string()}</p>
                    {(!details.is_empty()).then(|| view! {
                        <ul class="stack tight">{details.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                    })}
                    {reload.then(|| view! {
                        <div class="button-row">
                            <a class="button small" href=path rel="external">"Reload the page"</a>
                        </div>
                    })}
                </div>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use doorward_domain::invalid::FieldError;

    #[test]
    fn a_sentence_finds_its_field() {
        let error = ConsoleError::Invalid {
            fields: vec![FieldError {
                pointer: "/redirect_uris/1".into(),
                detail: "Use https.".into(),
            }],
        };
        for (pointer, want) in [
            ("/redirect_uris", Some("Use https.")),
            ("/redirect_uris/1", Some("Use https.")),
            ("/redirect_uris/10", None),
            ("/redirect", None),
        ] {
            assert_eq!(sentence_at(&error, pointer).as_deref(), want, "{pointer}");
        }
        let taken = ConsoleError::Taken {
            field: "/handle".into(),
        };
        assert!(sentence_at(&taken, "/handle").is_some());
        assert!(sentence_at(&taken, "/name").is_none());
    }
}
