//! Deleting an application.

use leptos::prelude::*;

use super::detail::Shown;
use crate::api::application;
use crate::ui::confirm::{ConfirmWord, Danger};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::Version;

/// The danger zone.
#[component]
pub fn DeleteApplication(shown: Shown) -> impl IntoView {
    let action = ServerAction::<application::DeleteApplication>::new();
    let faults = Faults::of(move || action.value().get());
    let application = shown.application.get_untracked();
    let name = application.settings.name;
    view! {
        <Danger label="Delete this application" open=faults.is_back()>
            <p>
                "Nobody can sign in to it any more. Every token and every consent it holds is revoked at once, and its "
                "client ID stops working. "
                "People keep their accounts. This cannot be undone."
            </p>
            <ActionForm action attr:class="stack">
                <FaultSummary faults />
                <input type="hidden" name="id" value=application.id.to_string() />
                <Version saved=Signal::derive(move || shown.application.with(|a| a.version)) />
                <ConfirmWord word=application.settings.handle.to_string() id="confirm-delete" />
                <div>
                    <button type="submit" class="button danger primary" aria-busy=move || action.pending().get().then_some("true")>
                        "Delete " {name}
                    </button>
                </div>
            </ActionForm>
        </Danger>
    }
}
