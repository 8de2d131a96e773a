//! Backup codes: where one is typed, and the page that shows new ones once.

use leptos::prelude::*;

use crate::hosted::names;
use crate::hosted::parts::{Field, cancel, csrf, field};
use crate::hosted::shell::PageShell;

/// A step that takes one of the codes this person has kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupCodeOption {
    /// How many still work.
    pub left: u8,
    /// Whether these are so few that the person should know.
    pub is_low: bool,
}

/// New codes, for the person to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupCodes {
    /// Where the form posts to.
    pub action: String,
    pub codes: Vec<String>,
}

/// Longest code with the spaces and hyphens people type.
const CODE_LIMIT: u16 = 24;

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &BackupCodes) -> String {
    let text = &shell.texts().backup_code;
    let codes: Vec<_> = model
        .codes
        .iter()
        .map(|code| {
            view! {
                <li>
                    <code class="key">{code.clone()}</code>
                </li>
            }
        })
        .collect();
    let content = view! {
        <p>{text.keep}</p>
        <ol class="kept" aria-label=text.list>
            {codes}
        </ol>
        <p class="aside">{text.once}</p>
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            <button class="button">{text.kept}</button>
        </form>
        {cancel(shell, &model.action)}
    };
    shell.document(text.title, content)
}

/// The form for one of the codes; only a sentence where all are used.
pub(super) fn form(
    shell: &PageShell,
    action: &str,
    option: BackupCodeOption,
    has_focus: bool,
    error: Option<&str>,
) -> impl IntoView + use<> {
    let text = &shell.texts().backup_code;
    if option.left == 0 {
        return view! { <p>{text.none_left}</p> }.into_any();
    }
    let low = option
        .is_low
        .then(|| view! { <p class="aside">{(text.few_left)(option.left)}</p> });
    view! {
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value="backup_code" />
            {field(code_field(names::BACKUP_CODE, text.code, has_focus, error))}
            {low}
            <button class="button">{text.submit}</button>
        </form>
    }
    .into_any()
}

/// Where a backup code is typed.
pub(super) fn code_field(name: &str, label: &str, has_focus: bool, error: Option<&str>) -> Field {
    Field {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: "text",
        value: String::new(),
        // It is on paper, and the browser need not remember it.
        autocomplete: "off",
        is_required: true,
        is_fixed: false,
        has_focus,
        is_literal: true,
        max_length: CODE_LIMIT,
        error: error.map(str::to_owned),
        optional: None,
    }
}
