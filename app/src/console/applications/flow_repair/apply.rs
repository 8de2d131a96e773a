//! The button that applies a repair.

use doorward_domain::expectation::Expectation;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Change;
use crate::api::application::{RemoveExpectation, what_text};
use crate::api::connection::{ConnectionMend, ConnectionName, RepairConnection};
use crate::api::error::ConsoleError;
use crate::console::applications::flow::Editor;
use crate::console::applications::flow_edit::EditApplicationFlow;
use crate::console::applications::flow_expectations;
use crate::ui::browser;
use crate::ui::faults::{FaultSummary, Faults};

/// The button that does it. Where a form can carry the change, it is a submit button: before the browser's code has
/// loaded it saves, afterwards steps and script change on the screen alone. The script of the page is the form's own, so
/// what changes it waits for the browser's code, and where that never comes, words say what to do instead. While what was
/// typed last is not analysed yet, nothing is applied: the repair was made for what stood there before, and would take what
/// was typed away.
#[component]
pub(super) fn Apply(
    change: Change,
    label: &'static str,
    editor: Editor,
    details: NodeRef<html::Details>,
    ready: RwSignal<bool>,
) -> impl IntoView {
    let cancel = view! { <Cancel details ready /> }.into_any();
    match change {
        Change::Connection(mend) => view! { <ApplyToConnection mend label editor cancel /> }.into_any(),
        Change::DropExpectation(expectation) => {
            view! { <ApplyToExpectations expectation label editor ready cancel /> }.into_any()
        }
        Change::Script(_) | Change::RemoveStep { script: Some(_), .. } => {
            let apply = move |_| {
                editor.steps.update(|steps| *steps = change.steps(steps));
                editor.script.set(change.script().unwrap_or_default().to_owned());
                editor.state.saved.set(false);
                request_animation_frame(move || {
                    editor.state.look();
                    browser::focus_first("#findings");
                });
            };
            let button = move || {
                view! {
                    <button type="button" class="button primary small" disabled=move || !editor.is_analysed() on:click=apply.clone()>
                        {label}
                    </button>
                }
            };
            view! {
                <div class="button-row">
                    <noscript><p class="muted">"Applying it needs JavaScript in your browser. Without it, change the steps and the script above as shown here, then press Update."</p></noscript>
                    {move || ready.get().then(&button)}
                    {cancel}
                </div>
            }
            .into_any()
        }
        Change::AddOption { .. } | Change::RemoveOption { .. } | Change::RemoveStep { script: None, .. } => {
            let value = editor
                .steps
                .with_untracked(|steps| change.edit(steps).map(|edit| edit.to_string()));
            let apply = move |event: web_sys::MouseEvent| {
                event.prevent_default();
                if let Some(edit) = editor.steps.with_untracked(|steps| change.edit(steps)) {
                    editor.edit(&event, &edit);
                }
            };
            view! {
                <div class="button-row">
                    <button type="submit" class="button primary small" formaction=EditApplicationFlow::url() formnovalidate=true
                        name="edit" value=value disabled=move || !editor.is_analysed() on:click=apply>
                        {label}
                    </button>
                    {cancel}
                </div>
            }
            .into_any()
        }
    }
}

/// The way out, for which one press on the panel's own button does before the browser's code has loaded.
#[component]
fn Cancel(details: NodeRef<html::Details>, ready: RwSignal<bool>) -> impl IntoView {
    let close = move |_| browser::close_details(details);
    let button = move || view! { <button type="button" class="button small" on:click=close>"Cancel"</button> };
    move || ready.get().then(button)
}

/// Before the browser's code has loaded, the list of what is expected has a button for it.
#[component]
fn ApplyToExpectations(
    expectation: Expectation,
    label: &'static str,
    editor: Editor,
    ready: RwSignal<bool>,
    cancel: AnyView,
) -> impl IntoView {
    let action = ServerAction::<RemoveExpectation>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| {
        let answer = action.value().get();
        let is_gone = matches!(answer, Some(Ok(_)));
        flow_expectations::follow(editor, answer);
        if is_gone {
            browser::focus_first("#findings");
        }
    });
    let drop = move |_| {
        action.dispatch(RemoveExpectation {
            id: editor.application.get_value(),
            who: expectation.who.to_string(),
            what: what_text(&expectation.what),
        });
    };
    let button = move || {
        view! {
            <button type="button" class="button primary small" on:click=drop.clone() aria-busy=move || action.pending().get().then_some("true")>
                {label}
            </button>
        }
    };
    view! {
        <noscript><p class="muted">"Applying it needs JavaScript in your browser. Without it, remove the expectation under Expectations, further down."</p></noscript>
        <FaultSummary faults />
        <div class="button-row">
            {move || ready.get().then(&button)}
            {cancel}
        </div>
    }
}

#[component]
fn ApplyToConnection(mend: ConnectionMend, label: &'static str, editor: Editor, cancel: AnyView) -> impl IntoView {
    let action = ServerAction::<RepairConnection>::new();
    // Elsewhere it stops people, or breaks an expectation: the connection's own page names whom, and asks.
    let elsewhere = move || matches!(action.value().get(), Some(Err(ConsoleError::Unconfirmed)));
    let text = mend.to_string();
    let faults = Faults::of(move || action.value().get().filter(|_| !elsewhere())).with_field("mend", &text);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            editor.connections.update(|all| {
                for known in all.iter_mut().filter(|known| known.id == saved.connection.id) {
                    *known = ConnectionName::from(&saved.connection);
                }
            });
            browser::focus_first("#findings");
        }
    });
    let advanced = format!("/console/connections/{}/advanced", mend.connection);
    let value = text.clone();
    let apply = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        action.dispatch(RepairConnection { mend: text.clone() });
    };
    view! {
        <FaultSummary faults />
        {move || elsewhere().then(|| view! {
            <p role="alert">
                "It stops people of another application, or breaks an expectation there. "
                <a href=advanced.clone()>"See whom, and confirm it"</a>
            </p>
        })}
        <div class="button-row">
            <button type="submit" class="button primary small" formaction=RepairConnection::url() formnovalidate=true name="mend" value=value
                on:click=apply aria-busy=move || action.pending().get().then_some("true")>
                {label}
            </button>
            {cancel}
        </div>
    }
}
