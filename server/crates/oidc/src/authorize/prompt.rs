//! `prompt`: what the application wants the person to be asked (OpenID Connect Core §3.1.2.1).

use crate::words::word_set;

word_set! {
    /// One value of `prompt`.
    Prompt,
    /// The values of `prompt`. `none` stands alone: [`PromptSet::requested`] is the only way from a request to here.
    PromptSet {
        /// Show no page at all.
        Silent = "none",
        /// Authenticate again even with a session.
        Login = "login",
        /// Ask for consent again: taken and not acted on, as administrators consent for everybody.
        Consent = "consent",
        /// Let the person choose an account.
        SelectAccount = "select_account",
        /// Open registration first (Initiating User Registration via OpenID Connect 1.0).
        Create = "create",
    }
}

impl PromptSet {
    /// Reads the parameter. `None` for an unknown value, or for `none` beside another one.
    #[must_use]
    pub fn requested(text: &str) -> Option<Self> {
        let set: Self = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(Prompt::find)
            .collect::<Option<_>>()?;
        let alone = set == Self::default().with(Prompt::Silent);
        (alone || !set.contains(Prompt::Silent)).then_some(set)
    }
}
