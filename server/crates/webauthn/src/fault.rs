//! Why an answer is refused.

/// Why an answer is refused. `Display` is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the answer cannot be read")]
    Malformed,
    #[error("the answer is of the other ceremony")]
    OtherCeremony,
    #[error("the answer is to another challenge")]
    OtherChallenge,
    #[error("the answer is from another origin")]
    OtherOrigin,
    #[error("the answer is from inside another site's page")]
    Framed,
    #[error("the credential is of another relying party")]
    OtherParty,
    #[error("nobody was present")]
    NotPresent,
    #[error("the person was not verified")]
    NotVerified,
    #[error("a backed-up credential that cannot be backed up")]
    Backup,
    #[error("a key of a kind that is not taken")]
    UnknownKey,
    #[error("an attestation that was not asked for")]
    Attestation,
    #[error("the signature is wrong")]
    Signature,
    /// The authenticator may have been cloned (§6.1.1).
    #[error("the signature counter went back")]
    CounterWentBack,
}
