//! Changing and deleting accounts. Whatever takes rights away ends sessions and grants in the same transaction (S34).

use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::{UserPatch, UserView};
use doorward_domain::account::{Account, AccountStatus, Role};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::invalid::Check;
use doorward_storage::{Tx, account, administration, audit, grant, kept_out, session};
use serde_json::{Value, json};

use super::Service;
use super::attributes::{Writer, check_username};
use super::create::{blame, check_address, hash};
use crate::service::refusal::{Outcome, Refusal};
use crate::service::{key, password_policy};

/// What a patch comes to, ready to be written.
struct Plan {
    before: Account,
    after: Account,
    /// PHC string of a new password.
    password: Option<String>,
    events: Vec<AuditEvent>,
}

impl Plan {
    fn profile_changes(&self) -> bool {
        self.before.username != self.after.username || self.before.attributes != self.after.attributes
    }

    /// Whether this could take away the last administrator.
    fn takes_administrator(&self) -> bool {
        let counts = |account: &Account| account.role == Role::Administrator && account.status == AccountStatus::Active;
        counts(&self.before) && !counts(&self.after)
    }

    async fn write(self, tx: &Tx) -> Outcome<()> {
        let (id, at) = (&self.after.id, self.after.updated_at);
        administration::hold(tx, id, self.before.version).await?;
        if self.profile_changes() {
            account::set_attributes(
                tx,
                id,
                self.before.version,
                &self.after.username,
                &self.after.attributes,
                at,
            )
            .await?;
        }
        if self.before.role != self.after.role {
            administration::set_role(tx, id, self.after.role, at).await?;
            // What was opened with other rights ends.
            session::revoke_of_account(tx, id, at).await?;
            grant::revoke_of_account(tx, id, at).await?;
        }
        if self.before.status != self.after.status {
            match self.after.status {
                AccountStatus::Active => account::enable(tx, id, at).await?,
                AccountStatus::Disabled | AccountStatus::Locked => account::disable(tx, id, at).await?,
            };
        }
        if let Some(password) = &self.password {
            account::set_password(tx, id, Some(password), at).await?;
        }
        if self.takes_administrator() && !administration::keeps_administrator(tx).await? {
            return Err(ConsoleError::LastAdministrator.into());
        }
        for event in &self.events {
            audit::insert(tx, event).await?;
        }
        Ok(())
    }
}

impl Service {
    pub(super) async fn change(
        &self,
        actor: &Actor,
        key: &str,
        expected: Option<i64>,
        patch: UserPatch,
    ) -> Outcome<UserView> {
        let before = self.load(key).await?;
        key::check_version(expected, before.version)?;
        let plan = self.plan(actor, before, patch).await?;
        let after = plan.after.clone();
        if !plan.events.is_empty() {
            let write = self.core.store.write(move |tx| Box::pin(plan.write(tx)));
            if let Err(error) = write.await {
                return Err(blame(&self.core, &after, error).await);
            }
        }
        self.view_of(after.id.as_str()).await
    }

    async fn plan(&self, actor: &Actor, before: Account, patch: UserPatch) -> Outcome<Plan> {
        let mut after = before.clone();
        after.updated_at = self.core.now();
        let mut check = Check::default();
        if let Some(username) = &patch.username {
            after.username = username.trim().to_owned();
            if after.username != before.username {
                check_username(&after.username, &mut check);
            }
        }
        patch_email(&mut after, &before, &patch, actor, &mut check);
        let writer = Writer::new(actor, after.updated_at);
        writer.apply(&mut after.attributes, patch.attributes, &mut check);
        after.role = patch.role.unwrap_or(before.role);
        after.status = patch.status.unwrap_or(before.status);
        check.require(
            after.status == before.status || after.status != AccountStatus::Locked,
            "/status",
            "Only a protection locks an account. Use disabled.",
        );
        if let Some(password) = &patch.password {
            let email = after.attributes.get("email").and_then(|a| a.value.as_str());
            let names = [after.username.as_str()].into_iter().chain(email);
            check.take("/password", password_policy::check(password.expose(), names));
        }
        check.finish()?;
        if after.attributes != before.attributes {
            check_address(&self.core, &after).await?;
        }
        let password = match &patch.password {
            Some(password) => Some(hash(&self.core, password.expose()).await?),
            None => None,
        };
        let mut plan = Plan {
            before,
            after,
            password,
            events: Vec::new(),
        };
        plan.events = self.events(actor, &plan);
        Ok(plan)
    }

    fn events(&self, actor: &Actor, plan: &Plan) -> Vec<AuditEvent> {
        let (before, after) = (&plan.before, &plan.after);
        let mut events = Vec::new();
        let mut add = |action, detail: Value| events.push(self.event(actor, action, &after.id, detail));
        let mut fields: Vec<String> = Vec::new();
        if before.username != after.username {
            fields.push("username".to_owned());
        }
        if before.role != after.role {
            fields.push("role".to_owned());
        }
        let names = before.attributes.keys().chain(after.attributes.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        let changed = names
            .into_iter()
            .filter(|name| before.attributes.get(*name) != after.attributes.get(*name));
        fields.extend(changed.map(|name| format!("attributes.{name}")));
        if !fields.is_empty() {
            add(AuditAction::AccountChanged, json!({"fields": fields}));
        }
        if before.status != after.status {
            let action = match after.status {
                AccountStatus::Active => AuditAction::AccountEnabled,
                AccountStatus::Disabled | AccountStatus::Locked => AuditAction::AccountDisabled,
            };
            add(action, Value::Null);
        }
        if plan.password.is_some() {
            add(AuditAction::PasswordChanged, Value::Null);
        }
        events
    }

    /// Deletes an account. With `keep_out` its linked identities are refused from then on; the event tells how many they
    /// are, and not which.
    pub(super) async fn remove(&self, actor: &Actor, key: &str, expected: Option<i64>, keep_out: bool) -> Outcome<()> {
        let account = self.load(key).await?;
        key::check_version(expected, account.version)?;
        let administers = account.role == Role::Administrator && account.status == AccountStatus::Active;
        let mut event = self.event(actor, AuditAction::AccountDeleted, &account.id, Value::Null);
        let at = event.at;
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                administration::hold(tx, &account.id, account.version).await?;
                if keep_out {
                    let kept = kept_out::keep(tx, &account.id, at).await?;
                    event.detail = json!({"kept_out": kept});
                }
                account::delete(tx, &account.id).await?;
                if administers && !administration::keeps_administrator(tx).await? {
                    return Err(Refusal::Console(ConsoleError::LastAdministrator));
                }
                audit::insert(tx, &event).await.map_err(Refusal::from)
            })
        });
        write.await
    }
}

/// A new address is unverified unless the patch says otherwise: what was verified was the old one.
fn patch_email(after: &mut Account, before: &Account, patch: &UserPatch, actor: &Actor, check: &mut Check) {
    if patch.email.is_none() && patch.email_verified.is_none() {
        return;
    }
    let current = before.attributes.get("email").and_then(|a| a.value.as_str());
    let wanted = match &patch.email {
        None => current,
        Some(Value::String(text)) => Some(text.trim()).filter(|text| !text.is_empty()),
        Some(Value::Null) => None,
        Some(_) => return check.fault("/email", "Send a text, or null to take the address away."),
    };
    let kept = wanted == current && before.owned_address().is_some();
    let verified = patch.email_verified.unwrap_or(kept);
    let writer = Writer::new(actor, after.updated_at);
    writer.email(&mut after.attributes, wanted, verified && wanted.is_some(), check);
    check.require(
        wanted.is_some() || patch.email_verified != Some(true),
        "/email_verified",
        "There is no address to be verified.",
    );
}
