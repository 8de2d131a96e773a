//! Scopes: what an application may learn about a person.

use crate::words::word_set;

word_set! {
    /// A scope we understand (OpenID Connect Core §5.4 and §11, and `groups`).
    Scope,
    /// The scopes of a request or a grant. Prints as the value of `scope` (RFC 6749 §3.3).
    ScopeSet {
        /// Makes a request an OpenID Connect one.
        Openid = "openid",
        /// Name, picture, locale and the like.
        Profile = "profile",
        /// `email` and `email_verified`.
        Email = "email",
        /// `phone_number` and `phone_number_verified`.
        Phone = "phone",
        /// `address`.
        Address = "address",
        /// `groups`: the names of the person's groups.
        Groups = "groups",
        /// The grant outlives the browser's session.
        OfflineAccess = "offline_access",
    }
}

impl ScopeSet {
    /// Reads the parameter `scope`. Words we do not know are left out, as OpenID Connect Core §3.1.2.1 asks; the token
    /// response tells what was granted.
    ///
    /// Returns `None` when the text breaks the grammar of RFC 6749 §3.3.
    #[must_use]
    pub fn requested(text: &str) -> Option<Self> {
        let allowed = |b: u8| b == b' ' || b == 0x21 || (0x23..=0x5B).contains(&b) || (0x5D..=0x7E).contains(&b);
        text.bytes()
            .all(allowed)
            .then(|| text.split(' ').filter_map(Scope::find).collect())
    }

    /// Reads the parameter `scope` of a request that may ask for nothing new (RFC 6749 §6).
    ///
    /// Returns `None` when the text breaks the grammar or names a scope we do not know, which was never granted.
    #[must_use]
    pub fn among_known(text: &str) -> Option<Self> {
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        words
            .all(|word| Scope::find(word).is_some())
            .then(|| Self::requested(text))?
    }
}
