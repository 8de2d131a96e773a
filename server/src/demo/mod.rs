//! The demo applications: relying parties inside the binary that show the claims they received, and the example data
//! that `serve --demo` fills an empty database with.
//!
//! Each is an OpenID Connect client like any other: it goes through the public endpoints with a client id and secret,
//! and verifies the ID token with the same code that verifies a provider's.

mod http;
mod page;
mod relying_party;
pub mod seed;
mod session;

pub use http::router;
pub use relying_party::DemoApp;

/// An application of the example.
pub struct Example {
    /// Its handle too.
    pub client_id: &'static str,
    pub name: &'static str,
    /// Below the public URL.
    pub path: &'static str,
    /// What it is there for, on its first page.
    pub about: &'static str,
    /// Ways to pass each step of its sign-in flow.
    pub steps: &'static [&'static [&'static str]],
}

impl Example {
    /// Its redirect URI, below the public URL.
    #[must_use]
    pub fn callback_path(&self) -> String {
        format!("{}/callback", self.path)
    }
}

/// Those there are: one that anybody gets into, and one that asks for a second factor.
pub static EXAMPLES: [Example; 2] = [
    Example {
        client_id: "demo-app",
        name: "Demo application",
        path: "/demo-app",
        about: "An application that signs people in with OpenID Connect. It shows every claim it receives.",
        steps: &[&["password", "connection:test-idp"]],
    },
    Example {
        client_id: "demo-payroll",
        name: "Demo payroll",
        path: "/demo-payroll",
        about: "An application that asks for an authenticator app after the password. It shows every claim it receives.",
        steps: &[&["password"], &["totp"]],
    },
];
