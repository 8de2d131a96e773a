//! The pages people see while they sign in: plain HTML forms, rendered on the server to a string.
//!
//! Owns what these pages look like and say. Must not know HTTP, transactions or storage: a handler builds a page's
//! model and a [`PageShell`], calls `render`, and sends the text. No page loads wasm, and all work without script but for
//! passkeys, which browsers give to scripts alone.
//! A page's style is in the page; the server puts the hash of each of [`PageShell::styles`] into the content security
//! policy, and of [`page::form_post::SCRIPT`] and [`page::passkey::SCRIPT`] on the pages that have them.
//!
//! Every form posts; the names of its fields are in [`names`].

pub mod branding;
pub mod colour;
mod dates;
pub mod language;
pub mod mask;
pub mod message;
pub mod names;
pub mod page;
mod parts;
pub mod shell;
pub mod text;

pub use branding::{Branding, Links};
pub use language::Language;
pub use message::UserMessage;
pub use shell::{ApplicationFace, Home, PageShell};
