//! One suite, run on SQLite and on PostgreSQL.
//!
//! `DOORWARD_TEST_POSTGRES_URL` names a database whose user may create others; `cargo xtask test` starts a server and
//! sets it. Every test has a database of its own.

mod accounts;
mod audit;
mod audit_seals;
mod configuration;
mod faults;
mod fixtures;
mod flow_versions;
mod grants;
mod holders;
mod interrupted;
mod kept_out;
mod killed;
mod lists;
mod look_ups;
mod passkeys;
mod plans;
mod races;
mod schema;
mod script_secrets;
mod sessions;
mod sign_ins;
mod stage;
mod statements;
mod upstream_logouts;
mod writes;
