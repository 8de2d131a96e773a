//! Where the test of a connection ends that was started through the management API.

use leptos::prelude::*;

use crate::hosted::shell::PageShell;

/// The page as HTML. The report is not on it: whoever opened the link need not be who started the test.
#[must_use]
pub fn render(shell: &PageShell) -> String {
    let text = &shell.texts().connection_test;
    let content = view! {
        <p>{text.explain}</p>
        <p class="aside">{text.nothing_kept}</p>
    };
    shell.document(text.title, content)
}
