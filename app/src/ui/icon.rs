//! Line icons, drawn for this project in a box of 24 by 24.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum Shape {
    Overview,
    Connections,
    Applications,
    Users,
    Groups,
    Attempts,
    Audit,
    Branding,
    Settings,
    Search,
    Plus,
    Check,
    Close,
    Copy,
    Warning,
    Stop,
    Info,
    Verified,
    Theme,
    Account,
    Menu,
    More,
    Right,
    Down,
    Up,
    Arrow,
    Trash,
    External,
    Key,
    Shield,
    Clock,
    Undo,
    Refresh,
    Edit,
    Mail,
    SignOut,
    Flow,
}

impl Shape {
    /// The strokes as an SVG path.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview => "M4 13a8 8 0 0 1 16 0M12 13l4-4M4 19h16",
            Self::Connections => "M9 7H7a5 5 0 0 0 0 10h2M15 7h2a5 5 0 0 1 0 10h-2M8.5 12h7",
            Self::Applications => {
                "M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5zM4 9h16M7 6.5h.01M9.5 6.5h.01"
            }
            Self::Users => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8"
            }
            Self::Groups => {
                "M12 8.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM6 20.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM18 20.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM12 8.5V12M7.5 15l4.5-3 4.5 3"
            }
            Self::Attempts => "M4 12h3l2.5-7 5 14 2.5-7h3",
            Self::Audit => {
                "M7 3.5h10A1.5 1.5 0 0 1 18.5 5v15.5l-3-2-2 2-2-2-2 2-2-2-2 2V5A1.5 1.5 0 0 1 7 3.5zM9 8.5h6M9 12.5h6"
            }
            Self::Branding => {
                "M12 3.5a8.5 8.5 0 1 0 0 17c1.4 0 1.8-1 1.3-2-.7-1.5.2-3 1.9-3h2.3c1.7 0 3-1.4 3-3.2 0-4.9-3.8-8.8-8.5-8.8zM7.5 12h.01M9.5 8h.01M14 7.5h.01M17 10.5h.01"
            }
            Self::Settings => "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.9-4.9",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Copy => {
                "M9 9h9.5A1.5 1.5 0 0 1 20 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 18.5zM5.5 15A1.5 1.5 0 0 1 4 13.5v-8A1.5 1.5 0 0 1 5.5 4h8A1.5 1.5 0 0 1 15 5.5"
            }
            Self::Warning => "M12 4.2L2.8 19.5h18.4zM12 10v4.5M12 17.2h.01",
            Self::Stop => "M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM12 8v5M12 16h.01",
            Self::Info => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5M12 8h.01",
            Self::Verified => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM8.3 12.3l2.6 2.6 4.9-5.2",
            Self::Theme => {
                "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 3.5v17M12 7.5l5.5-1.5M12 12h8.5M12 16.5l5.5 1.5"
            }
            Self::Account => {
                "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6.5 18.3a6.5 6.5 0 0 1 11 0"
            }
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::More => "M6 12h.01M12 12h.01M18 12h.01",
            Self::Right => "M9.5 6l6 6-6 6",
            Self::Down => "M6 9.5l6 6 6-6",
            Self::Up => "M6 14.5l6-6 6 6",
            Self::Arrow => "M5 12h14M13 6l6 6-6 6",
            Self::Trash => "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
            Self::External => {
                "M13.5 4.5h6v6M19.5 4.5l-8 8M17.5 14v4a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V8A1.5 1.5 0 0 1 6 6.5h4"
            }
            Self::Key => "M8.5 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM13 12h8v3M17.5 12v2.5",
            Self::Shield => "M12 3.5l7.5 2.7v5.3c0 4.4-3 7.6-7.5 9-4.5-1.4-7.5-4.6-7.5-9V6.2z",
            Self::Clock => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
            Self::Undo => "M8.5 5L4.5 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3.5",
            Self::Refresh => "M19.5 12a7.5 7.5 0 0 1-13.3 4.8M4.5 12a7.5 7.5 0 0 1 13.3-4.8M18 3.5v4h-4M6 20.5v-4h4",
            Self::Edit => "M4.5 19.5l.9-4L15.7 5.2a1.6 1.6 0 0 1 2.3 0l.8.8a1.6 1.6 0 0 1 0 2.3L8.5 18.6z",
            Self::Mail => {
                "M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6zM3.5 7.5L12 13l8.5-5.5"
            }
            Self::SignOut => {
                "M14 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H14M10.5 12H20M16.5 8.5L20 12l-3.5 3.5"
            }
            Self::Flow => {
                "M4 9.5h5v5H4zM15 4.5h5v5h-5zM15 14.5h5v5h-5zM9 12h3M15 7h-1.5A1.5 1.5 0 0 0 12 8.5v7a1.5 1.5 0 0 0 1.5 1.5H15"
            }
        }
    }
}

/// A line icon. Decoration: the words beside it, or the control's `aria-label`, carry the meaning.
#[component]
pub fn Icon(shape: Shape) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=shape.path() />
        </svg>
    }
}

/// The product's own mark: a door ajar, light behind it.
#[component]
pub fn DoorwardMark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path
                fill="currentColor"
                fill-rule="evenodd"
                d="M12 1.5A8 8 0 0 0 4 9.5V21a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 21V9.5a8 8 0 0 0-8-8zm0 2.6a5.4 5.4 0 0 1 5.4 5.4v10.4h-2.9V8.6a.9.9 0 0 0-1.23-.84L6.64 9.4A5.4 5.4 0 0 1 12 4.1zm-.4 9.4a1.15 1.15 0 1 1 0 2.3 1.15 1.15 0 0 1 0-2.3z"
            />
        </svg>
    }
}
