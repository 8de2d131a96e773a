//! What is kept, in SQLite or PostgreSQL.
//!
//! Owns the schema's use: rows in, domain values out. Must not know HTTP, protocols or what a sign-in decides. A
//! request reads through [`Store::read`] and writes through [`Store::write`]; what one sign-in costs is in
//! [`sign_in`] and [`grant`], written by hand so that each phase is as few statements as the database allows.
//! Entities never leave this crate, and a row that fits no state is [`StorageError::Corrupt`], never a guess.

pub mod account;
pub mod administration;
pub mod application;
pub mod audit;
pub mod audit_seal;
pub mod configuration;
pub mod connection;
mod db;
mod entity;
mod error;
pub mod factor;
pub mod flow_version;
pub mod grant;
pub mod holder;
pub mod housekeeping;
pub mod kept_out;
pub mod link;
pub mod outbox;
pub mod page;
pub mod passkey;
pub mod rate_limit;
pub mod script;
pub mod script_secret;
pub mod session;
pub mod sign_in;
pub mod signing_key;
pub mod statistics;
mod store;
pub mod transaction;
pub mod upstream_logout;
pub mod used_token;

pub use db::{Database, Reader, Tx};
pub use error::{Cause, Contested, StorageError};
pub use store::{Counters, Store, sqlite_file};
