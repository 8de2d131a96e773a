//! Who is signed in, and the way out.

use leptos::prelude::*;

use crate::api::session::whoami;
use crate::ui::icon::{Icon, Shape};
use crate::ui::person::Avatar;

/// The account menu. Opens without a script.
#[component]
pub fn Account() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| whoami());
    view! {
        <details class="menu">
            <summary class="button plain square" aria-label="Account">
                <Suspense fallback=|| view! { <Icon shape=Shape::Account /> }>
                    {move || Suspend::new(async move {
                        me.await.ok().map(|me| view! { <Avatar name=me.display_name /> })
                    })}
                </Suspense>
            </summary>
            <div class="menu-list">
                <Suspense>
                    {move || Suspend::new(async move {
                        me.await.ok().map(|me| view! {
                            <p>
                                "Signed in as " <b>{me.display_name}</b>
                                {me.email.map(|email| view! { <br /> {email} })}
                            </p>
                            <a href=format!("/console/users/{}", me.account)>
                                <Icon shape=Shape::Account />
                                "Your profile"
                            </a>
                            <hr />
                        })
                    })}
                </Suspense>
                <form method="post" action="/console/sign-out">
                    <button type="submit">
                        <Icon shape=Shape::SignOut />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
