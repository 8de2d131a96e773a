//! One step of the editor. Each button is a submit button with its change as value: before the browser's code has
//! loaded it saves that change, afterwards it only makes it here.

use doorward_domain::finding::Severity;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::add_option::AddOption;
use super::flow::Editor;
use super::flow_drag::Dragged;
use super::flow_edit::{EditApplicationFlow, FlowEdit};
use super::options::{ChoiceName, lacks_second, named};
use crate::api::application::StepForm;
use crate::ui::icon::{Icon, Shape};

/// What is found about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Of the worst finding.
    pub severity: Severity,
    pub stops_somebody: bool,
}

impl Mark {
    /// What stands at the step, beside the colour of its border.
    fn words(self) -> Option<&'static str> {
        match (self.severity, self.stops_somebody) {
            (Severity::Info, _) => None,
            (Severity::Warning | Severity::Error, true) => Some("Somebody is stopped here"),
            (Severity::Error, false) => Some("Not as expected"),
            (Severity::Warning, false) => Some("To look at"),
        }
    }
}

/// The column of one step.
#[component]
pub fn StepColumn(
    editor: Editor,
    step: StepForm,
    index: usize,
    many: usize,
    mark: Signal<Option<Mark>>,
) -> impl IntoView {
    let class = move || match mark.get().map(|mark| mark.severity) {
        Some(Severity::Error) => "flow-step broken",
        Some(Severity::Warning) => "flow-step warn",
        Some(Severity::Info) | None => "flow-step",
    };
    let described = move || {
        let words = mark.get().and_then(Mark::words);
        words.map(|_| format!("step-{index}-mark"))
    };
    let last = step.options.len().saturating_sub(1);
    let chosen = step.options.clone();
    let rows = step.options.into_iter().enumerate().map(move |(position, option)| {
        view! { <OptionRow editor option index position last /> }
    });
    view! {
        <li
            class=class
            class:over=move || editor.drag.is_over(index)
            id=format!("step-{index}")
            tabindex="-1"
            aria-label=format!("Step {}", index + 1)
            aria-describedby=described
            on:dragover=move |event| editor.drag.hold(&event, index)
            on:drop=move |event| editor.let_go(&event, index, None)
        >
            <div
                class="flow-step-head"
                draggable=(many > 1).then_some("true")
                on:dragstart=move |event| editor.drag.start(&event, Dragged::Step(index))
                on:dragend=move |_| editor.drag.end()
            >
                <h2>"Step " {index + 1}</h2>
                <span class="row">
                    {(index > 0).then(|| view! {
                        <EditButton editor edit=FlowEdit::Left { step: index } label=format!("Move step {} earlier", index + 1) shape=Shape::Right turned=true />
                    })}
                    {(index + 1 < many).then(|| view! {
                        <EditButton editor edit=FlowEdit::Right { step: index } label=format!("Move step {} later", index + 1) shape=Shape::Right />
                    })}
                    {(many > 1).then(|| view! {
                        <EditButton editor edit=FlowEdit::RemoveStep { step: index } label=format!("Remove step {}", index + 1) shape=Shape::Trash />
                    })}
                </span>
            </div>
            {move || mark.get().map(|mark| view! { <Marked mark index /> })}
            {chosen.is_empty().then(|| view! {
                // Else the form would not tell that the step is there.
                <input type="hidden" name=format!("steps[{index}][options][0]") value="" />
                <p class="muted">"Nobody passes a step without a way to pass it. Add one."</p>
            })}
            <ul class="flow-options">{rows.collect_view()}</ul>
            {lacks_second(&chosen).then(|| view! {
                <p class="help">"Backup codes stand in for another second factor. Add one to this step, such as an authenticator app."</p>
            })}
            <AddOption editor index chosen />
        </li>
    }
}

/// The mark in words, with its sign.
#[component]
fn Marked(mark: Mark, index: usize) -> impl IntoView {
    let (class, shape) = if mark.severity == Severity::Error {
        ("chip danger", Shape::Stop)
    } else {
        ("chip warn", Shape::Warning)
    };
    mark.words().map(|words| {
        view! {
            <p id=format!("step-{index}-mark")>
                <span class=class><Icon shape /><span>{words}</span></span>
            </p>
        }
    })
}

#[component]
fn OptionRow(editor: Editor, option: String, index: usize, position: usize, last: usize) -> impl IntoView {
    let choice = editor.choices.with_untracked(|choices| named(choices, &option));
    let name = choice.name.clone();
    view! {
        <li
            class="flow-option"
            id=format!("option-{index}-{position}")
            tabindex="-1"
            draggable="true"
            on:dragstart=move |event| editor.drag.start(&event, Dragged::Choice { step: index, option: position })
            on:dragend=move |_| editor.drag.end()
            on:drop=move |event| editor.let_go(&event, index, Some(position))
        >
            <input type="hidden" name=format!("steps[{index}][options][{position}]") value=option />
            <ChoiceName choice />
            <span class="flow-buttons">
                {(position > 0).then(|| view! {
                    <EditButton editor edit=FlowEdit::Up { step: index, option: position } label=format!("Move {name} up") shape=Shape::Up />
                })}
                {(position < last).then(|| view! {
                    <EditButton editor edit=FlowEdit::Down { step: index, option: position } label=format!("Move {name} down") shape=Shape::Down />
                })}
                <EditButton editor edit=FlowEdit::Remove { step: index, option: position } label=format!("Remove {name} from step {}", index + 1) shape=Shape::Close />
            </span>
        </li>
    }
}

/// A small button that makes one change.
#[component]
pub fn EditButton(
    editor: Editor,
    edit: FlowEdit,
    label: String,
    shape: Shape,
    /// The icon points backwards.
    #[prop(optional)]
    turned: bool,
) -> impl IntoView {
    let value = edit.to_string();
    view! {
        <button
            type="submit"
            class="button plain square small"
            class:turned=turned
            formaction=EditApplicationFlow::url()
            formnovalidate=true
            name="edit"
            value=value
            aria-label=label.clone()
            title=label
            on:click=move |event| editor.edit(&event, &edit)
        >
            <Icon shape />
        </button>
    }
}
