//! Tokens we make, and tokens of ours that come back.

pub mod access_token;
pub mod id_token;
pub mod verify;

pub use access_token::{AccessToken, AccessTokenClaims};
pub use id_token::IdToken;
pub use verify::{IdTokenHint, verify_access_token, verify_id_token_hint};
