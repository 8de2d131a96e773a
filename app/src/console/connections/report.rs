//! Testing a connection: a real round trip in the administrator's browser that writes nothing.

use doorward_domain::Claims;
use leptos::prelude::*;
use serde_json::Value;

use super::detail::Shown;
use crate::api::connection::{TestOutcome, TestReport, find_test_report};
use crate::console::load::loading;
use crate::ui::icon::{Icon, Shape};
use crate::ui::notice::{Notice, Tone};
use crate::ui::time::When;

/// The newest test and the way to a new one.
#[component]
pub fn TestConnection(shown: Shown) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
    let key = handle.clone();
    let report = loading(move || key.clone(), find_test_report);
    view! {
        <section class="card" aria-labelledby="test-title">
            <div class="card-head">
                <div>
                    <h2 id="test-title">"Test"</h2>
                    <p class="muted">"You sign in at the provider once; what comes back is shown here. Nothing is written."</p>
                </div>
                <a class="button" href=format!("/console/connection-tests/{handle}") rel="external">
                    <Icon shape=Shape::External />
                    "Run the test"
                </a>
            </div>
            <Transition fallback=|| view! { <span class="skeleton line" aria-hidden="true"></span> }>
                {move || Suspend::new(async move {
                    match report.await {
                        Ok(Some(report)) => view! { <Report report /> }.into_any(),
                        Ok(None) => view! { <p class="muted">"Not tested within the last 15 minutes."</p> }.into_any(),
                        Err(error) => view! { <Notice tone=Tone::Warn title=error.to_string() /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Report(report: TestReport) -> impl IntoView {
    let when = report.started_at;
    match report.outcome {
        TestOutcome::Waiting => view! {
            <Notice tone=Tone::Info title="A test is under way">
                <p>"Finish it at the provider; then reload this page."</p>
            </Notice>
        }
        .into_any(),
        TestOutcome::Failed { fault } => view! {
            <Notice tone=Tone::Danger title="The test failed">
                <p>{fault.sentence}</p>
                <p class="muted">"Code " <code>{fault.code}</code> " · " <When at=when /></p>
            </Notice>
        }
        .into_any(),
        TestOutcome::Passed {
            claims,
            mapped,
            decision,
        } => view! {
            <div class="stack">
                <Notice tone=Tone::Ok title="The test passed">
                    <p>{decision}</p>
                    <p class="muted"><When at=when /></p>
                </Notice>
                <ClaimTable title="What we make of it" claims=mapped />
                <details>
                    <summary>"Claims as they came"</summary>
                    <ClaimTable title="Claims" claims />
                </details>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn ClaimTable(title: &'static str, claims: Claims) -> impl IntoView {
    let rows = claims.into_iter().map(|(name, value)| {
        view! { <tr><th scope="row" class="mono">{name}</th><td class="mono">{plain(&value)}</td></tr> }
    });
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=title>
            <table class="table">
                <caption class="quiet">{title}</caption>
                <thead><tr><th scope="col">{title}</th><th scope="col">"Value"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A claim's value as people read it: text without quotes, everything else as JSON.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(plain(&serde_json::json!("a")), "a");
        assert_eq!(plain(&serde_json::json!(["a", 1])), r#"["a",1]"#);
    }
}
