//! What a key is for.

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $label:literal,)*) => {
        /// What a key is for. Each purpose has keys of its own, so that nothing made for one is accepted for another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Purpose {$($(#[$doc])* $name,)*}

        impl Purpose {
            /// Every purpose, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Goes into the derivation of the keys: changing one makes everything sealed with it unreadable.
            pub(crate) fn label(self) -> &'static str {
                match self {$(Self::$name => $label,)*}
            }
        }
    };
}

purposes! {
    /// Cookies whose content only we may read.
    Cookie = "cookie",
    /// Secrets that providers gave us.
    Secret = "secret",
    /// Private keys that sign tokens.
    SigningKey = "signing-key",
    /// Claims of a person without an account, in sessions and grants.
    Claims = "claims",
    /// The state of a running sign-in.
    Transaction = "transaction",
    /// Mail that waits to be sent.
    Mail = "mail",
    /// Anti-forgery tokens of forms.
    Csrf = "csrf",
    /// Hashes of applications' secrets.
    ClientSecret = "client-secret",
    /// Authorization codes, and their hashes.
    Code = "code",
    /// Refresh tokens.
    Refresh = "refresh",
    /// Opaque access tokens and management tokens.
    Access = "access",
    /// Session cookies, their hashes, and what else stands for a session.
    Session = "session",
    /// The stable `sub` of a person first seen through a connection.
    Subject = "subject",
    /// Identities that were erased and are kept out.
    KeptOut = "kept-out",
    /// The `sub` one application sees.
    Pairwise = "pairwise",
    /// Keys of counters, so that they name no address and nobody's name.
    RateLimit = "rate-limit",
    /// Keys and codes of the Test IdP.
    TestIdp = "test-idp",
    /// What people have enrolled to confirm who they are.
    Factor = "factor",
    /// Cursors and other values a page carries for us.
    Page = "page",
}

impl Purpose {
    /// Whether values made with this purpose must stay the same for ever, so that a new master secret does not apply.
    pub(crate) fn is_lasting(self) -> bool {
        matches!(
            self,
            Self::Subject | Self::KeptOut | Self::Pairwise | Self::ClientSecret
        )
    }
}
