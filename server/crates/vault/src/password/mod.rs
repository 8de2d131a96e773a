//! Password hashing with Argon2id, bounded: a flood of passwords neither takes all cores nor all memory.

mod arena;
mod hasher;
mod phc;

pub use hasher::{PasswordHasher, PasswordHashingError};
pub use phc::is_outdated;
