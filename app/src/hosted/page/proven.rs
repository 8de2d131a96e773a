//! Where an administrator's proof ends that a change in the console wanted.

use leptos::prelude::*;

use crate::hosted::shell::PageShell;

/// The page as HTML. What wanted the proof waits in the tab before, so nothing leads there but closing this one.
#[must_use]
pub fn render(shell: &PageShell) -> String {
    let text = &shell.texts().proven;
    shell.document(text.title, view! { <p>{text.explain}</p> })
}
