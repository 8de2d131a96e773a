//! The rules of the broker: types and decisions.
//!
//! Owns what a connection, an application, a sign-in flow and an account are, what just-in-time provisioning does
//! with a provider's assertion, and how a sign-in advances. Must not know HTTP, databases, clocks or random number
//! generators: time, randomness and look-ups are arguments. Everything here compiles for the server and for the
//! browser, so the console checks a form with the same code that refuses it on the server.

pub mod account;
pub mod analysis;
pub mod application;
pub mod assurance;
pub mod attempt;
pub mod audit;
pub mod canonical;
pub mod claim_form;
pub mod connection;
pub mod engine;
pub mod expectation;
pub mod factor;
pub mod finding;
pub mod flow;
pub mod holder;
pub mod id;
pub mod invalid;
pub mod jit;
pub mod mapping;
pub mod passkey;
pub mod rehearsal;
pub mod script;
pub mod script_form;
pub mod script_http;
pub mod script_link;
pub mod script_migration;
pub mod script_names;
pub mod script_secret;
pub mod secret;
pub mod self_service;
pub mod subject;
pub mod sync;
pub mod template;
pub mod text;
pub mod upstream_signature;
pub mod weak_password;

/// A moment in UTC. Stored and compared with microsecond precision, see [`truncate`].
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// A JSON object of claims as a provider sent them or as an application receives them.
pub type Claims = serde_json::Map<String, serde_json::Value>;

/// Cuts a moment to microseconds, the precision both databases keep.
#[must_use]
pub fn truncate(at: Timestamp) -> Timestamp {
    Timestamp::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}
