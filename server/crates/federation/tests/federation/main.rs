//! The whole of a federated sign-in against a provider on the loopback address that signs with real keys and can
//! misbehave in every way we know. Tests name the section of the specification, or the row of the security statements
//! (S) and of the fault table (F), they hold.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it must be")]
#![expect(clippy::type_complexity, reason = "the rows of a table explain themselves")]

mod callback;
mod faults;
mod id_token;
mod keys;
mod logout_token;
mod outbound;
mod sign_in;
mod signature;
mod support;
mod unsigned;
