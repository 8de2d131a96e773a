//! What an account has enrolled: second factors and passkeys.

use doorward_domain::factor::{BACKUP_CODES, FactorKind};
use leptos::prelude::*;

use super::detail::Shown;
use crate::api::user::{FactorView, PasskeyView, RemovePasskey, ResetFactor, UserView};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::kept::KeptRow;
use crate::ui::time::{When, WhenOr};

/// What people call it.
#[must_use]
pub fn name(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Totp => "Authenticator app",
        FactorKind::BackupCode => "Backup codes",
    }
}

/// How many codes are left, for a kind that runs out.
fn left(left: u8) -> String {
    match left {
        0 => "None left · ".to_owned(),
        left => format!("{left} of {BACKUP_CODES} left · "),
    }
}

/// What a reset does. `codes` are the backup codes the person has beside an app.
fn reset_does(kind: FactorKind, codes: Option<u8>) -> &'static str {
    match (kind, codes) {
        (FactorKind::Totp, None) => {
            "The person is signed out everywhere and enrols anew at the next sign-in that asks for it. Make sure that it is them who asks you."
        }
        (FactorKind::Totp, Some(0)) => {
            "The person is signed out everywhere. To set up a new app they need a backup code, and none is left: reset the backup codes too. Make sure that it is them who asks you."
        }
        (FactorKind::Totp, Some(_)) => {
            "The person is signed out everywhere. Their backup codes stay: they sign in with one, and set up a new app with one. Make sure that it is them who asks you."
        }
        (FactorKind::BackupCode, _) => {
            "None of the codes works any more, and the person is signed out everywhere. They get ten new ones the next time they confirm another way, in a sign-in that takes backup codes."
        }
    }
}

/// The list.
#[component]
pub fn Factors(shown: Shown, user: UserView) -> impl IntoView {
    let id = user.summary.id.to_string();
    let codes = user.factors.iter().find_map(|factor| factor.codes_left);
    let items = user.factors.into_iter().map(move |factor| {
        let does = reset_does(factor.kind, codes);
        view! { <Item shown id=id.clone() factor does /> }
    });
    let mut items: Vec<AnyView> = items.map(IntoAny::into_any).collect();
    let id = user.summary.id.to_string();
    items.extend(
        user.passkeys
            .into_iter()
            .map(|passkey| view! { <PasskeyItem shown id=id.clone() passkey /> }.into_any()),
    );
    view! {
        <section class="card flush">
            <div class="card-head"><h2 id="factors" tabindex="-1">"Second factors and passkeys"</h2></div>
            {if items.is_empty() {
                view! {
                    <p class="card-line muted"><Icon shape=Shape::Info />"None yet. A sign-in that asks for one lets the person enrol it."</p>
                }
                .into_any()
            } else {
                view! { <ul>{items}</ul> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Item(shown: Shown, id: String, factor: FactorView, does: &'static str) -> impl IntoView {
    let action = ServerAction::<ResetFactor>::new();
    let faults = Faults::of(move || action.value().get()).with_field("kind", factor.kind.as_str());
    let done = match factor.kind {
        FactorKind::Totp => "The authenticator app is reset.",
        FactorKind::BackupCode => "The backup codes are reset.",
    };
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.take(user, done, "#factors");
        }
    });
    let facts = view! {
        <p class="muted">{factor.codes_left.map(left)} "Enrolled " <When at=factor.created_at /> " · last used " <WhenOr at=factor.last_used_at never="never" /></p>
    }
    .into_any();
    view! {
        <KeptRow title=name(factor.kind) facts label="Reset" does open=faults.is_back()>
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="kind" value=factor.kind.as_str() />
                <button type="submit" class="button danger primary small">"Reset now"</button>
            </ActionForm>
        </KeptRow>
    }
}

#[component]
fn PasskeyItem(shown: Shown, id: String, passkey: PasskeyView) -> impl IntoView {
    let action = ServerAction::<RemovePasskey>::new();
    let key = passkey.id.to_string();
    let faults = Faults::of(move || action.value().get()).with_field("passkey", &key);
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.take(user, "The passkey is removed.", "#factors");
        }
    });
    let kept = if passkey.synced {
        "synced between the person's devices"
    } else {
        "on one device"
    };
    let facts = view! {
        <p class="muted">"Passkey, " {kept} " · enrolled " <When at=passkey.created_at /> " · last used " <WhenOr at=passkey.last_used_at never="never" /></p>
    }
    .into_any();
    view! {
        <KeptRow title=passkey.name facts label="Remove" open=faults.is_back()
            does="Nobody signs in with this passkey any more, and the person is signed out everywhere. Make sure that it is them who asks you.">
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="passkey" value=key />
                <button type="submit" class="button danger primary small">"Remove now"</button>
            </ActionForm>
        </KeptRow>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_and_what_a_reset_does() {
        assert_eq!(left(0), "None left · ");
        assert_eq!(left(7), "7 of 10 left · ");
        for (kind, codes, said) in [
            (FactorKind::Totp, None, "enrols anew"),
            (FactorKind::Totp, Some(0), "reset the backup codes too"),
            (FactorKind::Totp, Some(4), "backup codes stay"),
            (FactorKind::BackupCode, Some(4), "None of the codes works any more"),
        ] {
            assert!(reset_does(kind, codes).contains(said), "{kind:?} {codes:?}");
        }
    }
}
