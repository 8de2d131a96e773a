//! Disabling and deleting an account.

use doorward_domain::account::AccountStatus;
use leptos::prelude::*;

use super::detail::Shown;
use super::settings::Version;
use crate::api::user::{self, DisableUser, EnableUser, UserView};
use crate::ui::confirm::{ConfirmWord, Danger};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::words;

/// What stops a person.
#[component]
pub fn Endings(shown: Shown) -> impl IntoView {
    let active = Memo::new(move |_| shown.user.with(|user| user.summary.status == AccountStatus::Active));
    view! {
        <div class="stack">
            {move || if active.get() {
                view! { <Disable shown /> }.into_any()
            } else {
                view! { <Enable shown /> }.into_any()
            }}
            <Delete shown />
        </div>
    }
}

#[component]
fn Disable(shown: Shown) -> impl IntoView {
    let action = ServerAction::<DisableUser>::new();
    let faults = Faults::of(move || action.value().get());
    follow(shown, action.value().into());
    let sessions = shown
        .user
        .with_untracked(|user| words::count(user.sessions.len() as u64, "session", "sessions"));
    view! {
        <Danger label="Disable this account" open=faults.is_back()>
            <p>"The person is signed out at once (" {sessions} ") and refused everywhere until you enable the account again. Nothing is deleted."</p>
            <ActionForm action>
                <FaultSummary faults />
                <Version shown />
                <button type="submit" class="button danger primary">"Disable now"</button>
            </ActionForm>
        </Danger>
    }
}

#[component]
fn Enable(shown: Shown) -> impl IntoView {
    let action = ServerAction::<EnableUser>::new();
    let faults = Faults::of(move || action.value().get());
    follow(shown, action.value().into());
    view! {
        <ActionForm action attr:class="stack tight">
            <FaultSummary faults />
            <Version shown />
            <p>"This account may not be used: whoever tries is refused."</p>
            <div><button type="submit" class="button">"Enable this account"</button></div>
        </ActionForm>
    }
}

/// What goes with an account, in numbers.
fn goes(user: &UserView) -> Vec<String> {
    let some = |many: usize, one, more| (many > 0).then(|| words::count(many as u64, one, more));
    let counted = [
        some(user.links.len(), "linked identity", "linked identities"),
        some(user.factors.len(), "second factor", "second factors"),
        some(user.passkeys.len(), "passkey", "passkeys"),
        user.has_password.then(|| "the password".to_owned()),
        some(user.sessions.len(), "session", "sessions"),
    ];
    let profile = "the profile".to_owned();
    let tokens = "all tokens".to_owned();
    [profile]
        .into_iter()
        .chain(counted.into_iter().flatten())
        .chain([tokens])
        .collect()
}

#[component]
fn Delete(shown: Shown) -> impl IntoView {
    let action = ServerAction::<user::DeleteUser>::new();
    let faults = Faults::of(move || action.value().get());
    let goes = move || shown.user.with(|user| words::join(&goes(user)));
    let name = move || shown.user.with(|user| user.summary.display_name.clone());
    // Another word once the account is called otherwise.
    let username = Memo::new(move |_| shown.user.with(|user| user.summary.username.clone()));
    view! {
        <Danger label="Delete this account" open=faults.is_back()>
            <p>
                "Deleted are " {goes} ". "
                "If the person comes back through a connection with JIT on, they get a new account. This cannot be undone."
            </p>
            <ActionForm action attr:class="stack">
                <FaultSummary faults />
                <Version shown />
                {move || view! { <ConfirmWord word=username.get() id="confirm-delete" /> }}
                <div><button type="submit" class="button danger primary">"Delete " <bdi class="cut">{name}</bdi></button></div>
            </ActionForm>
        </Danger>
    }
}

/// Shows the account as the server says it is now.
fn follow(shown: Shown, answer: Signal<Option<Result<user::UserView, crate::api::error::ConsoleError>>>) {
    Effect::new(move |_| {
        if let Some(Ok(user)) = answer.get() {
            shown.user.set(user);
        }
    });
}
