//! Scripts from a template: a few answers, the script they make, and what it changes, before anything is applied.

use doorward_domain::flow::AuthOption;
use doorward_domain::invalid::{FieldError, Invalid};
use doorward_domain::script::names;
use doorward_domain::template::{Form, Kind};
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_template_fields::{Fields, Pick};
use crate::ui::diff::Diff;

/// What a template is called in the list.
fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::SignInOption => "By how they sign in",
        Kind::Group => "By group",
        Kind::Network => "By network",
        Kind::NewDevice => "On a new device",
        Kind::Age => "By age",
        Kind::Sessions => "By number of sessions",
        Kind::EndSessions => "Limit of sessions",
    }
}

/// What it does, and what to know before relying on it.
fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::SignInOption => {
            "Asks for a step depending on the way somebody came through step 1. Connections are known by their handle, which never changes."
        }
        Kind::Group => {
            "Asks for a step, or lets people in, depending on their groups: of their account, or as their provider names them."
        }
        Kind::Network => {
            "Asks for a step unless somebody comes from a network you know. Where the address is not known, they are asked."
        }
        Kind::NewDevice => {
            "Asks for a step in a browser that has not passed it lately. The browser keeps a sealed cookie that works for the same person alone."
        }
        Kind::Age => {
            "Lets nobody in who is younger, or whose date of birth (birthdate) is not known. The date is as good as its source: people can often change it at their provider."
        }
        Kind::Sessions => {
            "Asks for a step when somebody is signed in in many browsers already. People without an account have no sessions and are not asked."
        }
        Kind::EndSessions => {
            "Whoever is signed in in as many browsers as they may be says, after the last step, which of them to leave. People without an account have no sessions and are not asked."
        }
    }
}

/// What scripts call the ways to pass the first step, with what people call them.
fn first_options(editor: Editor) -> Vec<(String, String)> {
    let options = editor
        .steps
        .with(|steps| steps.first().map(|step| step.options.clone()).unwrap_or_default());
    let mut all: Vec<(String, String)> = Vec::new();
    for text in options {
        let Ok(option) = text.parse::<AuthOption>() else {
            continue;
        };
        let (name, _) = names(&option);
        let label = editor
            .choices
            .with_untracked(|choices| super::options::named(choices, &text).name);
        if !all.iter().any(|(known, _)| known == name) {
            all.push((name.to_owned(), label));
        }
    }
    all
}

/// The menu above the script. It needs the browser's code, so it is not there before.
#[component]
pub fn Templates(editor: Editor) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let form = RwSignal::new(Form::default());
    let steps = Memo::new(move |_| {
        editor
            .steps
            .with(|steps| u32::try_from(steps.len()).unwrap_or(u32::MAX))
    });
    let made = Memo::new(move |_| {
        let steps = steps.get();
        form.with(|form| form.read(steps).map(|template| template.source(steps)))
    });
    let content = move || {
        view! {
            <details class="repair">
                <summary class="button small">"Start from a template"</summary>
                <div class="repair-body">
                    <TemplateForm form editor steps made />
                </div>
            </details>
        }
    };
    move || ready.get().then(content)
}

/// What is made of the answers, or what is wrong with them.
pub type Made = Memo<Result<String, Invalid>>;

/// What is wrong with the answers of one field.
#[must_use]
pub fn fault(made: &Result<String, Invalid>, pointer: &str) -> Option<String> {
    let Err(Invalid(faults)) = made else { return None };
    let of_field = |fault: &&FieldError| fault.pointer == pointer;
    faults.iter().find(of_field).map(|fault| fault.detail.clone())
}

#[component]
fn TemplateForm(form: RwSignal<Form>, editor: Editor, steps: Memo<u32>, made: Made) -> impl IntoView {
    let kinds: Vec<(Kind, String)> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, title(kind).to_owned()))
        .collect();
    let kind = Memo::new(move |_| form.with(|form| form.kind));
    let needs_step = Memo::new(move |_| form.with(Form::needs_step));
    let lacks_step = move || needs_step.get() && steps.get() < 2;
    let names = Memo::new(move |_| first_options(editor));
    let fields = move || view! { <Fields kind=kind.get() form names made /> };
    let step = move || {
        let many = steps.get();
        (needs_step.get() && many > 1).then(|| {
            let options: Vec<(u32, String)> = (2..=many).map(|number| (number, format!("Step {number}"))).collect();
            view! {
                <Pick label="Step" options get=move || form.with_untracked(|form| form.step) set=move |step| form.update(|form| form.step = step) />
            }
        })
    };
    let result = move || {
        if lacks_step() {
            return view! {
                <p class="muted">"It decides about a step after the first. Add a second step, then choose what it asks for."</p>
            }
            .into_any();
        }
        match made.get() {
            Ok(script) => view! { <Preview script editor /> }.into_any(),
            Err(_) => view! { <p class="muted">"Fill in the fields to see the script."</p> }.into_any(),
        }
    };
    view! {
        <div class="form" role="group" aria-label="Template">
            <Pick label="Template" options=kinds get=move || kind.get_untracked() set=move |kind| form.update(|form| form.kind = kind) />
            <p class="muted">{move || about(kind.get())}</p>
            {fields}
            {step}
        </div>
        {result}
    }
}

/// What becomes of the script, and the button that does it.
#[component]
fn Preview(script: String, editor: Editor) -> impl IntoView {
    let after = script.clone();
    let diff = move || view! { <Diff before=editor.runs() after=after.clone() /> };
    let replaces = move || {
        editor
            .script
            .with(|text| !text.trim().is_empty())
            .then_some(" It takes the place of the one there is.")
    };
    let is_there = Memo::new({
        let script = script.clone();
        move |_| editor.script.with(|text| *text == script)
    });
    let apply = move |_| {
        editor.script.set(script.clone());
        editor.state.saved.set(false);
        request_animation_frame(move || editor.state.look());
    };
    view! {
        <p>"The script becomes this." {replaces}</p>
        {diff}
        <button type="button" class="button primary small" on:click=apply disabled=move || is_there.get()>
            "Apply to the script"
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_words_of_its_own() {
        let titles: std::collections::BTreeSet<_> = Kind::ALL.into_iter().map(title).collect();
        let texts: std::collections::BTreeSet<_> = Kind::ALL.into_iter().map(about).collect();
        assert_eq!((titles.len(), texts.len()), (Kind::ALL.len(), Kind::ALL.len()));
    }

    #[test]
    fn a_fault_belongs_to_its_field() {
        let form = Form {
            kind: Kind::Group,
            ..Form::default()
        };
        let made = form.read(2).map(|template| template.source(2));
        assert!(fault(&made, "/groups").is_some());
        assert_eq!(fault(&made, "/networks"), None);
    }
}
