//! The server: configuration, HTTP routes and the services behind the pages.

pub mod assets;
pub mod demo;
pub mod test_idp;
