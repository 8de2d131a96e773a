//! The OpenID Provider's endpoints: HTTP around the rules of the `oidc` crate.
//!
//! Owns methods, headers, forms and statuses of these endpoints. What a request may do is decided in `doorward_oidc`;
//! what is redeemed, in one guarded statement each, in `doorward_storage::grant`.

pub mod authorize;
pub mod cors;
pub mod form;
pub mod keys;
pub mod logout;
pub mod token;
pub mod userinfo;
