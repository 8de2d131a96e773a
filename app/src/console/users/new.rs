//! The form that adds an account by hand.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::api::user::CreateUser;
use crate::console::load::live;
use crate::ui::choice::{Checkbox, RadioChoice, Radios};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::TextField;
use crate::ui::title::PageTitle;

/// The page at `/console/users/new`.
pub struct NewPage;

#[lazy_route]
impl LazyRoute for NewPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let page = view! {
            <PageTitle text="Add a user" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Add a user"</h1></div>
                    <p class="page-status">
                        <b>"Rarely needed."</b>
                        " People who come through a connection get their account by themselves."
                    </p>
                </div>
            </header>
            <NewForm />
        };
        live(page.into_any())
    }
}

/// Person or administrator.
#[must_use]
pub fn role_choices() -> Vec<RadioChoice> {
    vec![
        RadioChoice {
            value: "person",
            label: "Person",
            help: "Signs in to applications.",
        },
        RadioChoice {
            value: "administrator",
            label: "Administrator",
            help: "May do everything in this console too.",
        },
    ]
}

#[component]
fn NewForm() -> impl IntoView {
    let action = ServerAction::<CreateUser>::new();
    let faults = Faults::of(move || action.value().get());
    view! {
        <ActionForm action attr:class="form">
            <FaultSummary faults />
            <input type="hidden" name="attributes[0][name]" value="name" />
            <div class="field">
                <label for="new-name">"Full name" <span class="optional">" optional"</span></label>
                <input class="input" id="new-name" name="attributes[0][value]" maxlength="200" autocomplete="off" />
            </div>
            <TextField label="Address" name="email" kind="email" pointer="/email" faults />
            <Checkbox label="The address is verified" name="email_verified" checked=false
                help="Only a verified address identifies somebody and can be signed in with." />
            <TextField label="Username" name="username" pointer="/username" faults help="The address when empty." />
            <TextField label="Password" name="password" kind="password" pointer="/password" faults autocomplete="new-password"
                help="Empty: the person signs in through a connection." />
            <Radios legend="Role" name="role" choices=role_choices() value="person" />
            <div class="button-row">
                <button type="submit" class="button primary" aria-busy=move || action.pending().get().then_some("true")>"Add user"</button>
                <a class="button" href="/console/users">"Cancel"</a>
            </div>
        </ActionForm>
    }
}
