//! What enabling or disabling a connection changes, before *Update* of the General tab is pressed. The answer to the
//! other position of the switch is in the page, and the style sheet shows it once the box differs from what is saved:
//! that needs no script.

use leptos::html;
use leptos::prelude::*;
use serde_json::json;

use super::breaks::{Spared, update_breaks};
use super::changes::{Line, state_lines};
use super::detail::Shown;
use super::impact::{Broken, breaks};
use crate::api::connection::ApplicationFindings;
use crate::api::error::ConsoleError;
use crate::console::load::{Loading, loading};
use crate::ui::choice::Checkbox;
use crate::ui::faults::Faults;
use crate::ui::notice::{Notice, Tone};

/// What the other position of the switch breaks, and whether the box stands there.
#[derive(Clone, Copy)]
pub struct Switched {
    broken: Loading<Vec<ApplicationFindings>>,
    /// The same, once it is there, for the button.
    known: RwSignal<Vec<ApplicationFindings>>,
    moved: RwSignal<bool>,
}

impl Switched {
    /// Follows the box; the function is to be called whenever a control changes.
    pub fn of(shown: Shown, switch: NodeRef<html::Input>) -> (Self, impl Fn() + Copy) {
        let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
        let broken = loading(
            move || shown.connection.with(|c| (c.version, c.settings.enabled)),
            move |(_, is_on)| {
                let handle = handle.clone();
                async move { breaks(&handle, json!({"enabled": !is_on})).await }
            },
        );
        let moved = RwSignal::new(false);
        let look = move || {
            let saved = shown.connection.with_untracked(|c| c.settings.enabled);
            if let Some(switch) = switch.get_untracked() {
                moved.set(switch.checked() != saved);
            }
        };
        // What was ticked before the code had loaded, and what is saved now.
        Effect::new(move |_| {
            shown.connection.track();
            look();
        });
        let known = RwSignal::new(Vec::new());
        (Self { broken, known, moved }, look)
    }

    /// What saving does, in one line.
    pub fn consequence(self, shown: Shown) -> Option<String> {
        if !self.moved.get() {
            return None;
        }
        let (name, is_on) = shown
            .connection
            .with(|c| (c.settings.display_name.clone(), c.settings.enabled));
        let broken = self.known.get();
        if !broken.is_empty() {
            return Some(update_breaks(&broken, &name));
        }
        is_on.then(|| format!("nobody will sign in through {name}"))
    }
}

/// The box below the switch: whom it stops, which is confirmed there, and what it changes. `unconfirmed` as in
/// [`FormState::is_unconfirmed`](crate::ui::form::FormState::is_unconfirmed).
#[component]
pub fn SwitchChanges(shown: Shown, switched: Switched, faults: Faults, unconfirmed: Signal<bool>) -> impl IntoView {
    let content = move || {
        Suspend::new(async move {
            let broken = switched.broken.await.unwrap_or_default();
            view! { <Change shown switched broken faults unconfirmed /> }
        })
    };
    view! {
        <div class="state-change" aria-live="polite">
            <Transition fallback=|| ()>{content}</Transition>
        </div>
    }
}

#[component]
fn Change(
    shown: Shown,
    switched: Switched,
    broken: Vec<ApplicationFindings>,
    faults: Faults,
    unconfirmed: Signal<bool>,
) -> impl IntoView {
    let (name, is_on) = shown
        .connection
        .with_untracked(|c| (c.settings.display_name.clone(), c.settings.enabled));
    let lines = shown.usage.with_value(|usage| {
        shown
            .applications
            .with_value(|applications| state_lines(!is_on, &name, usage, applications))
    });
    let row = |line: Line| view! { <div><dt>{line.who}</dt><dd>{line.what}</dd></div> };
    let (title, spared) = if is_on {
        ("What disabling it changes", Spared::Nobody)
    } else {
        ("What enabling it changes", Spared::Linked)
    };
    let known = broken.clone();
    Effect::new(move |_| switched.known.set(known.clone()));
    // It was refused, and what breaks is not known here.
    let is_known = !broken.is_empty();
    let is_unseen = move || !is_known && faults.get() == Some(ConsoleError::Unconfirmed);
    let broken = Memo::new(move |_| broken.clone());
    view! {
        <Broken shown broken spared unconfirmed />
        <Notice tone=Tone::Info title>
            <dl class="facts">{lines.into_iter().map(row).collect_view()}</dl>
        </Notice>
        {move || is_unseen().then(|| view! {
            <Checkbox label="Save it all the same" name="confirmed" checked=false refused=unconfirmed
                help="An application then stops people, or no longer does what is expected of it. Its sign-in flow shows who, where and why, with repairs." />
        })}
    }
}
