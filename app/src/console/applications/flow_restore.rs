//! A flow in the editor that is not saved yet: an earlier one, `…/flow?restore=7`, or one that was refused before the
//! browser's code had loaded.

use std::collections::BTreeMap;

use doorward_domain::analysis::Analysis;
use doorward_domain::flow::SignInFlow;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::flow_edit::FlowEdit;
use super::flow_findings::flow_of;
use crate::api::application::{
    AnalysisRequest, FlowVersionView, StepForm, analyse_flow, find_flow_version, script_of_form, steps_of_form,
};
use crate::api::error::ConsoleError;
use crate::ui::form::FormState;
use crate::ui::notice::{Notice, Tone};
use crate::ui::time::When;
use crate::ui::typed::Typed;

/// The flow, and what the analyser says of it beside the connections of now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restored {
    pub flow: SignInFlow,
    /// The version that the address asks for.
    pub version: Option<FlowVersionView>,
    pub analysis: Analysis,
}

/// What stands in the editor in the place of the flow that is saved: what was sent and refused, else the version that an
/// address asks for.
///
/// # Errors
/// `NotFound` where the version is not kept, or those of reading it.
pub async fn load(
    key: String,
    version: Option<String>,
    sent: Option<SignInFlow>,
) -> Result<Option<Restored>, ConsoleError> {
    let version = match version {
        Some(version) => Some(find_flow_version(key.clone(), version).await?),
        None => None,
    };
    let is_sent = sent.is_some();
    let Some(flow) = sent.or_else(|| version.as_ref().map(|version| version.flow.clone())) else {
        return Ok(None);
    };
    let request = AnalysisRequest {
        flow: flow.clone(),
        connections: BTreeMap::new(),
        application: Some(key),
        expectations: None,
    };
    match analyse_flow(request).await {
        Ok(analysis) => Ok(Some(Restored {
            flow,
            version,
            analysis,
        })),
        // The refusal says what is wrong with it.
        Err(_) if is_sent => Ok(None),
        Err(error) => Err(error),
    }
}

/// The flow as it was sent, with the change of the button that sent it; `None` where it did not come back whole.
#[must_use]
pub fn sent() -> Option<SignInFlow> {
    let Typed(fields) = use_context::<Typed>()?;
    let value = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    let script = value("script")?;
    let mut steps = BTreeMap::<usize, StepForm>::new();
    for (name, option) in &fields {
        let index = name.strip_prefix("steps[").and_then(|rest| rest.split_once(']'));
        if let Some(index) = index.and_then(|(index, _)| index.parse().ok()) {
            steps.entry(index).or_default().options.push(option.clone());
        }
    }
    let mut steps = steps_of_form(steps.into_values().collect());
    let script = script_of_form(script, steps.len());
    if let Some(edit) = value("edit").and_then(|text| text.parse::<FlowEdit>().ok()) {
        edit.apply(&mut steps);
    }
    flow_of(&steps, script)
}

/// Makes the form compare the script with what is saved: the page came with the restored one in the text area, so that
/// it can be saved before the browser's code has loaded.
pub fn compare_with_saved(area: NodeRef<html::Textarea>, saved: String, state: FormState) {
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            let shown = area.value();
            let _ = area.set_default_value(&saved);
            area.set_value(&shown);
            state.look();
        }
    });
}

/// What the editor says while an earlier flow waits to be saved.
#[component]
pub fn RestoreNotice(version: FlowVersionView, base: String) -> impl IntoView {
    let href = format!("{base}/versions/{}", version.version);
    view! {
        <Notice tone=Tone::Info title=format!("Version {} is on the screen, not saved yet", version.version)>
            <p>"It was saved " <When at=version.saved_at /> ". What the analyser says of it stands below; sign-ins follow it once you press Update."</p>
            <div class="button-row">
                <a class="button small" href=href>"See what it changes"</a>
                <a class="button small" href=base>"Back to the flow in use"</a>
            </div>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow_edit::tests::steps;
    use super::*;

    #[test]
    fn a_refused_flow_is_the_one_that_was_sent() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = vec![
            field("steps[0][options][0]", "password"),
            field("steps[0][options][1]", "connection:acme"),
            field("steps[1][options][0]", "totp"),
            field("script", "// mine\r\nexecuteStep(1);"),
        ];
        let of = |fields: Vec<(String, String)>| {
            let owner = Owner::new();
            owner.with(|| {
                provide_context(Typed(fields));
                sent()
            })
        };
        let want = |text: &str| flow_of(&steps(text), "// mine\nexecuteStep(1);".to_owned());
        assert_eq!(of(form.clone()), want("password connection:acme|totp"));
        let edited = [form.clone(), vec![field("edit", "remove-step 1")]].concat();
        assert_eq!(of(edited), want("password connection:acme"));
        assert_eq!(of(form[..3].to_vec()), None, "a script that was too long to come back");
        assert_eq!(of(vec![field("who", "local")]), None, "another form of the page");
        assert_eq!(Owner::new().with(sent), None);
    }
}
