//! A form that an application's script shows. Its words are the script's, so they stand as text and nothing else; the
//! names of its fields begin with a prefix of their own, and none of them is ever a field for a password.

use doorward_domain::script_form::Form;
use leptos::prelude::*;

use super::attributes::AttributeProblem;
use crate::hosted::names;
use crate::hosted::parts::{Field, cancel, csrf, field};
use crate::hosted::shell::PageShell;

/// The form, with what was typed and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Where the form posts to.
    pub action: String,
    pub form: Form,
    /// By input; what was not typed is empty.
    pub values: Vec<(String, String)>,
    pub problems: Vec<(String, AttributeProblem)>,
    /// Longest value, in bytes.
    pub max_length: u16,
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &Prompt) -> String {
    let texts = shell.texts();
    let text = &texts.prompt;
    let title = model.form.title.as_deref().filter(|title| !title.trim().is_empty());
    let paragraphs: Vec<_> = model
        .form
        .text
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect();
    let skip = model.form.may_skip.then(|| {
        view! {
            <form method="post" action=model.action.clone() class="form">
                {csrf(shell)}
                <button class="link" name=names::DECISION value=names::DECISION_SKIP>
                    {text.skip}
                </button>
            </form>
        }
    });
    let content = view! {
        {paragraphs}
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            {fields(shell, model)}
            <button class="button">{texts.attributes.submit}</button>
        </form>
        {skip}
        {cancel(shell, &model.action)}
    };
    shell.document(title.unwrap_or(text.title), content)
}

fn fields(shell: &PageShell, model: &Prompt) -> Vec<impl IntoView + use<>> {
    let text = &shell.texts().attributes;
    let problem = |name: &str| {
        model
            .problems
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, problem)| *problem)
    };
    let first = model
        .form
        .inputs
        .iter()
        .position(|input| problem(&input.name).is_some());
    let value = |name: &str| {
        model
            .values
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, value)| value.clone())
    };
    let one = |(at, input): (usize, &doorward_domain::script_form::Input)| {
        field(Field {
            name: format!("{}{}", names::INPUT_PREFIX, input.name),
            label: input.label.clone(),
            kind: "text",
            value: value(&input.name).unwrap_or_default(),
            autocomplete: "off",
            is_required: input.required,
            has_focus: at == first.unwrap_or(0),
            is_literal: false,
            max_length: model.max_length,
            error: problem(&input.name).map(|problem| match problem {
                AttributeProblem::Missing => text.missing.to_owned(),
                AttributeProblem::TooLong => (text.too_long)(model.max_length),
                AttributeProblem::NoAddress | AttributeProblem::NotAccepted | AttributeProblem::Taken => {
                    text.not_accepted.to_owned()
                }
            }),
            optional: (!input.required).then_some(text.optional),
        })
    };
    model.form.inputs.iter().enumerate().map(one).collect()
}
