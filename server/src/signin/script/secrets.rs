//! Secrets of the application: a script gets stand-ins, and what is done for it gets the values.

use doorward_domain::engine::Progress;
use doorward_domain::script_secret::{SecretName, stand_ins};
use doorward_domain::secret::SecretText;
use doorward_vault::equal;

use crate::signin::hop::{Hop, Terms};

/// What a script gets for a secret; `None` when there is none of this name.
pub(super) fn stand_in(hop: &Hop, terms: &Terms, name: &str) -> Option<String> {
    let name: SecretName = name.parse().ok()?;
    let application = terms.application()?;
    hop.state.snapshot().script_secret(&application.id, &name)?;
    Some(name.stand_in(&hop.state.random.text::<16>()))
}

/// The secrets this sign-in's script was given stand-ins for.
pub(super) struct Secrets<'p>(Vec<(&'p str, SecretText)>);

impl<'p> Secrets<'p> {
    /// With the values of now: one that was replaced meanwhile counts at once, one that was removed is gone.
    pub(super) fn given(hop: &Hop, terms: &Terms, progress: &'p Progress) -> Self {
        let Some(application) = terms.application() else {
            return Self(vec![]);
        };
        let snapshot = hop.state.snapshot();
        let value = |(name, stand_in)| Some((stand_in, snapshot.script_secret(&application.id, &name)?.clone()));
        Self(stand_ins(progress.events()).into_iter().filter_map(value).collect())
    }

    /// Whether a text is the secret behind a stand-in. How long it takes tells nothing of where they differ.
    pub(super) fn is(&self, stand_in: &str, text: &str) -> bool {
        let found = self.0.iter().find(|(known, _)| *known == stand_in);
        found.is_some_and(|(_, value)| equal(value.expose().as_bytes(), text.as_bytes()))
    }
}
