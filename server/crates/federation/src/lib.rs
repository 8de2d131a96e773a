//! Clients of external identity providers.
//!
//! Owns what a relying party must do against an OpenID Provider: discovery and keys, the authorization request, the
//! callback, the code exchange and the verification of what comes back. Hands out a `VerifiedAssertion` or a closed
//! error, nothing in between. Must not know our own HTTP framework, our database, or what is done with a person:
//! time, randomness and the HTTP client are arguments.
//!
//! A sign-in passes through [`Federation::begin`], which makes the address the browser is sent to and the three values
//! the transaction must keep, and later through [`Federation::finish`], which takes the untrusted callback and these
//! three values. A provider that tells that somebody is logged out there is heard by [`Federation::verify_logout`].
//! Everything a provider sends is hostile until the last check has passed; no text of it reaches an error.

mod algorithm;
mod authorize;
mod cache;
mod callback;
mod circuit;
mod client_credentials;
mod error;
mod facade;
mod gate;
pub mod http;
mod id_token;
mod json;
mod jws;
mod keys;
mod logout_token;
mod metadata;
mod provider;
mod registry;
mod token;
mod token_error;
mod userinfo;

pub use algorithm::SignatureAlgorithm;
pub use authorize::{BeginOptions, Begun, RANDOM_BYTES};
pub use callback::{CallbackFault, ProviderErrorCode, UntrustedCallback};
pub use client_credentials::{ClientCredentials, GrantFault, Granted};
pub use error::{Call, Fault, FaultKind, FederationError};
pub use facade::{Expected, Federation, Limits, Reach};
pub use http::{Fetch, FetchError, OutboundClient, OutboundRequest, OutboundResponse, OutboundSettings};
pub use id_token::IdTokenFault;
pub use keys::KeysFault;
pub use logout_token::{LoggedOut, LogoutFault, LogoutTokenFault, VerifiedLogout};
pub use metadata::{Endpoint, Metadata, MetadataFault};
pub use provider::{Alarm, Kept};
pub use token::TokenFault;
pub use token_error::TokenErrorCode;
pub use userinfo::UserinfoFault;
