//! The token endpoint (RFC 6749 §3.2): requests, answers, codes and refresh tokens.

pub mod code;
pub mod error;
pub mod pkce;
pub mod refresh;
pub mod refused;
pub mod request;
pub mod response;

pub use code::{CodeHash, Codes};
pub use error::{TokenError, TokenErrorCode};
pub use refresh::RefreshTokens;
pub use refused::GrantRefused;
pub use request::{CodeExchange, Refresh, TokenRequest, narrow};
pub use response::{NO_STORE, TokenResponse};
