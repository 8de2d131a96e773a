//! The secrets a script may use: set, replaced, removed, and never shown.

use leptos::prelude::*;

use super::flow::Editor;
use crate::api::application::{RemoveScriptSecret, ScriptSecretView, ScriptSecrets, SetScriptSecret};
use crate::api::error::ConsoleError;
use crate::ui::confirm::Danger;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::TextField;
use crate::ui::icon::{Icon, Shape};
use crate::ui::page::Section;
use crate::ui::time::When;

/// Takes what the server answers, and asks anew what it means for the script on the screen.
fn follow(editor: Editor, answer: Option<Result<ScriptSecrets, ConsoleError>>) {
    if let Some(Ok(secrets)) = answer {
        editor.shown.script_secrets.set(secrets.items);
        editor.shown.findings.set(secrets.findings);
        editor.script.update(|_| ());
    }
}

/// The list, and the form that sets one.
#[component]
pub fn Secrets(editor: Editor) -> impl IntoView {
    let action = ServerAction::<SetScriptSecret>::new();
    let faults = Faults::of(move || action.value().get());
    let sent = NodeRef::new();
    Effect::new(move |_| {
        let answer = action.value().get();
        if matches!(answer, Some(Ok(_)))
            && let Some(form) = sent.get_untracked()
        {
            let form: web_sys::HtmlFormElement = form;
            form.reset();
        }
        follow(editor, answer);
    });
    let items = move || {
        let secrets = editor.shown.script_secrets.get();
        if secrets.is_empty() {
            return view! { <p class="muted">"None yet."</p> }.into_any();
        }
        let item = |secret: ScriptSecretView| view! { <Item editor secret /> };
        view! { <ul class="card flush">{secrets.into_iter().map(item).collect_view()}</ul> }.into_any()
    };
    view! {
        <Section
            title="Secrets of the script"
            text="Keys and passwords that the script names instead of holding them. A value is kept encrypted and cannot be shown again; the script itself gets a stand-in."
        >
            {items}
            <ActionForm action node_ref=sent attr:class="form">
                <FaultSummary faults />
                <input type="hidden" name="id" value=editor.application.get_value() />
                <TextField label="Name of the secret" name="name" pointer="/name" faults required=true mono=true short=true
                    placeholder="API_KEY" help="The script writes secrets.API_KEY. A name that is there already gets the new value." />
                <TextField label="Value of the secret" name="secret_value" kind="password" pointer="/value" faults required=true mono=true
                    autocomplete="new-password" help="At least 8 characters." />
                <div class="button-row">
                <button type="submit" class="button" aria-busy=move || action.pending().get().then_some("true")>
                    "Set the secret"
                </button>
                </div>
            </ActionForm>
        </Section>
    }
}

#[component]
fn Item(editor: Editor, secret: ScriptSecretView) -> impl IntoView {
    let action = ServerAction::<RemoveScriptSecret>::new();
    let name = secret.name.to_string();
    let faults = Faults::of(move || action.value().get()).with_field("name", &name);
    Effect::new(move |_| follow(editor, action.value().get()));
    view! {
        <li class="identity">
            <span class="mark" aria-hidden="true"><Icon shape=Shape::Key /></span>
            <div class="identity-facts">
                <h3 class="mono">{format!("secrets.{name}")}</h3>
                <p class="muted">"Set " <When at=secret.updated_at /></p>
            </div>
            <Danger label="Remove" open=faults.is_back()>
                <p>"A script that names it lets nobody through from then on, sign-ins that have begun included."</p>
                <ActionForm action>
                    <FaultSummary faults />
                    <input type="hidden" name="id" value=editor.application.get_value() />
                    <input type="hidden" name="name" value=name />
                    <button type="submit" class="button danger primary small">"Remove now"</button>
                </ActionForm>
            </Danger>
        </li>
    }
}
