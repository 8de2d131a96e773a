//! The flow in the editor, looked at as if a connection's just-in-time provisioning were off though it is on:
//! `…/flow?without=acme`. The connection's Advanced tab leads here before it is switched off there, so that the flow is
//! mended before anybody is stopped. Nothing of it is saved.

use std::collections::BTreeMap;

use doorward_domain::analysis::Analysis;
use doorward_domain::finding::Repair;
use doorward_domain::text::Handle;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::application::{AnalysisRequest, ApplicationView, analyse_flow};
use crate::api::connection::ConnectionName;
use crate::api::error::ConsoleError;
use crate::ui::notice::{Notice, Tone};

/// The connection, and what the analyser says then of the flow that is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Without {
    pub connection: Handle,
    pub name: String,
    pub analysis: Analysis,
}

/// What an address asks for; nothing where there is no such connection, or where it is off already.
///
/// # Errors
/// Those of the analysis.
pub async fn load(
    application: &ApplicationView,
    handle: &str,
    connections: &[ConnectionName],
) -> Result<Option<Without>, ConsoleError> {
    let is_meant = |known: &&ConnectionName| known.jit && known.handle.as_str() == handle;
    let Some(known) = connections.iter().find(is_meant) else {
        return Ok(None);
    };
    let request = AnalysisRequest {
        flow: application.settings.flow.clone(),
        connections: overrides(Some(&known.handle)),
        application: Some(application.id.to_string()),
        expectations: None,
    };
    Ok(Some(Without {
        connection: known.handle.clone(),
        name: known.display_name.clone(),
        analysis: analyse_flow(request).await?,
    }))
}

/// The settings that an analysis takes in the place of the saved ones.
#[must_use]
pub fn overrides(connection: Option<&Handle>) -> BTreeMap<String, Value> {
    let off = |connection: &Handle| (connection.to_string(), json!({"jit": {"enabled": false}}));
    connection.map(off).into_iter().collect()
}

/// Lays one merge patch over another; of a field that both name, the later one's counts.
pub fn lay_over(patch: &mut Value, more: Value) {
    match (patch, more) {
        (Value::Object(patch), Value::Object(more)) => patch.extend(more),
        (patch, more) => *patch = more,
    }
}

/// Whether a repair only takes back what the flow is looked at with.
#[must_use]
pub fn takes_back(repair: &Repair, without: Option<&Handle>) -> bool {
    matches!(repair, Repair::TurnOnJit { connection } if Some(connection) == without)
}

/// What stands above the findings meanwhile. `base` is the editor's address.
#[component]
pub fn WithoutNotice(without: Without, base: String) -> impl IntoView {
    let title = format!(
        "Looked at as if just-in-time provisioning were off for {}, which is not saved",
        without.name
    );
    view! {
        <Notice tone=Tone::Info title>
            <p>"Mend the flow here and update it, then switch it off on the connection's Advanced tab."</p>
            <div class="button-row">
                // Another flow in the editor: the page begins anew.
                <a class="button small" href=base rel="external">"Look at it as it is"</a>
            </div>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> Handle {
        "acme".parse().expect("a handle")
    }

    #[test]
    fn a_repair_is_tried_beside_what_is_looked_at() {
        assert!(overrides(None).is_empty());
        let mut patch = overrides(Some(&acme())).remove("acme").unwrap_or_default();
        lay_over(&mut patch, json!({"factors_without_account": true}));
        assert_eq!(
            patch,
            json!({"jit": {"enabled": false}, "factors_without_account": true})
        );
        let mut nothing = Value::default();
        lay_over(&mut nothing, json!({"enabled": true}));
        assert_eq!(nothing, json!({"enabled": true}), "of another connection");
    }

    #[test]
    fn only_what_takes_it_back_is_no_repair() {
        let jit = Repair::TurnOnJit { connection: acme() };
        let keep = Repair::KeepFactorsWithoutAccount { connection: acme() };
        let other = "other".parse::<Handle>().expect("a handle");
        for (repair, without, want) in [
            (&jit, Some(acme()), true),
            (&jit, Some(other), false),
            (&jit, None, false),
            (&keep, Some(acme()), false),
        ] {
            assert_eq!(takes_back(repair, without.as_ref()), want, "{repair:?} {without:?}");
        }
    }
}
