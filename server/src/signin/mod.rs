//! Runs sign-ins: the engine of the domain crate over cookies and rows.
//!
//! Owns where a transaction is kept, who is signed in, and what a step writes. Must not know pages or routes: moves
//! come in from `http::hosted` and `http::federation`, and an [`finish::Answer`] or a [`dispatcher::Failed`] goes back.
//! The rules are the engine's.

pub mod attempts;
pub mod backup_code;
pub mod by_mail;
pub mod carrier;
pub mod choose_account;
pub mod codes;
pub mod console;
pub mod cookie;
pub mod dispatcher;
pub mod farewell;
pub mod fault;
pub mod federated;
pub mod finish;
pub mod grant;
pub mod hop;
pub mod mail_code;
mod owner;
pub mod passkey;
pub mod password;
pub mod prompt;
pub mod proof;
pub mod quota;
pub mod refusal;
pub mod script;
pub mod self_service;
pub mod session;
pub mod standing;
pub mod totp;
pub mod transaction;
pub mod unproven;
pub mod upstream_logout;
