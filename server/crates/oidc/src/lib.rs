//! The OpenID Provider towards applications: reads what an application sent, decides whether it is allowed, and mints
//! what it gets.
//!
//! Owns the rules of OAuth 2.0 and OpenID Connect on our side of the wire: authorization requests and responses, client
//! authentication, token requests, codes, tokens and their keys, discovery, userinfo and logout. Must not know HTTP
//! frameworks, databases, clocks or random number generators: parameters come in as text, time and randomness as
//! arguments, and what leaves is text, JSON and closed enums the server puts into responses. The one exception is the
//! cryptographic library, which draws keys and signature nonces from the generator of the operating system.
//!
//! How a sign-in passes through: [`authorize::identify`] → [`authorize::Identified::validate`] → (the engine) →
//! [`authorize::AuthorizationRequest::succeed`]; then [`client_auth::PresentedClient::read`] → `authenticate` →
//! [`token::TokenRequest::parse`] → [`mint`].

pub mod authorize;
pub mod claims;
pub mod client_auth;
pub mod discovery;
pub mod introspection;
pub mod jose;
pub mod logout;
pub mod mint;
pub mod params;
pub mod scope;
pub mod subject;
pub mod token;
pub mod userinfo;
mod words;

pub use params::Params;
pub use scope::{Scope, ScopeSet};
