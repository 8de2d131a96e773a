//! The engine of sign-ins: no order of events gets anybody in without every step, with a mixture of people, or after
//! the end of time.

mod attributes;
mod codes;
mod mail;
mod orders;
mod passkeys;
mod people;
mod proof;
mod world;
