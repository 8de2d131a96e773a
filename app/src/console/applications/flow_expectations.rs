//! What an administrator expects of the flow: a list that says of each whether it is so on the screen, saved or not,
//! and a form that adds one. An expectation itself is saved at once.

use doorward_domain::expectation::{Checked, Expectation, Outcome, What, Who};
use doorward_domain::flow::AuthOption;
use leptos::prelude::*;

use super::expectation_choices::{named_option, people, things};
use super::flow::Editor;
use crate::api::application::{AddExpectation, IN_A_GROUP, RemoveExpectation, SavedApplication, what_text};
use crate::api::error::ConsoleError;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::findings::Story;
use crate::ui::icon::{Icon, Shape};
use crate::ui::page::Section;
use crate::ui::words;

/// Takes what the server saved; the flow on the screen is asked about anew. Where somebody else has saved another flow
/// meanwhile, the form stays at the version it came from, so that its own save says so.
pub fn follow(editor: Editor, answer: Option<Result<SavedApplication, ConsoleError>>) {
    let shown = editor.shown;
    if let Some(Ok(saved)) = answer {
        editor.expectations.set(saved.application.settings.expectations.clone());
        let is_ours = shown
            .application
            .with_untracked(|known| known.settings.flow == saved.application.settings.flow);
        if is_ours {
            shown.application.set(saved.application);
            shown.findings.set(saved.findings);
        }
    }
}

/// The list, and the form that adds one.
#[component]
pub fn Expectations(editor: Editor) -> impl IntoView {
    let action = ServerAction::<AddExpectation>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| follow(editor, action.value().get()));
    let no_group = move || faults.at("/group");
    let items = move || {
        let all = editor.expectations.get();
        if all.is_empty() {
            return view! {
                <p class="muted">
                    "None yet. Say what must stay true, such as that a local person is always asked for an authenticator app: "
                    "from then on every save of this application, and of a connection it names, tells you when it is no longer so."
                </p>
            }
            .into_any();
        }
        let item = |expectation: Expectation| view! { <Item editor expectation /> };
        view! { <ul class="card flush">{all.into_iter().map(item).collect_view()}</ul> }.into_any()
    };
    let who = move || {
        let option = |(who, words): (Who, String)| view! { <option value=who.to_string()>{words}</option> };
        let all = people(editor).into_iter().map(option).collect_view();
        view! { {all} <option value=IN_A_GROUP>"Somebody in the group named below"</option> }
    };
    let what = move || {
        let option = |(what, words): (What, String)| view! { <option value=what_text(&what)>{words}</option> };
        things(editor).into_iter().map(option).collect_view()
    };
    view! {
        <Section
            title="Expectations"
            text="What must stay true of this flow. Each is checked against every path, on every save of this application and of the connections it names, and by doorward check."
        >
            {items}
            <ActionForm action attr:class="form">
                <FaultSummary faults />
                <input type="hidden" name="id" value=editor.application.get_value() />
                <div class="field">
                    <label for="expectation-who">"Who"</label>
                    <select class="input" id="expectation-who" name="who">{who}</select>
                </div>
                <div class="field expectation-group">
                    <label for="expectation-group">"Group"</label>
                    <input class="input" id="expectation-group" name="group" autocomplete="off"
                        aria-invalid=move || no_group().map(|_| "true")
                        aria-describedby=move || no_group().map(|_| "expectation-group-error") />
                    {move || no_group().map(|text| view! { <p class="error" id="expectation-group-error">{text}</p> })}
                </div>
                <div class="field">
                    <label for="expectation-what">"What you expect"</label>
                    <select class="input" id="expectation-what" name="what">{what}</select>
                </div>
                <div class="button-row">
                    <button type="submit" class="button" aria-busy=move || action.pending().get().then_some("true")>
                        "Add the expectation"
                    </button>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn Item(editor: Editor, expectation: Expectation) -> impl IntoView {
    let action = ServerAction::<RemoveExpectation>::new();
    let (who, what) = (expectation.who.to_string(), what_text(&expectation.what));
    let faults = Faults::of(move || action.value().get())
        .with_field("who", &who)
        .with_field("what", &what);
    Effect::new(move |_| follow(editor, action.value().get()));
    let told = words::sentence(&expectation.told(|option: &AuthOption| named_option(editor, option)));
    let outcome = move || {
        editor.checked.with(|all: &Vec<Checked>| {
            let found = all.iter().find(|checked| checked.expectation == expectation);
            found.map(|checked| checked.outcome.clone())
        })
    };
    let label = format!("Remove: {told}");
    view! {
        <li class="identity expectation">
            <div class="identity-facts stack">
                <h3>{told}</h3>
                <div class="expectation-outcome" aria-live="polite">{move || outcome().map(|outcome| view! { <Held outcome /> })}</div>
            </div>
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="id" value=editor.application.get_value() />
                <input type="hidden" name="who" value=who />
                <input type="hidden" name="what" value=what />
                <button type="submit" class="button small" aria-label=label>"Remove"</button>
            </ActionForm>
        </li>
    }
}

#[component]
fn Held(outcome: Outcome) -> impl IntoView {
    match outcome {
        Outcome::Kept => {
            view! { <span class="chip ok"><Icon shape=Shape::Check /><span>"Kept"</span></span> }.into_any()
        }
        Outcome::Undecided => view! {
            <span class="chip warn"><Icon shape=Shape::Warning /><span>"Not every path could be followed"</span></span>
        }
        .into_any(),
        Outcome::Broken { story, line } => view! {
            <span class="chip danger"><Icon shape=Shape::Stop /><span>"Broken"</span></span>
            <Story parts=story fails=true />
            {line.map(|line| view! { <p class="muted">"Decided in line " {line} " of the script."</p> })}
        }
        .into_any(),
    }
}
