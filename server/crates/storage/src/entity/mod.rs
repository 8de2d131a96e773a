//! Rows as SeaORM sees them. Private to this crate.

pub mod application;
pub mod audit_event;
pub mod connection;
pub mod signing_key;
