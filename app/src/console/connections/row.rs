//! One row of the list of connections.

use doorward_domain::connection::Template;
use leptos::prelude::*;

use super::{ConnectionMark, JitChip, StateChip, brand};
use crate::api::connection::ConnectionSummary;
use crate::ui::cut::RowName;
use crate::ui::sparkline::Sparkline;
use crate::ui::time::WhenOr;
use crate::ui::words;

/// What a template is called.
#[must_use]
pub fn type_name(template: Template) -> &'static str {
    match template {
        Template::Oidc => "OpenID Connect",
        Template::TestIdp => "Test IdP",
    }
}

/// The row; all of it leads to the connection.
#[component]
pub fn Row(summary: ConnectionSummary) -> impl IntoView {
    let settings = summary.connection.settings;
    let usage = summary.usage;
    let href = format!("/console/connections/{}", settings.handle);
    let brand = brand(&settings);
    view! {
        <tr class="go">
            <th scope="row">
                <span class="cell-name">
                    <ConnectionMark brand />
                    <RowName href name=settings.display_name below=settings.handle.to_string() />
                </span>
            </th>
            <td data-label="Type" class="nowrap">{type_name(settings.template)}</td>
            <td data-label="State"><StateChip enabled=settings.enabled /></td>
            <td data-label="JIT"><JitChip on=settings.jit.enabled /></td>
            <td data-label="People" class="number">{words::number(usage.people)}</td>
            <td data-label="Applications" class="number">{words::number(usage.applications.into())}</td>
            <td data-label="Sign-ins, 14 days"><Sparkline values=usage.per_day what="Sign-ins" /></td>
            <td data-label="Last sign-in"><WhenOr at=usage.last_sign_in_at never="never" /></td>
        </tr>
    }
}
