//! Erased identities that a connection keeps out: how many they are, and letting them in again.

use leptos::prelude::*;

use super::detail::Shown;
use crate::api::connection::{KeptOut, LetInAll, count_kept_out};
use crate::console::load::{Load, loading};
use crate::ui::confirm::Danger;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::words;

/// How many are refused, and what is known of them.
fn said(identities: u64) -> String {
    let (is, of_it, hash) = match identities {
        1 => ("is", "it", "Of it a keyed hash is kept, which names nobody."),
        _ => (
            "are",
            "one of them",
            "Of each a keyed hash is kept, which names nobody.",
        ),
    };
    let many = words::sentence(&words::count(identities, "identity", "identities"));
    format!("{many} {is} kept out. Whoever comes with {of_it} is refused, with JIT on or off. {hash}")
}

/// What was done.
fn done(let_in: u64) -> String {
    let is = if let_in == 1 { "is" } else { "are" };
    let many = words::sentence(&words::count(let_in, "identity", "identities"));
    format!("{many} {is} let in again.")
}

/// The section, where the connection keeps any out.
#[component]
pub fn KeptOutIdentities(shown: Shown) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
    let action = ServerAction::<LetInAll>::new();
    let key = handle.clone();
    let kept = loading(move || action.version().get(), move |_| count_kept_out(key.clone()));
    let render = move |kept: KeptOut| {
        let let_in = untrack(|| action.value().get()).and_then(Result::ok);
        let handle = handle.clone();
        match (kept.identities, let_in) {
            (0, None) => ().into_any(),
            (0, Some(answer)) => view! { <p role="status" class="page-word">{done(answer.let_in)}</p> }.into_any(),
            (identities, _) => view! { <Identities handle identities action /> }.into_any(),
        }
    };
    view! { <Load resource=kept render /> }
}

#[component]
fn Identities(handle: String, identities: u64, action: ServerAction<LetInAll>) -> impl IntoView {
    let faults = Faults::of(move || action.value().get());
    let label = format!("Let {} in again", words::count(identities, "identity", "identities"));
    view! {
        <section class="card flush" aria-label="Erased identities">
            <div class="card-head"><h2>"Erased identities"</h2></div>
            <p class="card-line muted"><Icon shape=Shape::Info />{said(identities)}</p>
            <div class="card-line">
                <Danger label=label.clone() open=faults.is_back()>
                    <p>"Whoever comes with one is treated as somebody new. This cannot be undone: nothing tells later which they were."</p>
                    <ActionForm action attr:class="stack">
                        <FaultSummary faults />
                        <input type="hidden" name="handle" value=handle />
                        <div><button type="submit" class="button danger primary">{label} " now"</button></div>
                    </ActionForm>
                </Danger>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_out_is_said_in_numbers() {
        assert!(said(1).starts_with("1 identity is kept out. Whoever comes with it"));
        assert!(said(2140).starts_with("2,140 identities are kept out. Whoever comes with one of them"));
        assert_eq!(done(1), "1 identity is let in again.");
        assert_eq!(done(3), "3 identities are let in again.");
    }
}
