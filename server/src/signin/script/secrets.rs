//! Secrets of the application: a script gets stand-ins, and what is done for it gets the values.

use doorward_domain::engine::Progress;
use doorward_domain::script_migration;
use doorward_domain::script_secret::{SecretName, stand_ins};
use doorward_domain::secret::SecretText;
use doorward_vault::equal;
use serde_json::Value;

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
        let secrets = stand_ins(progress.events()).into_iter().filter_map(value);
        // A password is there in the request alone in which it was typed.
        let password = hop.typed.as_ref().map(|typed| &typed.password);
        let typed = script_migration::given(progress.events()).zip(password);
        Self(
            secrets
                .chain(typed.map(|(stand_in, password)| (stand_in, password.clone())))
                .collect(),
        )
    }

    /// With one more text that the script must not hear.
    pub(super) fn and(mut self, stand_in: &'p str, value: SecretText) -> Self {
        self.0.push((stand_in, value));
        self
    }

    /// Whether a text is the secret behind a stand-in. How long it takes tells nothing of where they differ.
    pub(super) fn is(&self, stand_in: &str, text: &str) -> bool {
        let found = self.0.iter().find(|(known, _)| *known == stand_in);
        found.is_some_and(|(_, value)| equal(value.expose().as_bytes(), text.as_bytes()))
    }

    #[cfg(test)]
    pub(super) fn of(secrets: Vec<(&'p str, SecretText)>) -> Self {
        Self(secrets)
    }

    /// A text with the values in the place of the stand-ins.
    pub(super) fn fill(&self, text: &str) -> String {
        self.fill_with(text, str::to_owned)
    }

    /// The same with each value written in another way, as an address wants it.
    pub(super) fn fill_with(&self, text: &str, write: impl Fn(&str) -> String) -> String {
        let put = |text: String, (stand_in, value): &(&str, SecretText)| text.replace(stand_in, &write(value.expose()));
        self.0.iter().fold(text.to_owned(), put)
    }

    /// A text with the stand-ins in the place of the values.
    pub(super) fn hide(&self, text: &str) -> String {
        let put = |text: String, (stand_in, value): &(&str, SecretText)| text.replace(value.expose(), stand_in);
        self.0.iter().fold(text.to_owned(), put)
    }
}

/// JSON with each of its texts changed, names of fields included.
pub(super) fn change(value: Value, with: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(with(&text)),
        Value::Array(items) => items.into_iter().map(|item| change(item, with)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(fields.map(|(name, field)| (with(&name), change(field, with))).collect())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}
