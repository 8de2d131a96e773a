//! What a connection keeps of people without an account: their second factors, to see and to erase.

use doorward_domain::factor::FactorKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::detail::Shown;
use crate::api::connection::{
    EraseFactorHolder, EraseFactorHolders, FactorHolderView, FactorHolders, list_factor_holders,
};
use crate::api::page::PageQuery;
use crate::console::load::{Load, loading};
use crate::ui::confirm::{ConfirmWord, Danger};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::kept::KeptRow;
use crate::ui::pager::Pager;
use crate::ui::time::When;
use crate::ui::words;

/// Records in one page.
const RECORDS: u32 = 50;

/// What somebody has enrolled, in words.
fn enrolled(factors: &[FactorKind], passkeys: u32) -> String {
    let name = |kind: &FactorKind| match kind {
        FactorKind::Totp => "an authenticator app".to_owned(),
        FactorKind::BackupCode => "backup codes".to_owned(),
    };
    let keys = (passkeys > 0).then(|| words::count(passkeys.into(), "passkey", "passkeys"));
    let all: Vec<String> = factors.iter().map(name).chain(keys).collect();
    words::sentence(&words::join(&all))
}

/// How much is kept, and for how long.
fn said(total: u64, kept_days: u32) -> String {
    let who = match total {
        0 => "Nobody has second factors here without an account yet.".to_owned(),
        1 => "1 person has second factors here and no account.".to_owned(),
        more => format!(
            "{} people have second factors here and no account.",
            words::number(more)
        ),
    };
    let days = words::count(kept_days.into(), "day", "days");
    format!("{who} A record holds no attributes, and is erased {days} after its last use.")
}

#[derive(Clone, Copy)]
struct Erasing {
    one: ServerAction<EraseFactorHolder>,
    all: ServerAction<EraseFactorHolders>,
}

/// The records, where the connection keeps any or is about to.
#[component]
pub fn KeptFactors(shown: Shown) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
    let query = use_query_map();
    let cursor = move || query.with(|query| query.get("cursor").filter(|cursor| !cursor.is_empty()));
    let erasing = Erasing {
        one: ServerAction::new(),
        all: ServerAction::new(),
    };
    let key = handle.clone();
    let kept = loading(
        move || (cursor(), erasing.one.version().get() + erasing.all.version().get()),
        move |(cursor, _)| {
            let query = PageQuery {
                limit: Some(RECORDS),
                cursor,
                ..PageQuery::default()
            };
            list_factor_holders(key.clone(), query)
        },
    );
    let render = move |kept: FactorHolders| {
        let (handle, is_first) = (handle.clone(), cursor().is_none());
        let wanted = move || shown.connection.with(|c| c.settings.factors_without_account);
        let is_empty = kept.total == 0;
        view! { <div class="kept-factors" hidden=move || is_empty && !wanted()><Records handle kept erasing is_first /></div> }.into_any()
    };
    view! { <Load resource=kept render /> }
}

#[component]
fn Records(handle: String, kept: FactorHolders, erasing: Erasing, is_first: bool) -> impl IntoView {
    let FactorHolders {
        items,
        next_cursor,
        total,
        kept_days,
    } = kept;
    let path = format!("/console/connections/{handle}/advanced");
    let of_one = handle.clone();
    let rows = items
        .into_iter()
        .map(move |holder| view! { <Record handle=of_one.clone() holder action=erasing.one /> });
    view! {
        <section class="card flush" aria-label="Second factors without a profile">
            <div class="card-head"><h2>"Second factors without a profile"</h2></div>
            <p class="card-line muted"><Icon shape=Shape::Info />{said(total, kept_days)}</p>
            <ul>{rows.collect_view()}</ul>
            <Pager path next=next_cursor is_first />
            {(total > 0).then(|| view! { <div class="card-line"><EraseAll handle total action=erasing.all /></div> })}
        </section>
    }
}

#[component]
fn Record(handle: String, holder: FactorHolderView, action: ServerAction<EraseFactorHolder>) -> impl IntoView {
    let id = holder.id.to_string();
    let faults = Faults::of(move || action.value().get()).with_field("holder", &id);
    let facts = view! {
        <p class="muted">"Subject " <code>{holder.sub}</code></p>
        <p class="muted">"Enrolled " <When at=holder.created_at /> " · last used " <When at=holder.last_used_at /></p>
    }
    .into_any();
    view! {
        <KeptRow title=enrolled(&holder.factors, holder.passkeys) facts label="Erase" open=faults.is_back()
            does="The person is signed out and enrols anew at the next sign-in that asks for it. Until then, signing in at the provider is enough to do so. Make sure that it is them who asks you.">
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="handle" value=handle />
                <input type="hidden" name="holder" value=id />
                <button type="submit" class="button danger primary small">"Erase now"</button>
            </ActionForm>
        </KeptRow>
    }
}

#[component]
fn EraseAll(handle: String, total: u64, action: ServerAction<EraseFactorHolders>) -> impl IntoView {
    let faults = Faults::of(move || action.value().get());
    let label = format!("Erase {}", words::count(total, "record", "records"));
    let does = format!(
        "{} without an account from this connection are signed out, and enrol anew at the next sign-in that asks for it. \
         This cannot be undone.",
        words::sentence(&words::people(total))
    );
    view! {
        <Danger label=label.clone() open=faults.is_back()>
            <p>{does}</p>
            <ActionForm action attr:class="stack">
                <FaultSummary faults />
                <input type="hidden" name="handle" value=handle.clone() />
                <ConfirmWord word=handle id="confirm-erase" />
                <div><button type="submit" class="button danger primary">{label} " now"</button></div>
            </ActionForm>
        </Danger>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_said_in_words_and_numbers() {
        use FactorKind::{BackupCode, Totp};
        for (factors, passkeys, want) in [
            (&[Totp][..], 0, "An authenticator app"),
            (
                &[Totp, BackupCode],
                1,
                "An authenticator app, backup codes and 1 passkey",
            ),
            (&[], 2, "2 passkeys"),
        ] {
            assert_eq!(enrolled(factors, passkeys), want);
        }
        assert!(said(0, 180).starts_with("Nobody"));
        assert!(said(2140, 180).starts_with("2,140 people have"));
        assert!(said(1, 1).ends_with("erased 1 day after its last use."));
    }
}
