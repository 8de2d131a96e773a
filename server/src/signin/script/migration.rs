//! Takes a password over that fits in a former system (`updateUserPassword`).

use doorward_domain::account::AccountStatus;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::canonical::lookup_key;
use doorward_domain::engine::Progress;
use doorward_domain::script::Question;
use doorward_domain::script_migration;
use doorward_storage::{StorageError, account, audit};
use serde_json::{Value, json};

use super::people;
use crate::service::password_policy;
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};

/// Gives the account whose name was typed the password that was typed with it, in this very request. `false`, and nothing
/// changes, for another account, another text, an account that is not active, and a password that no account may have.
///
/// # Errors
/// Those of hashing and of the database.
pub(super) async fn set_password(
    hop: &Hop,
    terms: &Terms,
    progress: &Progress,
    question: &Question,
) -> Result<bool, SignInFault> {
    let text = |index: usize| question.args.get(index).and_then(Value::as_str);
    let stand_in = script_migration::given(progress.events());
    let Some(typed) = hop.typed.as_ref().filter(|_| stand_in.is_some() && stand_in == text(1)) else {
        return Ok(false);
    };
    let key = lookup_key(&typed.name);
    let found = account::find_by_identifier(hop.state.store.read(), &key).await?;
    let Some(account) = found.filter(|account| account.status == AccountStatus::Active) else {
        return Ok(false);
    };
    let is_theirs =
        text(0) == Some("failed") || people::found_id(progress, question.args.first()) == Some(account.id.clone());
    let names = [account.username.as_str()].into_iter().chain(account.owned_address());
    let password = typed.password.expose();
    if !is_theirs || password_policy::check(password, names).is_err() {
        return Ok(false);
    }
    let hash = hop.state.hasher.hash(password).await?;
    let event = AuditEvent {
        actor: Actor::System,
        account: Some(account.id.clone()),
        application: terms.application().map(|application| application.id.clone()),
        sub: Some(account.sub),
        detail: json!({"by": "script"}),
        ..hop.event(AuditAction::PasswordChanged)
    };
    let (id, now) = (account.id, hop.now);
    let written: Result<(), StorageError> = hop
        .state
        .store
        .write(move |tx| {
            Box::pin(async move {
                account::set_password(tx, &id, Some(&hash), now).await?;
                audit::insert(tx, &event).await
            })
        })
        .await;
    written?;
    Ok(true)
}
