//! The form that adds an application.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::options::{Choice, ChoiceName, first_choices, matching};
use crate::api::application::CreateApplication;
use crate::api::connection::{ConnectionName, list_connection_names};
use crate::console::load::{Load, loading};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::LinesField;
use crate::ui::name_and_handle::NameAndHandle;
use crate::ui::search::Narrow;
use crate::ui::title::PageTitle;
use crate::ui::typed;

/// The page at `/console/applications/new`.
pub struct NewPage;

#[lazy_route]
impl LazyRoute for NewPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let connections = loading(|| (), |()| list_connection_names(None));
        let form =
            |connections: Vec<ConnectionName>| view! { <NewForm choices=first_choices(&connections) /> }.into_any();
        view! {
            <PageTitle text="Add an application" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Add an application"</h1></div>
                    <p class="page-status">
                        <b>"Anything that speaks OpenID Connect."</b>
                        " The next page has its client id, its secret and every address to paste."
                    </p>
                </div>
            </header>
            <Load resource=connections render=form />
        }
        .into_any()
    }
}

#[component]
fn NewForm(choices: Vec<Choice>) -> impl IntoView {
    let action = ServerAction::<CreateApplication>::new();
    let faults = Faults::of(move || action.value().get());
    view! {
        <ActionForm action attr:class="form">
            <FaultSummary faults />
            <NameAndHandle name="name" pointer="/name" faults name_help="People read it on the sign-in page."
                handle_help="What the management API calls it. It cannot change later." />
            <TypeCards />
            <LinesField label="Redirect URIs" name="redirect_uris" values=vec![] pointer="/redirect_uris" faults required=true
                placeholder="https://app.example.com/callback" help="Where people are sent back to after signing in. One per line, each written in full." />
            <OptionBoxes choices />
            <div class="button-row">
                <button type="submit" class="button primary" aria-busy=move || action.pending().get().then_some("true")>
                    "Add application"
                </button>
                <a class="button" href="/console/applications">"Cancel"</a>
            </div>
        </ActionForm>
    }
}

#[component]
fn TypeCards() -> impl IntoView {
    let chosen = typed::value("client_type", "confidential".to_owned());
    let card = |value: &'static str, title: &'static str, help: &'static str| {
        let checked = chosen == value;
        view! {
            <label class="choice-card">
                <input type="radio" name="client_type" value=value checked=checked />
                <span class="choice-title">{title}</span>
                <span class="help">{help}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Type"</legend>
            <div class="choice-cards">
                {card("confidential", "With a server", "Keeps a client secret where nobody else can read it.")}
                {card("public", "Browser or mobile", "Has no place for a secret; proves itself with PKCE.")}
            </div>
        </fieldset>
    }
}

/// From how many ways to sign in on their list is searched, and scrolls in a box of its own.
const MANY: usize = 16;

#[component]
fn OptionBoxes(choices: Vec<Choice>) -> impl IntoView {
    let is_long = choices.len() > MANY;
    let sought = RwSignal::new(String::new());
    // Without the browser's code nobody would answer the search.
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let boxes = choices.into_iter().enumerate().map(move |(index, choice)| {
        let id = format!("option-{index}");
        let name = format!("options[{index}]");
        let checked = typed::is_ticked(&name, &choice.text, choice.text == "password");
        let own = choice.clone();
        // What is not found stays in the form as it is.
        let is_hidden = move || sought.with(|sought| matching(vec![own.clone()], sought).is_empty());
        view! {
            <div class="choice" hidden=is_hidden>
                <input type="checkbox" id=id.clone() name=name value=choice.text.clone() checked=checked />
                <label for=id class="row"><ChoiceName choice /></label>
            </div>
        }
    });
    view! {
        <fieldset class="choices">
            <legend>"What its sign-in page offers"</legend>
            <p class="help">"People pass with any one of them. More steps can follow in the sign-in flow."</p>
            {move || (is_long && ready.get()).then(|| view! { <Narrow label="Search ways to sign in".to_owned() typed=sought /> })}
            <div class="option-boxes" class:long=is_long>{boxes.collect_view()}</div>
        </fieldset>
    }
}
