//! Disabling and deleting an account.

use doorward_domain::account::AccountStatus;
use leptos::prelude::*;

use super::detail::Shown;
use super::settings::Version;
use crate::api::user::{self, DisableUser, EnableUser, LinkView, UserView};
use crate::ui::choice::Checkbox;
use crate::ui::confirm::{ConfirmWord, Danger};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::words;

/// What stops a person.
#[component]
pub fn Endings(shown: Shown) -> impl IntoView {
    let active = Memo::new(move |_| shown.user.with(|user| user.summary.status == AccountStatus::Active));
    view! {
        <div class="stack endings">
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
    follow(shown, action.value().into(), "The account is disabled.");
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
    follow(shown, action.value().into(), "The account is enabled.");
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

/// What keeping the person out does, where there is an identity to refuse.
fn keeps_out(links: &[LinkView]) -> Option<String> {
    // A link of a connection that is gone leads nowhere.
    let mut names: Vec<String> = links.iter().filter_map(|link| link.connection_name.clone()).collect();
    let many = names.len();
    names.sort();
    names.dedup();
    let at = words::join(&names);
    match many {
        0 => None,
        1 => Some(format!(
            "Their identity at {at} is refused from now on, with JIT on or off. Only a keyed hash of it is kept."
        )),
        _ => Some(format!(
            "Their identities at {at} are refused from now on, with JIT on or off. Only a keyed hash of each is kept."
        )),
    }
}

/// What becomes of somebody who comes back.
fn comes_back(may_be_kept_out: bool) -> &'static str {
    if may_be_kept_out {
        "If the person comes back through a connection with JIT on, they get a new account, unless you keep them out."
    } else {
        "If the person comes back through a connection with JIT on, they get a new account."
    }
}

#[component]
fn Delete(shown: Shown) -> impl IntoView {
    let action = ServerAction::<user::DeleteUser>::new();
    let faults = Faults::of(move || action.value().get());
    let goes = move || shown.user.with(|user| words::join(&goes(user)));
    let name = move || shown.user.with(|user| user.summary.display_name.clone());
    let keeps_out = Memo::new(move |_| shown.user.with(|user| keeps_out(&user.links)));
    // Another word once the account is called otherwise.
    let username = Memo::new(move |_| shown.user.with(|user| user.summary.username.clone()));
    view! {
        <Danger label="Delete this account" open=faults.is_back()>
            <p>
                "Deleted are " {goes} ". "
                {move || comes_back(keeps_out.with(Option::is_some))} " This cannot be undone."
            </p>
            <ActionForm action attr:class="stack">
                <FaultSummary faults />
                <Version shown />
                {move || keeps_out.get().map(|help| view! { <Checkbox label="Keep this person out" name="keep_out" checked=false faults help=help /> })}
                {move || view! { <ConfirmWord word=username.get() id="confirm-delete" /> }}
                <div><button type="submit" class="button danger primary">"Delete " <bdi class="cut">{name}</bdi></button></div>
            </ActionForm>
        </Danger>
    }
}

/// Shows the account as the server says it is now: the other of the two forms.
fn follow(
    shown: Shown,
    answer: Signal<Option<Result<user::UserView, crate::api::error::ConsoleError>>>,
    done: &'static str,
) {
    Effect::new(move |_| {
        if let Some(Ok(user)) = answer.get() {
            shown.take(user, done, ".endings summary, .endings button");
        }
    });
}

#[cfg(test)]
mod tests {
    use doorward_domain::Timestamp;
    use doorward_domain::id::ConnectionId;

    use super::*;

    fn link(connection_name: Option<&str>) -> LinkView {
        LinkView {
            connection: ConnectionId::from_random([1; 16]),
            connection_handle: None,
            connection_name: connection_name.map(str::to_owned),
            issuer: "https://idp.example.com".into(),
            subject: "one".into(),
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: None,
        }
    }

    #[test]
    fn what_is_refused_is_named() {
        for (names, want) in [
            (&[] as &[Option<&str>], None),
            (&[None], None),
            (&[Some("Acme"), None], Some("Their identity at Acme is refused")),
            (
                &[Some("Birch"), Some("Acme")],
                Some("Their identities at Acme and Birch are refused"),
            ),
            (
                &[Some("Acme"), Some("Acme")],
                Some("Their identities at Acme are refused"),
            ),
        ] {
            let links: Vec<LinkView> = names.iter().copied().map(link).collect();
            let said = keeps_out(&links);
            match (said, want) {
                (None, None) => {}
                (Some(said), Some(want)) => assert!(said.starts_with(want), "{said}"),
                (said, want) => panic!("{names:?}: {said:?}, {want:?}"),
            }
        }
    }
}
