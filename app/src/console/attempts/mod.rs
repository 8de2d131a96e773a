//! Attempts: sign-ins that ended, why, and what helps. A list of its own, and a tab of applications and connections.

mod address;
mod detail;
mod filter;
mod list;
mod pages;
mod table;
mod words;

pub use address::About;
pub use detail::DetailPage;
pub use list::{AttemptsTab, ListPage};
