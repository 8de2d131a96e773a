//! The page where a browser ends up without an application to go back to, and what it says there.

use doorward_app::hosted::page::sign_out::{Farewell, SignedOut};

use super::{console, self_service};

/// The page.
pub const ADDRESS: &str = "/signed-out";
/// Parameter of its address: the place that somebody signed out of.
pub const OF: &str = "of";
/// The place that somebody did not sign in to.
pub const BEFORE: &str = "before";

/// A place of our own that people sign in to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Account,
    Console,
}

impl Place {
    const ALL: [Self; 2] = [Self::Account, Self::Console];

    fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Console => "console",
        }
    }

    fn home(self) -> &'static str {
        match self {
            Self::Account => self_service::HOME,
            Self::Console => console::HOME,
        }
    }

    /// Where the browser goes after signing out of it.
    #[must_use]
    pub fn signed_out(self) -> String {
        format!("{ADDRESS}?{OF}={}", self.word())
    }

    /// Where the browser goes when somebody ends a sign-in to it.
    #[must_use]
    pub fn given_up(self) -> String {
        format!("{ADDRESS}?{BEFORE}={}", self.word())
    }
}

/// What the page says, by the parameters of its address. Anybody can write these: nothing but a place of ours comes of
/// them.
#[must_use]
pub fn model(of: Option<&str>, before: Option<&str>) -> SignedOut {
    let place = |word: Option<&str>| Place::ALL.into_iter().find(|place| Some(place.word()) == word);
    let (farewell, place) = match place(before) {
        Some(place) => (Farewell::GivenUp, Some(place)),
        None => (Farewell::SignedOut, place(of)),
    };
    SignedOut {
        farewell,
        place: place.map(Place::home),
        account: place.is_none().then_some(self_service::HOME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_places_of_ours() {
        for (case, of, before, want) in [
            ("nothing known", None, None, (Farewell::SignedOut, None)),
            (
                "the account",
                Some("account"),
                None,
                (Farewell::SignedOut, Some("/account")),
            ),
            ("given up", None, Some("console"), (Farewell::GivenUp, Some("/console"))),
            (
                "made up",
                Some("//evil.example"),
                Some("/x"),
                (Farewell::SignedOut, None),
            ),
        ] {
            let SignedOut {
                farewell,
                place,
                account,
            } = model(of, before);
            assert_eq!((farewell, place), want, "{case}");
            let way_on = place.is_none().then_some("/account");
            assert_eq!(account, way_on, "{case}: there is always a way on");
        }
    }
}
