//! What the tests share: keys that really sign, a small web server that can misbehave, a provider on top of both, and
//! a broker that signs in through it.

pub mod broker;
pub mod idp;
pub mod keys;
pub mod server;

pub use broker::{Broker, now};
pub use idp::Idp;
pub use keys::SigningKey;
pub use server::{Reply, Request, Server};
