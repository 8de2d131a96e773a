//! Who tries a flow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::addressed;
use crate::Claims;
use crate::account::AccountStatus;
use crate::flow::AuthOption;
use crate::text::Handle;

/// Somebody made up, or what is known of somebody real.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Persona {
    /// They have an account of ours.
    pub has_account: bool,
    pub has_password: bool,
    pub status: AccountStatus,
    /// Connections whose subject is linked to that account.
    pub linked: Vec<Handle>,
    /// What a provider sends of them, and what their account holds.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, Value>"))]
    pub claims: Claims,
    /// Second factors they have set up.
    pub enrolled: Vec<AuthOption>,
    /// What they cannot use now, such as the app on a lost phone.
    pub lost: Vec<AuthOption>,
    /// What their provider says it reached and checked (`acr`, `amr`).
    pub acr: Option<String>,
    pub amr: Vec<String>,
    pub browser: Browser,
}

/// Where they come from, as a script sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Browser {
    /// Their IP address; empty where none is known.
    pub ip: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Parameters of the application's request.
    pub params: BTreeMap<String, String>,
    /// Cookies that the script has set before.
    pub cookies: BTreeMap<String, String>,
    pub acr_values: Vec<String>,
    /// In how many browsers they are signed in.
    pub sessions: u32,
}

impl Default for Persona {
    fn default() -> Self {
        Self {
            has_account: false,
            has_password: false,
            status: AccountStatus::Active,
            linked: vec![],
            claims: Claims::new(),
            enrolled: vec![],
            lost: vec![],
            acr: None,
            amr: vec![],
            browser: Browser::default(),
        }
    }
}

/// The made-up people, by the name they have in the management API.
pub const PERSONAS: [(&str, &str); 6] = [
    ("new", "Somebody new"),
    ("new-without-email", "Somebody new, without an email address"),
    ("local", "A local person"),
    ("returning", "Somebody who returns, linked to every connection"),
    ("lost-phone", "Somebody whose phone is lost"),
    ("administrator", "An administrator"),
];

impl Persona {
    /// The made-up person of this name; `connections` are the ones they are linked to where they return.
    #[must_use]
    pub fn of_name(name: &str, connections: impl Iterator<Item = Handle>) -> Option<Self> {
        let new = Self {
            claims: addressed("Person", "person@example.com"),
            browser: Browser {
                ip: "192.0.2.1".to_owned(),
                ..Browser::default()
            },
            ..Self::default()
        };
        let local = Self {
            has_account: true,
            has_password: true,
            ..new.clone()
        };
        let returning = |connections: &mut dyn Iterator<Item = Handle>| Self {
            linked: connections.collect(),
            ..local.clone()
        };
        let mut connections = connections;
        match name {
            "new" => Some(new),
            "new-without-email" => Some(Self {
                claims: Claims::new(),
                ..new
            }),
            "local" => Some(local),
            "returning" => Some(returning(&mut connections)),
            "lost-phone" => Some(Self {
                enrolled: vec![AuthOption::Totp, AuthOption::BackupCode],
                lost: vec![AuthOption::Totp],
                ..returning(&mut connections)
            }),
            "administrator" => {
                let mut persona = returning(&mut connections);
                let admin = || Value::Array(vec!["admin".into(), "administrators".into()]);
                persona.claims.insert("groups".to_owned(), admin());
                persona.claims.insert("roles".to_owned(), admin());
                Some(persona)
            }
            _ => None,
        }
    }
}
