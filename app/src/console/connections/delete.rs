//! Deleting a connection: refused while applications use it, in words and numbers otherwise.

use leptos::prelude::*;

use super::detail::Shown;
use crate::api::connection;
use crate::ui::confirm::{ConfirmWord, Danger};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::Version;
use crate::ui::notice::{Notice, Tone};
use crate::ui::words;

/// What deleting does to people.
#[must_use]
pub fn consequence(people: u64) -> String {
    match people {
        0 => "Nobody is linked through this connection. Its settings and its client secret are removed.".to_owned(),
        1 => "1 person keeps their account and loses this way to sign in. The settings and the client secret are removed."
            .to_owned(),
        more => format!(
            "{} people keep their accounts and lose this way to sign in. The settings and the client secret are removed.",
            words::number(more)
        ),
    }
}

/// The danger zone.
#[component]
pub fn DeleteConnection(shown: Shown) -> impl IntoView {
    let users: Vec<_> = shown.applications.get_value();
    if users.is_empty() {
        return view! { <DeleteForm shown /> }.into_any();
    }
    let many = words::count(users.len() as u64, "application names", "applications name");
    let links = users.into_iter().map(|application| {
        let href = format!("/console/applications/{}/flow", application.handle);
        view! { <li><a href=href>{application.name}</a></li> }
    });
    view! {
        <Notice tone=Tone::Info title="It cannot be deleted while it is in use">
            <p>{words::sentence(&many)} " it in a step, the script or an expectation of the sign-in flow. Take it out there first:"</p>
            <ul class="bullets">{links.collect_view()}</ul>
        </Notice>
    }
    .into_any()
}

#[component]
fn DeleteForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<connection::DeleteConnection>::new();
    let faults = Faults::of(move || action.value().get());
    let connection = shown.connection.get_untracked();
    let name = connection.settings.display_name;
    let people = shown.usage.with_value(|usage| usage.people);
    view! {
        <Danger label="Delete this connection" open=faults.is_back()>
            <p>{consequence(people)} " This cannot be undone."</p>
            <ActionForm action attr:class="stack">
                <FaultSummary faults />
                <input type="hidden" name="id" value=connection.id.to_string() />
                <Version saved=Signal::derive(move || shown.connection.with(|c| c.version)) />
                <ConfirmWord word=connection.settings.handle.to_string() id="confirm-delete" />
                <div>
                    <button type="submit" class="button danger primary" aria-busy=move || action.pending().get().then_some("true")>
                        "Delete " {name}
                    </button>
                </div>
            </ActionForm>
        </Danger>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted() {
        assert!(consequence(0).starts_with("Nobody"));
        assert!(consequence(1).starts_with("1 person keeps"));
        assert!(consequence(2140).starts_with("2,140 people keep"));
    }
}
