//! What an account has enrolled as second factors.

use doorward_domain::factor::FactorKind;
use leptos::prelude::*;

use super::detail::Shown;
use crate::api::user::{FactorView, ResetFactor, UserView};
use crate::ui::confirm::Danger;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::logo::{Brand, Logo};
use crate::ui::time::{When, WhenOr};

/// What people call it.
#[must_use]
pub fn name(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Totp => "Authenticator app",
    }
}

/// The list.
#[component]
pub fn Factors(shown: Shown, user: UserView) -> impl IntoView {
    let id = user.summary.id.to_string();
    let items = user.factors.into_iter().map(move |factor| {
        view! { <Item shown id=id.clone() factor /> }
    });
    let items: Vec<_> = items.collect();
    view! {
        <section class="card flush">
            <div class="card-head"><h2>"Second factors"</h2></div>
            {if items.is_empty() {
                view! {
                    <p class="card-line muted"><Icon shape=Shape::Info />"None yet. A sign-in that asks for one lets the person enrol it."</p>
                }
                .into_any()
            } else {
                view! { <ul class="identity-list">{items}</ul> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Item(shown: Shown, id: String, factor: FactorView) -> impl IntoView {
    let action = ServerAction::<ResetFactor>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.user.set(user);
        }
    });
    view! {
        <li class="identity">
            <span class="mark" aria-hidden="true"><Logo brand=Brand::Local /></span>
            <div class="identity-facts">
                <h3>{name(factor.kind)}</h3>
                <p class="muted">"Enrolled " <When at=factor.created_at /> " · last used " <WhenOr at=factor.last_used_at never="never" /></p>
            </div>
            <Danger label="Reset">
                <p>"The person is signed out everywhere and enrols anew at the next sign-in that asks for it. Make sure that it is them who asks you."</p>
                <ActionForm action>
                    <FaultSummary faults />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="kind" value=factor.kind.as_str() />
                    <button type="submit" class="button danger primary small">"Reset now"</button>
                </ActionForm>
            </Danger>
        </li>
    }
}
