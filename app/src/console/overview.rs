//! First page of the console.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};

/// The page at `/console`.
pub struct Overview;

#[lazy_route]
impl LazyRoute for Overview {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let (open, set_open) = signal(false);
        view! {
            <h1>"Overview"</h1>
            <button on:click=move |_| set_open.update(|open| *open = !*open)>
                {move || if open.get() { "Hide" } else { "Show" }}
            </button>
            <A href="/console/users">"Users"</A>
        }
        .into_any()
    }
}

/// The page at `/console/users`.
pub struct Users;

#[lazy_route]
impl LazyRoute for Users {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <h1>"Users"</h1>
            <A href="/console">"Overview"</A>
        }
        .into_any()
    }
}
