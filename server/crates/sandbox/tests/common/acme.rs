//! The connection of flows that are written out.

use doorward_domain::analysis::ConnectionFacts;

/// Enabled, without just-in-time provisioning and without any way around it.
pub fn acme() -> ConnectionFacts {
    ConnectionFacts {
        handle: "acme".parse().expect("a handle"),
        display_name: "Acme".to_owned(),
        enabled: true,
        jit: false,
        otp_to_asserted_email: false,
        factors_without_account: false,
        trusts_factors: false,
        may_link: true,
    }
}
