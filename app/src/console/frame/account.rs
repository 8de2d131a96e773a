//! Who is signed in, and the way out.

use leptos::prelude::*;

use crate::api::session;
use crate::console::load::Json;
use crate::ui::icon::{Icon, Shape};
use crate::ui::person::Avatar;

/// The account menu. The browser opens and closes it (`popover`).
#[component]
pub fn Account() -> impl IntoView {
    // The server renders the frame of every page and puts into it who asked: nothing to load afterwards.
    let me = SharedValue::<_, Json>::new_with_encoding(session::of_request).into_inner();
    let name = me.as_ref().map(|me| me.display_name.clone());
    view! {
        <div class="menu">
            <button type="button" class="button plain square" popovertarget="account-menu" aria-label="Account">
                {match name {
                    Some(name) => view! { <Avatar name /> }.into_any(),
                    None => view! { <Icon shape=Shape::Account /> }.into_any(),
                }}
            </button>
            <div class="menu-list" id="account-menu" popover="auto">
                {me.map(|me| view! {
                    <p>
                        "Signed in as " <b>{me.display_name}</b>
                        {me.email.map(|email| view! { <br /> {email} })}
                    </p>
                    <a href=format!("/console/users/{}", me.account)>
                        <Icon shape=Shape::Account />
                        "Your profile"
                    </a>
                    <hr />
                })}
                <form method="post" action="/console/sign-out">
                    <button type="submit">
                        <Icon shape=Shape::SignOut />
                        "Sign out"
                    </button>
                </form>
            </div>
        </div>
    }
    .into_any()
}
