//! What confirms the person: an app, passkeys, backup codes.

use leptos::prelude::*;

use super::model::{PasskeyItem, SelfService};
use super::{passkey_name, press, since};
use crate::hosted::names;
use crate::hosted::parts::{Field, csrf, cut, field, isolated};
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;

/// Longest name of a passkey, in characters.
const NAME_LIMIT: u16 = 60;

pub(super) fn factors(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    model: &SelfService,
) -> impl IntoView + use<> {
    let app = match model.app {
        Some(at) => view! {
            <div class="item">
                <p>
                    {text.app}" "<small>{since(shell, text, at)}</small>
                </p>
                {if model.may_take_factor {
                    view! { <a href="/account/app/remove">{text.remove_app}</a> }.into_any()
                } else {
                    view! { <p class="aside">{text.last_factor}</p> }.into_any()
                }}
            </div>
        }
        .into_any(),
        None => press(shell, "/account/app", text.add_app).into_any(),
    };
    let has_any = model.app.is_some() || !model.passkeys.is_empty();
    let why = if model.has_password {
        text.no_factor
    } else {
        text.no_factor_no_password
    };
    let stays = if model.may_take_factor {
        text.last_passkey
    } else {
        text.last_factor
    };
    let passkeys: Vec<_> = model
        .passkeys
        .iter()
        .map(|item| passkey(shell, text, item, stays))
        .collect();
    let codes = model.codes_left.map(|left| {
        view! {
            <p>
                {text.codes}" "<small>{(text.codes_left)(left)}</small>
            </p>
        }
    });
    let make_codes = if model.codes_left.is_some() {
        text.make_codes
    } else {
        text.make_first_codes
    };
    view! {
        <section class="part">
            <h2>{text.factors}</h2>
            {(!has_any).then(|| view! { <p>{why}</p> })}
            {app}
            {passkeys}
            {press(shell, "/account/passkeys", text.add_passkey)}
            {codes}
            {model.may_have_codes.then(|| press(shell, "/account/codes", make_codes))}
        </section>
    }
}

/// `stays` says why it cannot be removed, where that is so.
fn passkey(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    item: &PasskeyItem,
    stays: &'static str,
) -> impl IntoView + use<> {
    let shown = passkey_name(text, &item.name);
    let in_sentence = isolated(&shown);
    let name = Field {
        // Names of fields are ids, and the page has several such forms.
        name: format!("{}.{}", names::PASSKEY_NAME, item.key),
        label: (text.rename_it)(&in_sentence),
        kind: "text",
        value: shown.clone(),
        autocomplete: "off",
        is_required: true,
        is_fixed: false,
        has_focus: false,
        is_literal: false,
        max_length: NAME_LIMIT,
        error: None,
        optional: None,
    };
    let remove = format!("/account/passkeys/{}/remove", item.key);
    let remove_it = (text.remove_it)(&in_sentence);
    view! {
        <div class="item">
            <p>
                {cut(&shown)}" "<small>{text.passkey}", "{since(shell, text, item.since)}</small>
            </p>
            {if item.may_go {
                view! { <a href=remove>{remove_it}</a> }.into_any()
            } else {
                view! { <p class="aside">{stays}</p> }.into_any()
            }}
            <details>
                <summary class="aside">{text.rename}</summary>
                <form method="post" action=format!("/account/passkeys/{}", item.key) class="form">
                    {csrf(shell)}
                    {field(name)}
                    <button class="button second">{text.rename}</button>
                </form>
            </details>
        </div>
    }
}
