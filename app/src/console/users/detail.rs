//! One person: who, how they came to be, what we know and from where.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::chips::{Connections, RoleChip, StatusChip, connections_of};
use super::{profile, settings};
use crate::api::connection::{ConnectionName, list_connection_names};
use crate::api::error::ConsoleError;
use crate::api::user::{UserView, find_user};
use crate::console::frame::Person;
use crate::console::load::{Load, NotFound, loading, segment};
use crate::ui::browser;
use crate::ui::page::{Tab, Tabs};
use crate::ui::person::Avatar;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/users/{id}` and its tabs.
pub struct DetailPage;

/// What the tabs share.
#[derive(Clone, Copy)]
pub struct Shown {
    pub user: RwSignal<UserView>,
    pub connections: StoredValue<Connections>,
    /// What was done last, for whoever does not see it.
    told: RwSignal<String>,
}

impl Shown {
    /// Shows the account as it is now, and says what was done. The button that was pressed is gone with what it took
    /// away: the keyboard goes to the first thing of `place`, a selector, that takes it.
    pub fn take(self, user: UserView, done: &str, place: &'static str) {
        self.told.set(done.to_owned());
        request_animation_frame(move || {
            browser::focus_first(place);
        });
        self.user.set(user);
    }
}

async fn load(key: String) -> Result<(UserView, Vec<ConnectionName>), ConsoleError> {
    let user = find_user(key).await?;
    let named = match connections_of(&user) {
        ids if ids.is_empty() => vec![],
        ids => list_connection_names(Some(ids)).await?,
    };
    Ok((user, named))
}

#[lazy_route]
impl LazyRoute for DetailPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let key = segment("key");
        let all = loading(move || key.get(), load);
        let render = |(user, connections): (UserView, Vec<ConnectionName>)| {
            let shown = Shown {
                user: RwSignal::new(user),
                connections: StoredValue::new(Connections::of(&connections)),
                told: RwSignal::new(String::new()),
            };
            view! { <Detail shown /> }.into_any()
        };
        view! { <Load resource=all render /> }.into_any()
    }
}

#[component]
fn Detail(shown: Shown) -> impl IntoView {
    let base = shown
        .user
        .with_untracked(|user| format!("/console/users/{}", user.summary.id));
    let tab = |label, path: &str| Tab {
        label,
        href: format!("{base}{path}"),
    };
    let tabs = vec![tab("Profile", ""), tab("Settings", "/settings")];
    let current = segment("tab");
    let body = move || match current.get().as_str() {
        "" => view! { <profile::Profile shown /> }.into_any(),
        "settings" => view! { <settings::Settings shown /> }.into_any(),
        _ => view! { <NotFound /> }.into_any(),
    };
    view! {
        <Head shown />
        <Tabs tabs />
        <p role="status" class="quiet">{move || shown.told.get()}</p>
        <div class="page-body">{body}</div>
    }
}

/// The first line: how they sign in, and where they are signed in now.
fn answer(user: &UserView) -> String {
    let ways = match (user.links.len(), user.has_password) {
        (0, true) => "Signs in with a password.".to_owned(),
        (0, false) => "Has no way to sign in.".to_owned(),
        (links, password) => {
            let through = words::count(links as u64, "linked identity", "linked identities");
            let also = if password { " or a password" } else { "" };
            format!("Signs in with {through}{also}.")
        }
    };
    let sessions = match user.sessions.len() as u64 {
        0 => "Signed in nowhere now.".to_owned(),
        some => format!("Signed in now, in {}.", words::count(some, "browser", "browsers")),
    };
    format!("{ways} {sessions}")
}

/// The breadcrumb says what somebody is called while their page is open.
fn name_crumb(name: Signal<String>) {
    let Some(Person(shown)) = use_context() else {
        return;
    };
    Effect::new(move || shown.set(Some(name.get())));
    on_cleanup(move || shown.set(None));
}

#[component]
fn Head(shown: Shown) -> impl IntoView {
    let user = shown.user;
    let name = move || user.with(|user| user.summary.display_name.clone());
    name_crumb(Signal::derive(name));
    let username = move || user.with(|user| user.summary.username.clone());
    let word = use_query_map().with_untracked(|query| {
        let created = query.get_str("created").map(|_| "The account is made.");
        created.or_else(|| query.get_str("saved").map(|_| "Saved"))
    });
    if word.is_some() {
        Effect::new(|_| ["created", "saved"].into_iter().for_each(browser::forget_query));
    }
    view! {
        <PageTitle text=name />
        <header class="page-head">
            <div>
                <div class="page-title">
                    {move || view! { <Avatar name=name() large=true /> }}
                    <h1><bdi class="cut" title=name>{name}</bdi></h1>
                    {move || view! { <StatusChip status=user.with(|user| user.summary.status) /> }}
                    {move || view! { <RoleChip role=user.with(|user| user.summary.role) /> }}
                </div>
                <p class="page-status">
                    <b><bdi class="cut" title=username>{username}</bdi></b>
                    " · "
                    {move || user.with(answer)}
                </p>
            </div>
        </header>
        {word.map(|word| view! { <p role="status" class="page-word">{word}</p> })}
    }
}
