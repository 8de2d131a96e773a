//! The ways to sign in that exist: what a step can offer.

use doorward_domain::flow::{AuthOption, Kind};
use leptos::prelude::*;

use super::way_sign::{Sign, WaySign};
use crate::api::connection::ConnectionName;
use crate::ui::icon::{Icon, Shape};
use crate::ui::logo::Brand;

/// One way to sign in, as an administrator knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its text in a flow, such as `connection:acme`.
    pub text: String,
    pub name: String,
    pub sign: Sign,
    pub note: Option<&'static str>,
}

/// Every way to sign in: our own, then the connections.
#[must_use]
pub fn choices(connections: &[ConnectionName]) -> Vec<Choice> {
    let local = |option: AuthOption| Choice {
        text: option.to_string(),
        name: local_name(&option).to_owned(),
        sign: Sign::of(&option),
        note: note(&option),
    };
    let of_connection = |connection: &ConnectionName| {
        let note = match (connection.enabled, connection.jit) {
            (false, _) => Some("disabled"),
            (true, false) => Some("JIT off"),
            (true, true) => None,
        };
        Choice {
            text: AuthOption::Connection(connection.handle.clone()).to_string(),
            name: connection.display_name.clone(),
            sign: Sign::Provider(Brand::of_connection(connection.template, &connection.issuer)),
            note,
        }
    };
    AuthOption::LOCAL
        .into_iter()
        .map(local)
        .chain(connections.iter().map(of_connection))
        .collect()
}

/// Those that may stand in the first step, where nobody is known yet.
#[must_use]
pub fn first_choices(connections: &[ConnectionName]) -> Vec<Choice> {
    let is_second = |choice: &Choice| choice.text.parse::<AuthOption>().is_ok_and(|option| option.is_second());
    choices(connections)
        .into_iter()
        .filter(|choice| !is_second(choice))
        .collect()
}

/// What to know of where an authenticator of ours may stand.
fn note(option: &AuthOption) -> Option<&'static str> {
    if *option == AuthOption::BackupCode {
        return Some("beside another second factor");
    }
    match option.nature().0 {
        Kind::First => None,
        Kind::Second => Some("second factor"),
        Kind::Either => Some("first or second factor"),
    }
}

/// What a step lacks whose backup codes stand in for nothing.
#[must_use]
pub fn lacks_second(options: &[String]) -> bool {
    let options: Vec<AuthOption> = options.iter().filter_map(|text| text.parse().ok()).collect();
    options.contains(&AuthOption::BackupCode) && !options.iter().any(AuthOption::stands_alone_as_second)
}

/// What people call an authenticator of ours.
fn local_name(option: &AuthOption) -> &'static str {
    match option {
        AuthOption::Password => "Password",
        AuthOption::Passkey => "Passkey",
        AuthOption::EmailLink => "Link by email",
        AuthOption::Totp => "Authenticator app",
        AuthOption::EmailOtp => "Code by email",
        AuthOption::BackupCode => "Backup code",
        AuthOption::Connection(_) => "Connection",
    }
}

/// The choice of a flow's text; one that is gone is shown by its handle.
#[must_use]
pub fn named(choices: &[Choice], text: &str) -> Choice {
    choices
        .iter()
        .find(|choice| choice.text == text)
        .cloned()
        .unwrap_or_else(|| Choice {
            text: text.to_owned(),
            name: text.strip_prefix("connection:").unwrap_or(text).to_owned(),
            sign: Sign::Provider(Brand::OpenId),
            note: Some("deleted"),
        })
}

/// The choices that contain what was typed.
#[must_use]
pub fn matching(choices: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let fits = |choice: &Choice| choice.name.to_lowercase().contains(&typed) || choice.text.contains(&typed);
    choices.into_iter().filter(fits).collect()
}

/// Sign, name and what to know of a choice.
#[component]
pub fn ChoiceName(choice: Choice) -> impl IntoView {
    view! {
        <WaySign sign=choice.sign />
        <span>{choice.name}</span>
        {choice.note.map(|note| view! {
            <span class="chip source"><Icon shape=Shape::Info /><span>{note}</span></span>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backup_codes_need_a_second_factor_beside_them() {
        for (options, want) in [
            ("backup_code", true),
            ("backup_code connection:acme", true),
            ("backup_code totp", false),
            ("email_otp backup_code", false),
            ("totp", false),
            ("", false),
        ] {
            let options: Vec<String> = options.split_whitespace().map(str::to_owned).collect();
            assert_eq!(lacks_second(&options), want, "{options:?}");
        }
    }

    #[test]
    fn what_only_confirms_is_no_way_to_begin() {
        let first: Vec<String> = first_choices(&[]).into_iter().map(|choice| choice.text).collect();
        assert_eq!(first, ["password", "passkey", "email_link", "email_otp"]);
    }

    #[test]
    fn the_password_is_always_there_and_the_deleted_keep_their_handle() {
        let choices = choices(&[]);
        assert_eq!(choices.len(), AuthOption::LOCAL.len());
        assert_eq!(named(&choices, "password").name, "Password");
        let gone = named(&choices, "connection:acme");
        assert_eq!((gone.name.as_str(), gone.note), ("acme", Some("deleted")));
        assert!(matching(choices.clone(), "PASSW").len() == 1 && matching(choices, "x").is_empty());
    }
}
