//! Memory for hashing, kept and used again: fresh pages cost more than the hash itself at larger sizes.

use std::sync::{Mutex, PoisonError};

use argon2::Block;

/// Arenas that wait for their next use. At most as many exist as there are permits.
#[derive(Default)]
pub(crate) struct Arenas(Mutex<Vec<Vec<Block>>>);

impl Arenas {
    /// Runs `work` with an arena of at least `blocks` blocks (1 KiB each), and keeps it unless it grew beyond
    /// `keep_blocks`.
    pub fn with<T>(&self, blocks: usize, keep_blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut arena = waiting.unwrap_or_default();
        if arena.len() < blocks {
            arena.resize(blocks, Block::default());
        }
        let result = work(&mut arena[..blocks]);
        if arena.len() <= keep_blocks {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(arena);
        }
        result
    }
}
