//! Pages: the console, the hosted pages, and the server functions and service traits behind them.
//!
//! Compiles for the server (feature `ssr`) and for the browser (feature `hydrate`). Knows no database and no HTTP
//! framework; what a page needs from the server comes through a trait or a plain value in the context.

// A page's view is one nested type; release builds, which compute its layout, pass the default of 128.
#![recursion_limit = "512"]

pub mod api;
pub mod assets;
pub mod console;
#[cfg(feature = "ssr")]
pub mod hosted;
mod raw_text;
pub mod ui;
