//! `sub` as one application sees it (OpenID Connect Core §8).

use aws_lc_rs::hmac;
use doorward_domain::application::{Application, SubjectType};
use url::Url;

const LABEL: &[u8] = b"doorward pairwise subject v1\0";

/// Computes pairwise subjects. The key must never change: every pairwise `sub` would.
pub struct Subjects(hmac::Key);

impl Subjects {
    /// Takes the key, derived by the caller for this purpose alone.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The `sub` an application gets for a person's subject.
    #[must_use]
    pub fn for_application(&self, application: &Application, subject: &str) -> String {
        match application.protocol.subject_type {
            SubjectType::Public => subject.to_owned(),
            SubjectType::Pairwise => self.pairwise(&sector(application), subject),
        }
    }

    /// Another `sub` for each sector: it cannot be turned back, nor compared across sectors (§8.1).
    #[must_use]
    pub fn pairwise(&self, sector: &str, subject: &str) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(LABEL);
        // A length in front keeps ("a", "bc") and ("ab", "c") apart.
        context.update(&(sector.len() as u64).to_be_bytes());
        context.update(sector.as_bytes());
        context.update(subject.as_bytes());
        crate::jose::encode(context.sign())
    }
}

/// The sector of an application: the one host of its redirect URIs (§8.1). With several hosts, or none, the application
/// is a sector of its own.
#[must_use]
pub fn sector(application: &Application) -> String {
    let mut hosts = application
        .protocol
        .redirect_uris
        .iter()
        .map(|uri| Some(Url::parse(uri).ok()?.host_str()?.to_owned()));
    let first = hosts.next().flatten();
    match first {
        Some(host) if hosts.all(|other| other.as_ref() == Some(&host)) => host,
        Some(_) | None => application.id.as_str().to_owned(),
    }
}
