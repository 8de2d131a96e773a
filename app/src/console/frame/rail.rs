//! The main navigation: a rail at the side, a bar with a bottom sheet on a phone.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::icon::{DoorwardMark, Icon, Shape};

/// One entry of the navigation.
pub struct Place {
    pub href: &'static str,
    pub name: &'static str,
    pub shape: Shape,
}

/// Every section of the console.
pub const PLACES: [Place; 6] = [
    Place {
        href: "/console",
        name: "Overview",
        shape: Shape::Overview,
    },
    Place {
        href: "/console/connections",
        name: "Connections",
        shape: Shape::Connections,
    },
    Place {
        href: "/console/applications",
        name: "Applications",
        shape: Shape::Applications,
    },
    Place {
        href: "/console/users",
        name: "Users",
        shape: Shape::Users,
    },
    Place {
        href: "/console/attempts",
        name: "Attempts",
        shape: Shape::Attempts,
    },
    Place {
        href: "/console/audit",
        name: "Audit log",
        shape: Shape::Audit,
    },
];

/// Whether an address lies in a section.
#[must_use]
pub fn is_in(path: &str, place: &str) -> bool {
    let path = path.trim_end_matches('/');
    let below = || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
    path == place || (place != "/console" && below())
}

/// The rail.
#[component]
pub fn Rail() -> impl IntoView {
    view! {
        <nav class="rail" id="rail" popover="auto" aria-label="Main">
            <a class="rail-brand" href="/console">
                <DoorwardMark />
                <span>"Doorward"</span>
            </a>
            <ul class="rail-list">
                {PLACES.iter().map(|place| view! { <li><PlaceLink place title=true /></li> }).collect_view()}
            </ul>
        </nav>
    }
    .into_any()
}

/// The bar at the bottom of a phone: four sections, and the rest in the sheet.
#[component]
pub fn RailBar() -> impl IntoView {
    view! {
        <nav class="railbar" aria-label="Shortcuts">
            {PLACES[..4].iter().map(|place| view! { <PlaceLink place /> }).collect_view()}
            <button type="button" popovertarget="rail">
                <Icon shape=Shape::Menu />
                <span>"More"</span>
            </button>
        </nav>
    }
    .into_any()
}

#[component]
fn PlaceLink(place: &'static Place, #[prop(optional)] title: bool) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || path.with(|path| is_in(path, place.href)).then_some("page");
    view! {
        <a href=place.href aria-current=current title=title.then_some(place.name)>
            <Icon shape=place.shape />
            <span>{place.name}</span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_hold_their_pages() {
        for (path, place, want) in [
            ("/console", "/console", true),
            ("/console/", "/console", true),
            ("/console/users", "/console", false),
            ("/console/users/acc_1", "/console/users", true),
            ("/console/users-x", "/console/users", false),
        ] {
            assert_eq!(is_in(path, place), want, "{path} in {place}");
        }
    }
}
