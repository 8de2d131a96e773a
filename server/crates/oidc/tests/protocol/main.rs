//! One test per MUST of the specifications, named by section, and hostile inputs.

mod authorize;
mod authorize_binding;
mod claims;
mod client_assertion;
mod client_secret;
mod fixtures;
mod keys;
mod logout;
mod mint;
mod params;
mod print_parse;
mod redirect_uris;
mod refresh;
mod responses;
mod snapshots;
mod token;
mod tricky;
mod verify;
