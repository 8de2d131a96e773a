//! How an account came to be, as a timeline.

use doorward_domain::Timestamp;
use doorward_domain::account::Origin;
use leptos::prelude::*;

use super::chips::Connections;
use crate::api::user::UserView;
use crate::ui::time::When;

/// One stop of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub what: String,
    pub more: String,
    pub at: Timestamp,
}

/// The stops, oldest first: made, linked, last seen.
#[must_use]
pub fn stops(user: &UserView, connections: &Connections) -> Vec<Stop> {
    let summary = &user.summary;
    let (what, more) = match &summary.origin {
        Origin::SetUp => ("Made when this server was set up".to_owned(), String::new()),
        Origin::Administrator { .. } => ("Added by an administrator".to_owned(), String::new()),
        Origin::Api => ("Added through the management API".to_owned(), String::new()),
        Origin::Connection { connection } => (
            format!(
                "Made just in time, at the first sign-in through {}",
                connections.name(connection)
            ),
            "The provider's claims became the attributes of this account; nobody had to do anything.".to_owned(),
        ),
    };
    let mut stops = vec![Stop {
        what,
        more,
        at: summary.created_at,
    }];
    for link in &user.links {
        let name = link
            .connection_name
            .clone()
            .unwrap_or_else(|| "a deleted connection".to_owned());
        let made_with = link.created_at == summary.created_at;
        let what = if made_with {
            format!("Linked to {name} at once")
        } else {
            format!("Linked to {name}")
        };
        stops.push(Stop {
            what,
            more: String::new(),
            at: link.created_at,
        });
    }
    if let Some(at) = summary.last_sign_in_at {
        stops.push(Stop {
            what: "Last signed in".to_owned(),
            more: String::new(),
            at,
        });
    }
    stops.sort_by_key(|stop| stop.at);
    stops
}

/// The timeline.
#[component]
pub fn CameToBe(user: UserView, connections: Connections) -> impl IntoView {
    let stop = |stop: Stop| {
        view! {
            <li class="ok">
                <b>{stop.what}</b>
                {(!stop.more.is_empty()).then(|| view! { <p class="muted">{stop.more}</p> })}
                <When at=stop.at />
            </li>
        }
    };
    view! { <ol class="timeline">{stops(&user, &connections).into_iter().map(stop).collect_view()}</ol> }
}
