//! From a server's refusal to the sentence at a field.

use doorward_domain::Timestamp;
use doorward_domain::invalid::FieldError;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::browser;
use super::icon::{Icon, Shape};
use super::proof::{self, Wanted};
use super::time::When;
use super::{typed, words};
use crate::api::error::ConsoleError;

/// The last refusal of a form, if its last answer was one.
#[derive(Clone, Copy)]
pub struct Faults {
    last: Signal<Option<ConsoleError>>,
    /// Whether a refusal that the page comes with is this form's.
    is_mine: bool,
}

impl Faults {
    /// The refusals of a server function that answers with any type.
    pub fn of<T: Send + Sync + 'static>(
        answer: impl Fn() -> Option<Result<T, ConsoleError>> + Send + Sync + 'static,
    ) -> Self {
        let answer = Signal::derive(move || answer().map(|answer| answer.map(|_| ())));
        let wanted = Wanted::follow(move || answer.get());
        let last = move || {
            let error = answer.get().and_then(Result::err);
            error.filter(|error| !(proof::wants_proof(error) && wanted.is_met()))
        };
        Self {
            last: Signal::derive(last),
            is_mine: true,
        }
    }

    /// For a form that has sent nothing.
    #[must_use]
    pub fn none() -> Self {
        Self {
            last: Signal::derive(|| None),
            is_mine: false,
        }
    }

    /// Of one of several forms that call the same function: told from the others by what a field of it holds.
    #[must_use]
    pub fn with_field(self, name: &str, value: &str) -> Self {
        let is_mine = self.is_mine && typed::is_ticked(name, value, false);
        Self { is_mine, ..self }
    }

    /// Whether the page comes with a refusal of this form: it was sent before the browser's code had loaded.
    #[must_use]
    pub fn is_back(self) -> bool {
        self.is_mine && self.last.with_untracked(Option::is_some)
    }

    /// What is wrong with the field of a JSON pointer or with anything below it.
    #[must_use]
    pub fn at(self, pointer: &str) -> Option<String> {
        self.last
            .with(|error| error.as_ref().and_then(|error| sentence_at(error, pointer)))
    }

    /// The refusal itself.
    #[must_use]
    pub fn get(self) -> Option<ConsoleError> {
        self.last.get()
    }
}

/// What a field's fault says. Of several addresses in one field it tells which one, counted from 1 without empty lines.
fn sentence(field: &FieldError) -> String {
    let (list, index) = field.pointer.rsplit_once('/').unwrap_or_default();
    match index.parse::<usize>() {
        Ok(index) if list.ends_with("redirect_uris") => format!("Address {}: {}", index + 1, field.detail),
        _ => field.detail.clone(),
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
        ConsoleError::Invalid { fields } => fields.iter().find(|field| concerns(&field.pointer)).map(sentence),
        ConsoleError::Taken { field } => concerns(field).then(|| error.to_string()),
        ConsoleError::SignedOut
        | ConsoleError::Forbidden
        | ConsoleError::NotFound
        | ConsoleError::Changed
        | ConsoleError::Overtaken(_)
        | ConsoleError::InUse { .. }
        | ConsoleError::Unconfirmed
        | ConsoleError::Unproven
        | ConsoleError::LastAdministrator
        | ConsoleError::Unreachable
        | ConsoleError::Unavailable
        | ConsoleError::Internal
        | ConsoleError::Malformed => None,
    }
}

/// What an error says before its details. Above a form nothing else tells which field is meant.
fn headline(error: &ConsoleError) -> String {
    if let ConsoleError::Taken { field } = error {
        let name = field.trim_start_matches('/').replace('_', " ");
        return format!("The {name} is taken already. Choose another one.");
    }
    error.to_string()
}

/// Everything an error says, one sentence each.
#[must_use]
pub fn details(error: &ConsoleError) -> Vec<String> {
    match error {
        ConsoleError::Invalid { fields } => fields.iter().map(sentence).collect(),
        ConsoleError::InUse { by } => vec![format!("Used by {}.", words::join(by))],
        ConsoleError::Changed => vec![
            "Somebody else saved it, or your own last try did although its answer was lost.".to_owned(),
            "What you typed still stands here, and is lost once you show the saved settings.".to_owned(),
        ],
        ConsoleError::Overtaken(_) => vec![
            "What you typed still stands here, and is lost once you show the saved settings.".to_owned(),
            "Saved all the same, it takes the place of what was saved meanwhile.".to_owned(),
        ],
        ConsoleError::Unreachable => {
            vec!["Whether the change was saved is not known: load the page again to see.".to_owned()]
        }
        ConsoleError::SignedOut
        | ConsoleError::Forbidden
        | ConsoleError::NotFound
        | ConsoleError::Unconfirmed
        | ConsoleError::Unproven
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
    let notice = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(error) = faults.get() {
            let first = if error == ConsoleError::Unconfirmed {
                "[name=confirmed], [name=all_the_same]"
            } else {
                "[aria-invalid=true]"
            };
            request_animation_frame(move || {
                if let Some(Some(notice)) = notice.try_get_untracked() {
                    browser::focus_in_form(&notice, first);
                }
            });
        }
    });
    let path = use_location().pathname;
    // Where the redirect of a refused form leads.
    let id = faults.is_back().then_some("refused");
    move || {
        faults.get().map(|error| {
            let details = details(&error);
            let first = Overtaken::of(&error);
            let over = first.as_ref().map(|first| first.version.clone());
            let is_elsewhere = proof::wants_proof(&error);
            view! {
                <div class="notice danger" id=id role="alert" tabindex="-1" node_ref=notice>
                    <Icon shape=Shape::Stop />
                    <p class="notice-title">{headline(&error)}</p>
                    {first.map(|first| view! { <p>{first.told()}</p> })}
                    {(!details.is_empty()).then(|| view! {
                        <ul class="stack tight">{details.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
                    })}
                    {(error == ConsoleError::Unconfirmed).then(|| view! {
                        // Without the browser's code nobody moves the keyboard there; the router would not either.
                        <p><a href="#confirmed-true" rel="external">"Tick the box that says what it does"</a>", then save it again."</p>
                    })}
                    {way_on(&error, &path.get()).map(|(href, words)| view! {
                        <div class="button-row">
                            // What was typed stays here meanwhile.
                            <a class="button small" href=href rel="external" target=is_elsewhere.then_some("_blank")>{words}</a>
                            {over.map(|version| view! { <Overwrite version notice /> })}
                        </div>
                    })}
                </div>
            }
        })
    }
}

/// Whose save came first, where that is known.
struct Overtaken {
    /// What is saved now.
    version: String,
    at: Timestamp,
    who: String,
}

impl Overtaken {
    fn of(error: &ConsoleError) -> Option<Self> {
        let ConsoleError::Overtaken(text) = error else {
            return None;
        };
        let mut parts = text.splitn(3, ' ');
        Some(Self {
            version: parts.next()?.to_owned(),
            at: Timestamp::from_timestamp(parts.next()?.parse().ok()?, 0)?,
            who: parts.next()?.to_owned(),
        })
    }

    fn told(self) -> impl IntoView {
        let Self { at, who, .. } = self;
        view! {
            "Last saved by " <bdi>{who}</bdi> ", " <When at />
            ". If that is you: in another tab, or your own last try did it although its answer was lost."
        }
    }
}

/// Sends the form once more, over the version that somebody else has saved.
#[component]
fn Overwrite(version: String, notice: NodeRef<html::Div>) -> impl IntoView {
    let value = version.clone();
    // A confirmation that is asked for next is sent with the same version.
    let keep = move |_| {
        if let Some(notice) = notice.get_untracked() {
            browser::set_in_form(&notice, "[name=version]", &version);
        }
    };
    view! {
        // What Enter in a field presses is the first button of the form, which must not be the other one.
        <button type="submit" hidden tabindex="-1"></button>
        <button type="submit" class="button small" name="overwrite" value=value on:click=keep>"Save mine all the same"</button>
    }
}

/// Where a link leads on from a refusal, and its words.
fn way_on(error: &ConsoleError, path: &str) -> Option<(String, &'static str)> {
    let here = || path.to_owned();
    let prove = || "/console/prove".to_owned();
    match error {
        ConsoleError::Changed | ConsoleError::Overtaken(_) => Some((here(), "Show the saved settings")),
        ConsoleError::Malformed | ConsoleError::Unreachable => Some((here(), "Reload the page")),
        ConsoleError::NotFound => list_of(path).map(|list| (list, "Back to the list")),
        // Whoever is not signed in any more does that first, there.
        ConsoleError::SignedOut => Some((prove(), "Sign in, in another tab")),
        ConsoleError::Unproven => Some((prove(), "Show that it is you, in another tab")),
        ConsoleError::Forbidden
        | ConsoleError::Invalid { .. }
        | ConsoleError::Taken { .. }
        | ConsoleError::InUse { .. }
        | ConsoleError::Unconfirmed
        | ConsoleError::LastAdministrator
        | ConsoleError::Unavailable
        | ConsoleError::Internal => None,
    }
}

/// The list that an item's page belongs to.
#[must_use]
pub fn list_of(path: &str) -> Option<String> {
    let mut parts = path.trim_matches('/').split('/');
    let (_, list, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("/console/{list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_is_gone_leads_to_its_list() {
        for (path, want) in [
            ("/console/connections/acme/advanced", Some("/console/connections")),
            ("/console/users/acc_1", Some("/console/users")),
            ("/console/users", None),
            ("/console", None),
        ] {
            assert_eq!(list_of(path).as_deref(), want, "{path}");
        }
    }

    #[test]
    fn whoever_must_show_who_they_are_does_so_elsewhere() {
        for error in [ConsoleError::SignedOut, ConsoleError::Unproven] {
            let (href, words) = way_on(&error, "/console/users/acc_1").expect("leads on");
            assert_eq!(href, "/console/prove");
            assert!(words.ends_with("in another tab"), "{words}");
        }
    }

    #[test]
    fn a_refusal_belongs_to_the_form_that_was_sent() {
        let owner = Owner::new();
        owner.with(|| {
            let refused = || Faults::of(|| Some(Err::<(), _>(ConsoleError::Unproven)));
            assert!(refused().is_back());
            assert!(!Faults::of(|| None::<Result<(), _>>).is_back());
            provide_context(typed::Typed(vec![("kind".into(), "totp".into())]));
            assert!(refused().with_field("kind", "totp").is_back());
            assert!(!refused().with_field("kind", "backup_code").is_back());
            assert!(!refused().with_field("kind", "totp").with_field("id", "1").is_back());
        });
    }

    #[test]
    fn every_wrong_address_is_told_from_the_others() {
        let fault = |pointer: &str| FieldError {
            pointer: pointer.into(),
            detail: "Use https.".into(),
        };
        for (pointer, want) in [
            ("/redirect_uris/0", "Address 1: Use https."),
            ("/post_logout_redirect_uris/2", "Address 3: Use https."),
            ("/steps/0", "Use https."),
            ("/jwks", "Use https."),
        ] {
            let fields = vec![fault(pointer)];
            assert_eq!(details(&ConsoleError::Invalid { fields }), [want], "{pointer}");
        }
    }

    #[test]
    fn whose_save_came_first_is_read_whole() {
        let of = |text: &str| Overtaken::of(&ConsoleError::Overtaken(text.to_owned()));
        let first = of("7 1795867200 Chief of Staff").expect("whose it is");
        assert_eq!((first.version.as_str(), first.who.as_str()), ("7", "Chief of Staff"));
        assert_eq!(first.at.timestamp(), 1_795_867_200);
        for text in ["", "7", "7 soon Chief", "7 1795867200"] {
            assert!(of(text).is_none(), "{text}");
        }
        assert!(Overtaken::of(&ConsoleError::Changed).is_none());
    }

    #[test]
    fn a_lost_answer_leads_to_what_is_saved() {
        let error = ConsoleError::Unreachable;
        assert_eq!(details(&error).len(), 1);
        let (href, _) = way_on(&error, "/console/users/acc_1").expect("leads on");
        assert_eq!(href, "/console/users/acc_1");
    }

    #[test]
    fn a_sentence_finds_its_field() {
        let error = ConsoleError::Invalid {
            fields: vec![FieldError {
                pointer: "/redirect_uris/1".into(),
                detail: "Use https.".into(),
            }],
        };
        for (pointer, want) in [
            ("/redirect_uris", Some("Address 2: Use https.")),
            ("/redirect_uris/1", Some("Address 2: Use https.")),
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
        assert_eq!(headline(&taken), "The handle is taken already. Choose another one.");
    }
}
