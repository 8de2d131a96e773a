//! Client secrets: made of 32 random bytes, or brought along; shown once, kept as a keyed hash.

use doorward_app::api::application::SavedApplication;
use doorward_domain::application::{Application, ApplicationDraft};
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::secret::SecretText;
use doorward_storage::{application, audit, connection};
use serde_json::Value;

use super::{Service, view};
use crate::service::core::Core;
use crate::service::key::check_version;
use crate::service::refusal::{Outcome, Refusal};

/// The secret of a new application: the one brought along, else a fresh one; none where none is used.
pub fn for_new(core: &Core, draft: &ApplicationDraft) -> Option<SecretText> {
    draft
        .needs_secret()
        .then(|| draft.client_secret.clone().unwrap_or_else(|| generate(core)))
}

fn generate(core: &Core) -> SecretText {
    SecretText::new(core.random.text::<32>())
}

/// Adjusts the kept hash after a change of settings. Answers a secret when one had to be made, because the
/// application authenticates with one from now on.
pub fn for_changed(
    core: &Core,
    next: &mut Application,
    brought: Option<&SecretText>,
    needs_secret: bool,
) -> Option<SecretText> {
    if !needs_secret {
        next.client_secret_hash = None;
        return None;
    }
    if let Some(secret) = brought {
        next.client_secret_hash = Some(core.oidc.secrets.hash(secret));
        return None;
    }
    if next.client_secret_hash.is_some() {
        return None;
    }
    let fresh = generate(core);
    next.client_secret_hash = Some(core.oidc.secrets.hash(&fresh));
    Some(fresh)
}

impl Service {
    pub(super) async fn new_secret(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
    ) -> Outcome<SavedApplication> {
        let mut next = self.load(key).await?;
        check_version(expected, next.version)?;
        if !ApplicationDraft::from(&next).needs_secret() {
            let detail = "This application authenticates without a secret. Change its method first.";
            return Err(Refusal::field("/token_endpoint_auth_method", detail));
        }
        let fresh = generate(&self.core);
        next.client_secret_hash = Some(self.core.oidc.secrets.hash(&fresh));
        next.updated_at = self.core.now();
        next.version += 1;
        let connections = connection::list(self.core.store.read()).await?;
        let saved = SavedApplication {
            application: view(&next),
            client_secret: Some(fresh),
            findings: self.findings(&next, &connections).await?,
        };
        let event = self.event(actor, AuditAction::SecretRegenerated, &next, Value::Null);
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                application::update(tx, &next, &event.actor).await?;
                audit::insert(tx, &event).await?;
                Ok::<_, Refusal>(())
            })
        });
        write.await?;
        self.core.changed().await;
        Ok(saved)
    }
}
