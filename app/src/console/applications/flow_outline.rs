//! A flow's picture as a nested list.

use std::collections::BTreeMap;

use doorward_domain::analysis::{Item, Place};
use leptos::prelude::*;

use crate::ui::words;

/// The list; `marks` are what there is to say beside a step.
#[component]
pub fn Outline(item: Item, marks: BTreeMap<u32, String>) -> impl IntoView {
    let found = |item: &Item| match &item.place {
        Place::Step { step } => marks.get(step).map(|words| format!(" ({words})")).unwrap_or_default(),
        _ => String::new(),
    };
    view! { <ul class="flow-outline">{entry(&item, &found)}</ul> }
}

fn entry(item: &Item, found: &dyn Fn(&Item) -> String) -> AnyView {
    let way = (!item.way.is_empty()).then(|| format!("{}: ", words::sentence(&item.way)));
    let target = format!("{}{}", item.target(), found(item));
    let inside = (!item.inside.is_empty()).then(|| {
        let inside: Vec<AnyView> = item.inside.iter().map(|item| entry(item, found)).collect();
        view! { <ul>{inside}</ul> }
    });
    view! { <li>{way}<b>{target}</b>{inside}</li> }.into_any()
}
