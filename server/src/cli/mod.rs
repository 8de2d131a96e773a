//! Commands that work on an installation without serving it.

pub mod admin;
