//! The server: configuration, HTTP routes and the services behind the pages.

pub mod assets;
