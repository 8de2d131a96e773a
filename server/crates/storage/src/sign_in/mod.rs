//! What a sign-in reads and writes: one look-up, one completion, each in as few statements as the database allows.
//!
//! A returning person costs one statement to look up and one to complete; redeeming the code is one more (`budgets.md`
//! §3.3).

mod complete;
mod look_up;
mod parts;
mod writes;

pub use complete::complete;
pub use look_up::{Address, LookUp, SUBS, look_up};
pub use writes::{
    AccountWrite, Completion, FactorWrite, HolderWrite, PasskeyWrite, SessionWrite, TransactionAdvance, TransactionOver,
};
