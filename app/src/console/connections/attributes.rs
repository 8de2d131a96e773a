//! The Attributes tab: which of the provider's claims becomes which of our attributes.

use leptos::prelude::*;

use super::detail::Shown;
use super::rows::{EditedRow, RefusedRows, edited, empty};
use crate::api::connection::SaveConnectionAttributes;
use crate::ui::browser;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{TextField, Version};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::icon::{Icon, Shape};
use crate::ui::page::Section;
use crate::ui::typed;

/// The tab.
#[component]
pub fn Attributes(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveConnectionAttributes>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    state.follow(action);
    let first = shown.connection.get_untracked();
    let rows = RwSignal::new(edited(&first.settings.attributes));
    let refused = RefusedRows::of(rows, faults);
    Effect::new(move |_| {
        if action.pending().get() {
            refused.note_sent(rows);
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            rows.set(edited(&saved.connection.settings.attributes));
            shown.connection.set(saved.connection);
        }
    });
    view! {
        <ActionForm action node_ref=state.form on:reset=move |_| rows.set(shown.connection.with_untracked(|c| edited(&c.settings.attributes))) on:input=move |_| state.look() on:change=move |_| state.look()>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.connection.with(|c| c.version))
                base=Signal::derive(move || shown.connection.with(|c| c.base.clone())) />
            <div class="stack">
                <div>
                    <h2>"From the provider to us"</h2>
                    <p class="muted">
                        "Each row writes one attribute. Several claims, separated by commas: the first one present wins. "
                        "A row with nothing in it does not count."
                    </p>
                </div>
                <Rows rows state refused />
            </div>
            <Section title="Username" text="What a new account is called. It is made unique by itself.">
                <TextField label="Username template" name="username_template" value=first.settings.username_template.unwrap_or_default()
                    pointer="/username_template" faults mono=true placeholder="{preferred_username}"
                    help="Claim names in braces. Empty: the verified address, else preferred_username, else the handle and a few random letters." />
            </Section>
            <SaveFoot state pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn Rows(rows: RwSignal<Vec<EditedRow>>, state: FormState, refused: RefusedRows) -> impl IntoView {
    let told = RwSignal::new(String::new());
    let add = move |_| {
        rows.update(|rows| {
            let key = rows.iter().map(|row| row.key + 1).max().unwrap_or(0);
            rows.push(empty(key));
        });
    };
    let remove = move |key: usize| {
        let place = rows.with_untracked(|rows| rows.iter().position(|row| row.key == key));
        rows.update(|rows| rows.retain(|row| row.key != key));
        state.more.set(true);
        state.saved.set(false);
        let place = place.map_or(1, |place| place + 1);
        told.set(format!("Row {place} is removed."));
        // The button that was pressed is gone with its row: the one that stands there now has the keyboard, or the one
        // below all rows.
        request_animation_frame(move || {
            browser::focus_first(&format!(
                ".mapping tbody tr:nth-child({place}) button, .mapping ~ .pager button"
            ));
        });
    };
    view! {
        <div class="table-frame">
            <table class="table stacks mapping">
                <caption class="quiet">"Attribute mapping"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Claim of the provider"</th>
                        <th scope="col">"Our attribute"</th>
                        <th scope="col">"Required"</th>
                        <th scope="col"><span class="quiet">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| (row.key, row.to.clone()) let:row>
                        <MappingRow row remove refused />
                    </For>
                </tbody>
            </table>
            <div class="pager">
                <button type="button" class="button small" on:click=add>
                    <Icon shape=Shape::Plus />
                    "Add a row"
                </button>
                <p role="status" class="quiet">{told}</p>
            </div>
        </div>
    }
}

#[component]
fn MappingRow(row: EditedRow, remove: impl Fn(usize) + Copy + 'static, refused: RefusedRows) -> impl IntoView {
    let key = row.key;
    let name = |field: &str| format!("rows[{key}][{field}]");
    let about = if row.to.is_empty() {
        "new row".to_owned()
    } else {
        row.to.clone()
    };
    let from = typed::value(&name("from"), row.from);
    let to = typed::value(&name("to"), row.to);
    let required = typed::is_ticked(&name("required"), "true", row.required);
    let field = move |part: &'static str, value: String, label: String, placeholder: &'static str, maxlength: u16| {
        let fault = Signal::derive(move || refused.at(key, part));
        let id = format!("row-{key}-{part}-error");
        let told = id.clone();
        view! {
            <div class="field">
                <input class="input mono" name=name(part) value=value maxlength=maxlength autocomplete="off" autocapitalize="none"
                    spellcheck="false" aria-label=label placeholder=placeholder
                    aria-invalid=move || fault.get().map(|_| "true")
                    aria-describedby=move || fault.get().map(|_| told.clone()) />
                {move || fault.get().map(|text| view! { <p class="error" id=id.clone()>{text}</p> })}
            </div>
        }
    };
    view! {
        <tr>
            <td data-label="Claim">
                {field("from", from, format!("Claim of the provider, {about}"), "claim or /pointer", 2100)}
            </td>
            <td data-label="Attribute">
                {field("to", to, format!("Our attribute, {about}"), "attribute", 200)}
            </td>
            <td data-label="Required">
                <span class="choice">
                    <input type="checkbox" name=name("required") value="true" checked=required aria-label=format!("Required, {about}") />
                </span>
            </td>
            <td>
                <button type="button" class="button plain square small" aria-label=format!("Remove the row, {about}") on:click=move |_| remove(key)>
                    <Icon shape=Shape::Trash />
                </button>
            </td>
        </tr>
    }
}
