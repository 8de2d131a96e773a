//! The Connected apps tab: which applications offer this connection, and who would notice a change.

use leptos::prelude::*;

use super::detail::Shown;
use crate::api::connection::ConnectedApplication;
use crate::ui::cut::RowName;
use crate::ui::empty::Empty;
use crate::ui::findings::FindingBadge;
use crate::ui::icon::Shape;
use crate::ui::table::{Column, ListTable};
use crate::ui::words;

/// `Step 1`, `Steps 1 and 3`.
#[must_use]
pub fn steps(numbers: &[u32]) -> String {
    if numbers.is_empty() {
        return "No step: its script or an expectation names it".to_owned();
    }
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let noun = if words.len() == 1 { "Step" } else { "Steps" };
    format!("{noun} {}", words::join(&words))
}

/// The tab.
#[component]
pub fn ConnectedApps(shown: Shown) -> impl IntoView {
    let applications = shown.applications.get_value();
    if applications.is_empty() {
        return view! {
            <Empty shape=Shape::Applications title="No application offers this connection"
                text="Open an application's sign-in flow and add the connection to a step.">
                <a class="button primary" href="/console/applications">"Choose an application"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = applications
        .into_iter()
        .map(|application| view! { <AppRow application /> });
    let columns = vec![
        Column::Text("Application"),
        Column::Text("Offered in"),
        Column::Number("People, 30 days"),
    ];
    view! {
        <ListTable label="Connected applications" caption="Applications that offer this connection" columns>
            {rows.collect_view()}
        </ListTable>
    }
    .into_any()
}

#[component]
fn AppRow(application: ConnectedApplication) -> impl IntoView {
    let href = format!("/console/applications/{}/flow", application.handle);
    view! {
        <tr class="go">
            <th scope="row">
                <span class="cell-name">
                    <RowName href name=application.name below=application.handle />
                </span>
            </th>
            <td data-label="Offered in"><span class="row">{steps(&application.steps)} <FindingBadge count=application.findings errors=application.errors /></span></td>
            <td data-label="People, 30 days" class="number">{words::number(application.people_30_days)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_named() {
        assert_eq!(steps(&[1]), "Step 1");
        assert_eq!(steps(&[1, 3]), "Steps 1 and 3");
        assert!(steps(&[]).starts_with("No step"));
    }
}
