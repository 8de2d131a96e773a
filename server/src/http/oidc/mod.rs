//! The OpenID Provider's endpoints: HTTP around the rules of the `oidc` crate.
//!
//! Owns methods, headers, forms and statuses of these endpoints. What a request may do is decided in `doorward_oidc`;
//! what is redeemed, in one guarded statement each, in `doorward_storage::grant`.

pub mod authorize;
mod client;
pub mod cors;
mod failure;
pub mod form;
pub mod introspect;
pub mod keys;
mod live_grant;
pub mod logout;
mod own_token;
pub mod revoke;
pub mod token;
pub mod userinfo;
