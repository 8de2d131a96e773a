//! One file per page: the model a handler fills, and `render`, which makes the whole document of it.

pub mod accounts;
pub mod attributes;
pub mod backup_codes;
pub mod by_mail;
pub mod code;
pub mod connection_test;
pub mod form_post;
pub mod passkey;
pub mod prompt;
pub mod proof;
pub mod proven;
pub mod self_service;
pub mod set_up;
pub mod sign_in;
pub mod sign_out;
pub mod trouble;
