//! From somebody's way through the flow to what is expected of everybody like them.

use doorward_domain::expectation::Expectation;
use doorward_domain::flow::AuthOption;
use leptos::prelude::*;

use super::expectation_choices::named_option;
use super::flow::Editor;
use super::flow_expectations::follow;
use crate::api::application::{AddExpectation, what_text};
use crate::ui::faults::{FaultSummary, Faults};

/// A button for each expectation that is not there yet.
#[component]
pub fn Suggested(expected: Vec<Expectation>, editor: Editor) -> impl IntoView {
    let action = ServerAction::<AddExpectation>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| follow(editor, action.value().get()));
    let buttons = move || {
        let known = editor.expectations.get();
        let new: Vec<Expectation> = expected.iter().filter(|one| !known.contains(one)).cloned().collect();
        if new.is_empty() {
            return ().into_any();
        }
        let button = move |one: Expectation| {
            let told = one.told(|option: &AuthOption| named_option(editor, option));
            let (who, what) = (one.who.to_string(), what_text(&one.what));
            let add = move |_| {
                action.dispatch(AddExpectation {
                    id: editor.application.get_value(),
                    who: who.clone(),
                    group: String::new(),
                    what: what.clone(),
                });
            };
            view! { <li><button type="button" class="button small" on:click=add>"Expect that " {told}</button></li> }
        };
        view! {
            <p class="muted">"Let this be checked from now on, of everybody like them:"</p>
            <ul class="try-it-offers">{new.into_iter().map(button).collect_view()}</ul>
        }
        .into_any()
    };
    view! {
        <FaultSummary faults />
        {buttons}
    }
}
