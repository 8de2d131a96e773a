//! An earlier flow in the editor, not saved yet: `…/flow?restore=7`.

use doorward_domain::analysis::Analysis;
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::application::{AnalysisRequest, FlowVersionView, analyse_flow, find_flow_version};
use crate::api::error::ConsoleError;
use crate::ui::form::FormState;
use crate::ui::notice::{Notice, Tone};
use crate::ui::time::When;

/// The version, and what the analyser says of it beside the connections of now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restored {
    pub version: FlowVersionView,
    pub analysis: Analysis,
}

/// The version an address asks for.
///
/// # Errors
/// `NotFound` where it is not kept, or those of reading it.
pub async fn load(key: String, version: String) -> Result<Restored, ConsoleError> {
    let version = find_flow_version(key.clone(), version).await?;
    let request = AnalysisRequest {
        flow: version.flow.clone(),
        connections: std::collections::BTreeMap::new(),
        application: Some(key),
        expectations: None,
    };
    let analysis = analyse_flow(request).await?;
    Ok(Restored { version, analysis })
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
