//! What a script asks for: a step, and which of its options stay.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::flow::{AuthOption, Step};
use crate::text::Handle;

/// Longest name and hint of `authenticatorParams`, in characters.
const HINT_LIMIT: usize = 254;

/// How scripts call our own authenticators.
pub const LOCAL: &str = "LOCAL";

/// `executeStep`: which step, narrowed to what, and what the script does when it is not passed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepRequest {
    /// 1-based, as scripts count.
    pub step: u32,
    /// `authenticationOptions`: only these are offered. Nothing left means that the step cannot be passed.
    #[serde(default)]
    pub only: Option<Vec<Narrow>>,
    /// `stepOptions.forceAuth`: what was proven before does not count.
    #[serde(default)]
    pub force: bool,
    /// `stepOptions.skipPrompt`: where one provider alone is left, the person goes there without a page of ours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_prompt: bool,
    /// `authenticatorParams`: the name that stands in the sign-in form at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `authenticatorParams`: what providers are told of who comes; each connection by its handle, all others by `*`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub login_hints: BTreeMap<String, String>,
    /// `authenticatorParams`: limits of codes, by the option they are for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub code_limits: BTreeMap<AuthOption, CodeLimits>,
    #[serde(default)]
    pub on_fail: bool,
    #[serde(default)]
    pub on_abort: bool,
    /// 1-based line of the call.
    #[serde(default)]
    pub line: Option<u32>,
}

/// How many codes somebody may enter and have sent before the step has failed, within our own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeLimits {
    /// `maximumAllowedFailureAttempts`: so many wrong ones fail the step. Without it the first one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failures: Option<u32>,
    /// `maximumAllowedResendAttempts`: how often one is sent after the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resends: Option<u32>,
    /// `terminateOnResendLimitExceeded`: asking for one more fails the step. Else it is refused, and the step goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resends_end: bool,
}

/// One entry of `authenticationOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrow {
    /// Handle of a connection, or `LOCAL`.
    #[serde(default)]
    pub idp: Option<String>,
    #[serde(default)]
    pub authenticator: Option<String>,
}

impl Narrow {
    /// Whether it keeps an option. Without an `idp` it is about our own authenticators.
    #[must_use]
    pub fn keeps(&self, option: &AuthOption) -> bool {
        let (idp, authenticator) = names(option);
        let wanted = self.idp.as_deref().unwrap_or(LOCAL);
        let also = (*option == AuthOption::EmailOtp).then_some("email-otp-authenticator");
        let called = |name: &str| name == authenticator || also == Some(name) || name == option.to_string();
        wanted == idp && self.authenticator.as_deref().is_none_or(called)
    }
}

/// What scripts call an option: the connection's handle or `LOCAL`, and the authenticator.
#[must_use]
pub fn names(option: &AuthOption) -> (&str, &'static str) {
    match option {
        AuthOption::Password => (LOCAL, "BasicAuthenticator"),
        AuthOption::Passkey => (LOCAL, "FIDOAuthenticator"),
        AuthOption::EmailLink => (LOCAL, "MagicLinkAuthenticator"),
        AuthOption::Totp => (LOCAL, "totp"),
        AuthOption::EmailOtp => (LOCAL, "email_otp"),
        AuthOption::BackupCode => (LOCAL, "backup_code"),
        AuthOption::Connection(handle) => (handle.as_str(), "OpenIDConnectAuthenticator"),
    }
}

/// The options of a step as scripts see them.
#[must_use]
pub fn options_of(step: &Step) -> Value {
    let option = |option| {
        let (idp, authenticator) = names(option);
        json!({"idp": idp, "authenticator": authenticator})
    };
    step.options.iter().map(option).collect()
}

impl StepRequest {
    /// Whether the narrowing keeps an option.
    #[must_use]
    pub fn keeps(&self, option: &AuthOption) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|narrow| narrow.keeps(option)))
    }

    /// The name to begin with in the sign-in form.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref().filter(|name| is_hint(name))
    }

    /// What the provider of a connection is told of who comes.
    #[must_use]
    pub fn login_hint(&self, connection: &Handle) -> Option<&str> {
        let hint = self.login_hints.get(connection.as_str()).or(self.login_hints.get("*"));
        hint.map(String::as_str).filter(|hint| is_hint(hint))
    }

    /// Limits of the codes of an option.
    #[must_use]
    pub fn code_limits(&self, option: &AuthOption) -> CodeLimits {
        self.code_limits.get(option).copied().unwrap_or_default()
    }

    /// Connections that the narrowing names, for those that do not exist.
    pub fn connections(&self) -> impl Iterator<Item = &str> {
        let named = self.only.iter().flatten().filter_map(|narrow| narrow.idp.as_deref());
        named.filter(|idp| *idp != LOCAL)
    }
}

fn is_hint(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= HINT_LIMIT && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_never_widens() {
        let option = |text: &str| text.parse::<AuthOption>().expect("an option");
        let narrow = |idp: Option<&str>, authenticator: Option<&str>| Narrow {
            idp: idp.map(str::to_owned),
            authenticator: authenticator.map(str::to_owned),
        };
        for (case, narrow, kept) in [
            ("a connection", narrow(Some("acme"), None), &["connection:acme"][..]),
            (
                "ours",
                narrow(Some(LOCAL), None),
                &["password", "email_link", "totp", "email_otp"],
            ),
            ("no idp is ours", narrow(None, Some("totp")), &["totp"]),
            (
                "the reference's name",
                narrow(None, Some("BasicAuthenticator")),
                &["password"],
            ),
            (
                "the reference's name of a code by email",
                narrow(None, Some("email-otp-authenticator")),
                &["email_otp"],
            ),
            (
                "the reference's name of a link by email",
                narrow(None, Some("MagicLinkAuthenticator")),
                &["email_link"],
            ),
            ("nothing that exists", narrow(Some("gone"), None), &[]),
            ("another authenticator", narrow(Some("acme"), Some("totp")), &[]),
        ] {
            let ours = ["password", "email_link", "totp", "email_otp"];
            let all = ours.into_iter().chain(["connection:acme", "connection:other"]);
            let left: Vec<_> = all.filter(|text| narrow.keeps(&option(text))).collect();
            assert_eq!(left, kept, "{case}");
        }
    }

    #[test]
    fn hints_are_names_of_one_line() {
        let acme: Handle = "acme".parse().expect("a handle");
        let other: Handle = "other".parse().expect("a handle");
        let long = "x".repeat(HINT_LIMIT + 1);
        for (hint, want) in [
            ("clerk", Some("clerk")),
            ("", None),
            ("a\nb", None),
            (long.as_str(), None),
        ] {
            let request = StepRequest {
                username: Some(hint.to_owned()),
                login_hints: [("*".to_owned(), "all".to_owned()), ("acme".to_owned(), hint.to_owned())].into(),
                ..StepRequest::default()
            };
            assert_eq!(request.username(), want);
            assert_eq!(request.login_hint(&acme), want);
            assert_eq!(request.login_hint(&other), Some("all"));
        }
    }
}
