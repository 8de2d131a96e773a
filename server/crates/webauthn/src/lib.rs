//! The relying party of Web Authentication Level 3: what a browser is asked, and whether its answer is good.
//!
//! Owns the two ceremonies (§7.1, §7.2) with what they read: client data, authenticator data, the attestation statements
//! that come without one being asked for, and COSE keys. Must not know accounts, storage, clocks or HTTP: challenges and
//! known credentials come in as arguments. A request passes through as [`Party::creation_options`] →
//! [`Party::register`], later [`Party::request_options`] → [`Party::authenticate`].

mod authenticator;
mod ceremony;
mod client;
mod fault;
mod key;
mod options;
mod response;

pub use ceremony::{Asserted, Expected, Known, Party, Registered};
pub use fault::Fault;
pub use options::User;
pub use response::{Answer, CREDENTIAL_ID_LIMIT};
