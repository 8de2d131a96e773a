//! Light, dark or as the system says: a choice kept in a cookie, so that the server renders it right at once.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::error::ConsoleError;

const COOKIE: &str = "doorward_theme";

/// What the person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// Every choice with its words.
    pub const ALL: [(Self, &str); 3] = [
        (Self::System, "As the system"),
        (Self::Light, "Light"),
        (Self::Dark, "Dark"),
    ];

    /// The value of `data-theme`; none follows the system.
    #[must_use]
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The form value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.attribute().unwrap_or("system")
    }

    /// The `Set-Cookie` value that keeps the choice for a year. It holds nothing about the person, so scripts may
    /// write it too.
    #[must_use]
    pub fn cookie(self) -> String {
        let life = if self == Self::System { 0 } else { 31_536_000 };
        format!(
            "{COOKIE}={}; Path=/console; Max-Age={life}; SameSite=Lax",
            self.as_str()
        )
    }
}

/// The choice among the cookies of a request.
#[cfg(feature = "ssr")]
#[must_use]
pub fn from_cookies(header: &str) -> Theme {
    let value = header
        .split(';')
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    match value {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// `data-theme` of the page that is being rendered.
#[cfg(feature = "ssr")]
pub fn of_request() -> Option<&'static str> {
    let request = use_context::<http::request::Parts>()?;
    let cookies = request.headers.get(http::header::COOKIE)?.to_str().ok()?;
    from_cookies(cookies).attribute()
}

/// Keeps the choice when the browser's code has not loaded; otherwise the page does it by itself.
#[server(prefix = "/console/fn", endpoint = "theme")]
pub async fn choose_theme(theme: Theme) -> Result<(), ConsoleError> {
    crate::api::session::require_admin()?;
    let response = crate::api::error::service::<leptos_axum::ResponseOptions>()?;
    if let Ok(cookie) = http::HeaderValue::from_str(&theme.cookie()) {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
    Ok(())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_round_trips_and_strangers_are_the_system() {
        for (theme, _) in Theme::ALL {
            let sent = theme.cookie();
            let pair = sent.split(';').next().unwrap_or_default();
            assert_eq!(from_cookies(&format!("a=b; {pair}; c=d")), theme);
        }
        for header in ["", "doorward_theme", "doorward_theme=<b>", "x_doorward_theme=dark"] {
            assert_eq!(from_cookies(header), Theme::System, "{header}");
        }
    }
}
