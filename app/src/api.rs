//! What the console asks the server for: view types, service traits and server functions, one file per resource.
//!
//! View types are the JSON of the management API too, so the console and `/api/v1` can never drift apart. No secret
//! has a place in them. The traits are implemented by `server/src/service`; a server function authorises, calls one
//! of them and returns. Forms send flat fields to the functions in `*/write.rs`; pages load with those in `*/read.rs`.

pub mod application;
pub mod attempt;
pub mod audit;
#[cfg(feature = "ssr")]
pub mod base;
pub mod connection;
pub mod error;
pub mod form;
pub mod mail;
pub mod overview;
pub mod page;
pub mod session;
pub mod user;
