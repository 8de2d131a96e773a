//! The demo application: a relying party inside the binary that shows the claims it received, and the example data
//! that `serve --demo` fills an empty database with.
//!
//! It is an OpenID Connect client like any other: it goes through the public endpoints with a client id and secret,
//! and verifies the ID token with the same code that verifies a provider's.

mod http;
mod page;
mod relying_party;
pub mod seed;

pub use http::router;
pub use relying_party::DemoApp;

/// Path of the application below the public URL.
pub const PATH: &str = "/demo-app";
/// Its redirect URI below the public URL.
pub const CALLBACK_PATH: &str = "/demo-app/callback";
