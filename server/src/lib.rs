//! The server: configuration, HTTP routes and the services behind the pages.
//!
//! Owns the wiring: [`state::AppState`] holds the parts, [`http::router`] puts routes on them, [`signin`] runs the
//! engine of the domain crate over cookies and rows. Rules live in `domain`, protocols in `oidc` and `federation`,
//! statements in `storage`.

pub mod assets;
pub mod audit_seal;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod first_administrator;
pub mod http;
pub mod installation;
pub mod log;
pub mod mail;
pub mod random;
pub mod serve;
pub mod service;
pub mod signin;
pub mod snapshot;
pub mod state;
pub mod test_idp;
