//! What stands before the name of a way to sign in: the mark of a provider, or a sign of our own. Those are drawn for this
//! project in a box of 24 by 24, in the lines of the other icons; they are not among them because every page loads these.

use doorward_domain::flow::AuthOption;
use leptos::prelude::*;

use crate::ui::logo::{Brand, Logo};

/// The sign of one way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The strokes of an authenticator of ours, as an SVG path.
    Own(&'static str),
    Provider(Brand),
}

impl Sign {
    /// The sign of a way to sign in; of a connection that nothing more is known of, any provider's mark.
    #[must_use]
    pub fn of(option: &AuthOption) -> Self {
        match option {
            // A field with its dots.
            AuthOption::Password => Self::Own(
                "M5.5 6.5h13A2.5 2.5 0 0 1 21 9v6a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2.5-2.5zM8 12h.01M12 12h.01M16 12h.01",
            ),
            // Somebody and their key.
            AuthOption::Passkey => Self::Own(
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 9.5-5.8M17.5 14.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM17.5 14.5v6.5h2.2M17.5 18h1.8",
            ),
            // A letter to follow.
            AuthOption::EmailLink => Self::Own(
                "M10.5 18h-6A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6h15A1.5 1.5 0 0 1 21 7.5V12M3.5 7.5L12 13l8.5-5.5M14 17.5h7M18.5 15l2.5 2.5-2.5 2.5",
            ),
            // A phone with a clock.
            AuthOption::Totp => Self::Own(
                "M8 2.5h8A1.5 1.5 0 0 1 17.5 4v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM12 14a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM12 9.4v1.5l1 .8M11 18h2",
            ),
            // A letter with something to type.
            AuthOption::EmailOtp => Self::Own(
                "M10.5 18h-6A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6h15A1.5 1.5 0 0 1 21 7.5V13M3.5 7.5L12 13l8.5-5.5M14.5 17.5h.01M17.7 17.5h.01M20.9 17.5h.01",
            ),
            // A sheet of codes.
            AuthOption::BackupCode => Self::Own(
                "M6.5 3.5h8l4 4V19a1.5 1.5 0 0 1-1.5 1.5H6.5A1.5 1.5 0 0 1 5 19V5a1.5 1.5 0 0 1 1.5-1.5zM14.5 3.5v4h4M8.5 12h2M13 12h2M8.5 16h2M13 16h2",
            ),
            AuthOption::Connection(_) => Self::Provider(Brand::OpenId),
        }
    }
}

/// The sign. Decoration: the name of the way stands beside it.
#[component]
pub fn WaySign(sign: Sign) -> impl IntoView {
    match sign {
        Sign::Own(path) => view! {
            <svg class="icon own" viewBox="0 0 24 24" aria-hidden="true">
                <path d=path />
            </svg>
        }
        .into_any(),
        Sign::Provider(brand) => view! { <Logo brand /> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_of_our_own_look_the_same() {
        let signs: Vec<Sign> = AuthOption::LOCAL.iter().map(Sign::of).collect();
        for (index, sign) in signs.iter().enumerate() {
            assert!(
                matches!(sign, Sign::Own(_)) && !signs[..index].contains(sign),
                "{sign:?}"
            );
        }
    }
}
