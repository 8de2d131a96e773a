//! A form that an application's script shows. Its words are the script's, so they stand as text and nothing else; the
//! names of its fields begin with a prefix of their own, and none of them is ever a field for a password. Where it asks
//! which browsers to sign out, the words are ours.

use doorward_domain::Timestamp;
use doorward_domain::script_form::{Form, Input, InputKind, TICKED};
use leptos::prelude::*;

use super::attributes::AttributeProblem;
use crate::hosted::dates;
use crate::hosted::names;
use crate::hosted::parts::{Field, cancel, csrf, fault, field};
use crate::hosted::shell::{PageShell, TYPED_FORM};
use crate::hosted::text::self_service;
use crate::ui::agent;

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
    let of_script = model.form.title.as_deref().filter(|title| !title.trim().is_empty());
    let (title, lead, submit, skip) = match model.form.sessions {
        Some(too_many) => (
            text.sessions_title,
            Some((text.sessions)(too_many.most)),
            text.end_sessions,
            text.keep_sessions,
        ),
        None => (
            of_script.unwrap_or(text.title),
            model.form.text.clone(),
            texts.attributes.submit,
            text.skip,
        ),
    };
    let paragraphs: Vec<_> = lead
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect();
    let leave_out = model.form.may_skip.then(|| {
        view! {
            <form method="post" action=model.action.clone() class="form">
                {csrf(shell)}
                <button class="link" name=names::DECISION value=names::DECISION_SKIP>
                    {skip}
                </button>
            </form>
        }
    });
    let content = view! {
        {paragraphs}
        <form method="post" action=model.action.clone() class="form" id=TYPED_FORM>
            {csrf(shell)}
            {fields(shell, model)}
            <button class="button">{submit}</button>
        </form>
        {leave_out}
        {cancel(shell, &model.action)}
    };
    shell.document_with_form(title, content)
}

fn fields(shell: &PageShell, model: &Prompt) -> Vec<AnyView> {
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
    let one = |(at, input): (usize, &Input)| {
        if input.kind == InputKind::Checkbox {
            let is_ticked = value(&input.name).is_some_and(|value| !value.is_empty());
            return checkbox(shell, model, input, is_ticked, problem(&input.name).is_some()).into_any();
        }
        field(Field {
            name: format!("{}{}", names::INPUT_PREFIX, input.name),
            label: input.label.clone(),
            kind: "text",
            value: value(&input.name).unwrap_or_default(),
            autocomplete: "off",
            is_required: input.required,
            is_fixed: false,
            has_focus: at == first.unwrap_or(0),
            is_literal: false,
            max_length: model.max_length,
            error: problem(&input.name).map(|problem| match problem {
                AttributeProblem::Missing => text.missing.to_owned(),
                AttributeProblem::TooLong => (text.too_long)(model.max_length),
                AttributeProblem::NoAddress
                | AttributeProblem::NotAccepted
                | AttributeProblem::Unlike(_)
                | AttributeProblem::Taken => text.not_accepted.to_owned(),
            }),
            optional: (!input.required).then_some(text.optional),
        })
        .into_any()
    };
    model.form.inputs.iter().enumerate().map(one).collect()
}

/// A box to tick; the fault of a page of browsers stands at the first.
fn checkbox(
    shell: &PageShell,
    model: &Prompt,
    input: &Input,
    is_ticked: bool,
    is_faulty: bool,
) -> impl IntoView + use<> {
    let text = &shell.texts().prompt;
    let id = format!("{}{}", names::INPUT_PREFIX, input.name);
    let (name, labelled) = (id.clone(), id.clone());
    let error_id = format!("{id}-error");
    let error = is_faulty.then(|| match model.form.sessions {
        Some(too_many) => (text.too_few)(too_many.least_ended),
        None => text.not_ticked.to_owned(),
    });
    let (label, since) = label_of(shell, input);
    view! {
        <div class="field">
            <label class="check" for=labelled>
                <input
                    type="checkbox"
                    id=id
                    name=name
                    value=TICKED
                    checked=is_ticked
                    required=input.required
                    autofocus=is_faulty
                    aria-invalid=is_faulty.then_some("true")
                    aria-describedby=is_faulty.then(|| error_id.clone())
                />
                <span>{label}{since.map(|since| view! { " "<small>{since}</small> })}</span>
            </label>
            {error.map(|error| fault(error_id, error))}
        </div>
    }
}

/// What stands beside the box: of a browser what people call it, and since when it is signed in.
fn label_of(shell: &PageShell, input: &Input) -> (String, Option<String>) {
    let Some(since) = input.since else {
        return (input.label.clone(), None);
    };
    let text = self_service(shell.language);
    let browser = agent::short(&input.label).unwrap_or_else(|| text.unknown_browser.to_owned());
    let since = Timestamp::from_timestamp_millis(since).map(|at| dates::moment(shell.language, at));
    (browser, since.map(|since| (text.since)(&since)))
}
