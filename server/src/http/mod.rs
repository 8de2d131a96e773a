//! Routes by audience.

pub mod metrics;
