//! What protects data at rest and in cookies.
//!
//! Owns the master secret and every key derived from it, sealing, keyed hashes, random values and password hashing.
//! Must not know what it protects: callers name a [`Purpose`] and bytes. A request passes through as `seal` on the
//! way out and `open` on the way back; a text sealed for one purpose never opens for another.

pub mod keyring;
pub mod master;
pub mod password;
pub mod purpose;
pub mod random;

pub use keyring::{CannotOpen, Keyring};
pub use master::{MasterFault, MasterKey};
pub use password::{PasswordHasher, PasswordHashingError};
pub use purpose::Purpose;
pub use random::{equal, random, random_text, sha256};
