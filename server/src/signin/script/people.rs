//! Accounts and sessions a script asks for by name.

use doorward_domain::account::{Account, owned_address};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::canonical::{IDENTIFIER_LIMIT, lookup_key};
use doorward_domain::engine::Progress;
use doorward_domain::engine::known::{claim, is_any_of, texts};
use doorward_domain::id::AccountId;
use doorward_domain::script::{Event, Question};
use doorward_storage::{StorageError, account, audit, session as sessions};
use serde_json::{Value, json};

use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::session;

/// The question that looks for an account.
const FIND: &str = "user.find";

/// The account that has this username and owns this address, as far as each is asked for.
pub(super) async fn find(hop: &Hop, wanted: Option<&Value>) -> Result<Value, SignInFault> {
    let text = |name: &str| wanted.and_then(|wanted| wanted[name].as_str()).map(str::trim);
    let (username, email) = (text("username"), text("email"));
    let usable = |text: &&str| (1..=IDENTIFIER_LIMIT).contains(&text.len()) && !text.contains('\0');
    let Some(identifier) = username.or(email).filter(usable) else {
        return Ok(Value::Null);
    };
    let found = account::find_by_identifier(hop.state.store.read(), &lookup_key(identifier)).await?;
    let fits = |account: &Account| {
        let is = |wanted: Option<&str>, has: Option<&str>| {
            wanted.is_none_or(|wanted| has.is_some_and(|has| lookup_key(wanted).as_str() == lookup_key(has).as_str()))
        };
        is(username, Some(&account.username)) && is(email, owned_address(&account.attributes))
    };
    Ok(json!(found.filter(fits).map(|account| account.id)))
}

/// The account a script has found before, if a question is about it.
pub(super) async fn found(hop: &Hop, progress: &Progress, who: Option<&Value>) -> Result<Option<Account>, SignInFault> {
    let Some(id) = found_id(progress, who) else {
        return Ok(None);
    };
    Ok(account::find(hop.state.store.read(), &id).await?)
}

/// Only what the script was told is an account of its own finding.
pub(super) fn found_id(progress: &Progress, who: Option<&Value>) -> Option<AccountId> {
    let who = who?.as_str()?;
    let is_told = |event: &Event| {
        let Event::Told(question, answer) = event else {
            return false;
        };
        question.call == FIND && answer.as_str() == Some(who)
    };
    progress.events().iter().any(is_told).then(|| who.parse().ok())?
}

/// What there is to say of an account; `None` where the question is another one.
pub(super) fn about(account: &Account, question: &Question) -> Option<Value> {
    let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
    let claims = account.claims();
    Some(match question.call.as_str() {
        "user" => match text(1) {
            "uniqueId" => json!(account.sub),
            "identifier" | "username" => json!(account.username),
            field @ ("groups" | "roles") => json!(texts(claims.get(field))),
            _ => json!(""),
        },
        "user.claim" if text(1) == "remote" => Value::Null,
        "user.claim" => claim(&claims, text(2)),
        "groups.any" => is_any_of(&claims, "groups", question),
        "roles.any" => is_any_of(&claims, "roles", question),
        _ => return None,
    })
}

/// The sessions of an account.
pub(super) async fn list_sessions(hop: &Hop, account: &AccountId) -> Result<Value, SignInFault> {
    let found = sessions::list_of_account(hop.state.store.read(), account, hop.now).await?;
    let view = |session: &sessions::Session| {
        json!({
            "id": session::name(session),
            "userAgent": session.user_agent,
            "loginTime": session.created_at.timestamp_millis(),
        })
    };
    Ok(found.iter().map(view).collect())
}

/// Ends a session of an account, with the grants made in it. `false` when it has none of this name.
pub(super) async fn end_session(
    hop: &Hop,
    terms: &Terms,
    account: &AccountId,
    name: &str,
) -> Result<bool, SignInFault> {
    let all = sessions::list_of_account(hop.state.store.read(), account, hop.now).await?;
    let Some(session) = all.into_iter().find(|session| session::name(session).as_str() == name) else {
        return Ok(false);
    };
    let event = AuditEvent {
        actor: Actor::System,
        account: Some(account.clone()),
        application: terms.application().map(|application| application.id.clone()),
        sub: Some(session.sub),
        detail: json!({"by": "script"}),
        ..hop.event(AuditAction::SignedOut)
    };
    let (key, now) = (session.key, hop.now);
    let ended = hop.state.store.write(move |tx| {
        Box::pin(async move {
            let ended = sessions::revoke(tx, &key, now).await?;
            if ended {
                audit::insert(tx, &event).await?;
            }
            Ok::<_, StorageError>(ended)
        })
    });
    Ok(ended.await?)
}
