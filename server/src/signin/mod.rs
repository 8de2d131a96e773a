//! Runs sign-ins: the engine of the domain crate over cookies and rows.
