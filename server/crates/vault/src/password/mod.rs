//! Password hashing with Argon2id, bounded: a flood of passwords neither takes all cores nor all memory.

mod arena;
mod hasher;
mod phc;
mod threads;

pub use hasher::{PasswordHasher, PasswordHashingError};
pub use phc::is_outdated;
