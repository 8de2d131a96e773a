//! The flows an application had, newest first.

use doorward_domain::flow::VERSION_LIMIT;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::flow_words::{changed, size};
use crate::api::application::{FlowVersionRow, list_flow_versions};
use crate::console::load::{LoadTable, loading, segment};
use crate::ui::cut::Cut;
use crate::ui::empty::Empty;
use crate::ui::icon::{Icon, Shape};
use crate::ui::table::{Column, ListTable};
use crate::ui::time::When;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/applications/{handle}/flow/versions`.
pub struct VersionsPage;

#[lazy_route]
impl LazyRoute for VersionsPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let key = segment("key");
        let rows = loading(move || key.get(), list_flow_versions);
        let table = move |rows: Vec<FlowVersionRow>| view! { <Versions rows key=key.get_untracked() /> }.into_any();
        view! {
            <PageTitle text="Versions of the sign-in flow" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Versions of the sign-in flow"</h1></div>
                    <p class="page-status">
                        <b>"Every flow that was saved, newest first."</b>
                        " The last " {VERSION_LIMIT} " are kept, as long as the application is there. "
                        "A sign-in that has begun goes on with the flow it began with."
                    </p>
                </div>
            </header>
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

#[component]
fn Versions(rows: Vec<FlowVersionRow>, key: String) -> impl IntoView {
    let base = format!("/console/applications/{key}/flow");
    if rows.is_empty() {
        return view! {
            <Empty shape=Shape::Clock title="No version yet"
                text="A version is kept each time the flow is changed, together with the flow it replaces.">
                <a class="button primary" href=base>"Open the sign-in flow"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = rows
        .into_iter()
        .map(move |row| view! { <VersionRow row base=base.clone() /> });
    let columns = vec![
        Column::Text("Version"),
        Column::Text("Saved"),
        Column::Text("By"),
        Column::Text("Changed"),
        Column::Text("Flow"),
    ];
    view! {
        <ListTable label="Versions" caption="Versions of the sign-in flow, newest first" columns>
            {rows.collect_view()}
        </ListTable>
    }
    .into_any()
}

#[component]
fn VersionRow(row: FlowVersionRow, base: String) -> impl IntoView {
    let href = format!("{base}/versions/{}", row.version);
    let by = words::actor(row.actor.as_ref(), row.actor_name);
    view! {
        <tr class="go">
            <th scope="row">
                <span class="row">
                    <a class="row-link" href=href>"Version " {row.version}</a>
                    {row.is_current.then(|| view! { <span class="chip ok"><Icon shape=Shape::Check /><span>"In use"</span></span> })}
                </span>
            </th>
            <td data-label="Saved"><When at=row.saved_at /></td>
            <td data-label="By"><Cut text=by /></td>
            <td data-label="Changed">{changed(&row.changed)}</td>
            <td data-label="Flow">{size(row.steps, row.script_lines)}</td>
        </tr>
    }
}
