//! The Profile tab: everything we know about a person, each value with its source.

use doorward_domain::account::Attribute;
use leptos::prelude::*;

use super::came_to_be::CameToBe;
use super::chips::{Connections, SourceChip};
use super::detail::Shown;
use super::factors::Factors;
use super::identities::Identities;
use super::sessions::Sessions;
use super::values::{label, readable, start};
use crate::ui::copy::CopyInline;
use crate::ui::icon::{Icon, Shape};
use crate::ui::time::When;
use crate::ui::words;

/// The tab.
#[component]
pub fn Profile(shown: Shown) -> impl IntoView {
    let content = move || {
        let user = shown.user.get();
        let connections = shown.connections.get_value();
        let id = user.summary.id.to_string();
        let log = format!("/console/audit?account={id}");
        view! {
            <div class="beside">
                <div class="stack wide">
                    <AttributeTable attributes=user.attributes.clone() connections=connections.clone() />
                    <Identities shown user=user.clone() connections=connections.clone() />
                    <Factors shown user=user.clone() />
                    <Sessions shown user=user.clone() />
                </div>
                <div class="stack wide">
                    <section class="card">
                        <div class="card-head"><h2>"How this account came to be"</h2></div>
                        <CameToBe user=user.clone() connections />
                        <p><a href=log>"Everything in the audit log"</a></p>
                    </section>
                    <section class="card">
                        <div class="card-head"><h2>"Identifiers"</h2></div>
                        <dl class="facts narrow">
                            <div><dt>"Account ID"</dt><dd><CopyInline value=id what="account ID" /></dd></div>
                            <div><dt>"Subject (sub)"</dt><dd><CopyInline value=user.summary.sub what="subject" /></dd></div>
                            <div><dt>"Username"</dt><dd><CopyInline value=user.summary.username what="username" /></dd></div>
                        </dl>
                    </section>
                </div>
            </div>
        }
    };
    view! { {content} }
}

#[component]
fn AttributeTable(attributes: doorward_domain::account::Attributes, connections: Connections) -> impl IntoView {
    let is_empty = attributes.is_empty();
    let row = move |(name, attribute): (String, Attribute)| {
        view! {
            <tr>
                <th scope="row">{label(&name)} <small class="mono">{name}</small></th>
                <td data-label="Value"><Value text=readable(&attribute.value) /></td>
                <td data-label="Source"><SourceChip source=attribute.source connections=connections.clone() /></td>
                <td data-label="Written"><When at=attribute.at /></td>
            </tr>
        }
    };
    view! {
        <section class="card flush">
            <div class="card-head"><h2>"Attributes"</h2></div>
            {if is_empty {
                view! { <p class="card-line muted"><Icon shape=Shape::Info />"Nothing is known yet."</p> }.into_any()
            } else {
                view! {
                    <table class="table stacks attributes">
                        <caption class="quiet">"Attributes"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Attribute"</th>
                                <th scope="col">"Value"</th>
                                <th scope="col">"Source"</th>
                                <th scope="col">"Written"</th>
                            </tr>
                        </thead>
                        <tbody>{attributes.into_iter().map(row).collect_view()}</tbody>
                    </table>
                }
                .into_any()
            }}
        </section>
    }
}

/// A value; of one that would make the table higher than the screen its start, and all of it on demand.
#[component]
fn Value(text: String) -> impl IntoView {
    let Some(shown) = start(&text).map(|shown| format!("{shown}…")) else {
        return view! { <bdi class="value">{text}</bdi> }.into_any();
    };
    let all = format!("All {} characters", words::number(text.chars().count() as u64));
    view! {
        <div class="stack tight">
            <bdi class="value">{shown}</bdi>
            <details>
                <summary>{all}</summary>
                <bdi class="value">{text}</bdi>
            </details>
        </div>
    }
    .into_any()
}
