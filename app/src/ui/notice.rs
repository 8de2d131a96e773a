//! A sentence the reader must not miss.

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Info,
    Warn,
    Danger,
    Ok,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice info",
            Self::Warn => "notice warn",
            Self::Danger => "notice danger",
            Self::Ok => "notice ok",
        }
    }

    fn icon(self) -> Shape {
        match self {
            Self::Info => Shape::Info,
            Self::Warn => Shape::Warning,
            Self::Danger => Shape::Stop,
            Self::Ok => Shape::Verified,
        }
    }
}

/// A notice with a title; what to do about it stands inside.
#[component]
pub fn Notice(tone: Tone, #[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class=tone.class()>
            <Icon shape=tone.icon() />
            <p class="notice-title">{title}</p>
            {children.map(|children| children())}
        </div>
    }
}
