//! What a person changes in their own account. Whatever takes something away, or sets a password, ends what is signed
//! in elsewhere, and this browser gets a new session (S16, S34).

use doorward_app::hosted::page::self_service::Done;
use doorward_domain::account::{Attribute, AttributeSource, Attributes};
use doorward_domain::assurance::{Evidence, who};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::factor::FactorKind;
use doorward_domain::id::{ConnectionId, FactorId, SessionId};
use doorward_domain::passkey as names;
use doorward_domain::self_service::may_edit;
use doorward_domain::subject::LinkKey;
use doorward_storage::session::{self as sessions, NewSession};
use doorward_storage::{StorageError, Tx, account, administration, audit, factor, grant, link, passkey};
use doorward_vault::Purpose;
use http::HeaderValue;
use serde_json::{Value, json};

use super::{Visitor, event, holdings, notice, person};
use crate::signin::cookie::{self, SESSION};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::session;

/// What a person takes away from their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    App,
    Passkey(FactorId),
    Link(LinkKey),
}

/// The new session of this browser, when everything else ends.
struct Renewed {
    new: Option<NewSession>,
    cookie: Option<HeaderValue>,
}

impl Renewed {
    /// With what the session had proven, but for what came through a connection that is unlinked.
    fn of(hop: &Hop, visitor: &Visitor, without: Option<&ConnectionId>) -> Self {
        let kept = |piece: &Evidence| without.is_none_or(|gone| piece.connection.as_ref() != Some(gone));
        let evidence: Vec<Evidence> = visitor.session.evidence.iter().filter(|e| kept(e)).cloned().collect();
        // What only confirmed the provider that goes says by itself nothing of who it is.
        if !who(&visitor.session.evidence).any(kept) {
            return Self {
                new: None,
                cookie: hop.cookies().remove(SESSION),
            };
        }
        let (new, _, cookie) = session::begin_as(hop, &person(&visitor.account), evidence);
        Self { new: Some(new), cookie }
    }
}

async fn end_the_rest(
    tx: &Tx,
    visitor: &Visitor,
    new: Option<&NewSession>,
    hop_now: doorward_domain::Timestamp,
) -> Result<(), StorageError> {
    sessions::revoke_of_account(tx, &visitor.account.id, hop_now).await?;
    grant::revoke_of_account(tx, &visitor.account.id, hop_now).await?;
    match new {
        Some(new) => sessions::insert(tx, new).await,
        None => Ok(()),
    }
}

/// Takes something away. `NotOffered` when it is gone already, or nothing would stay that shows who the person is, or
/// signs them in.
///
/// # Errors
/// Those of the database.
pub async fn remove(hop: &Hop, visitor: &Visitor, removal: Removal) -> Result<Option<HeaderValue>, SignInFault> {
    let (action, detail, done) = match &removal {
        Removal::App => (
            AuditAction::FactorRemoved,
            json!({"factor": FactorKind::Totp.as_str()}),
            Done::AppRemoved,
        ),
        Removal::Passkey(id) => (
            AuditAction::FactorRemoved,
            json!({"factor": "passkey", "passkey": id}),
            Done::PasskeyRemoved,
        ),
        Removal::Link(_) => (AuditAction::Unlinked, Value::Null, Done::Unlinked),
    };
    let through = match &removal {
        Removal::Link(key) => Some(key.connection.clone()),
        Removal::App | Removal::Passkey(_) => None,
    };
    let renewed = Renewed::of(hop, visitor, through.as_ref());
    let event = AuditEvent {
        connection: through,
        detail,
        ..event(hop, &visitor.account, action)
    };
    let (ways, owner, now, new) = (holdings::ways(hop), visitor.clone(), hop.now, renewed.new);
    let removed: bool = hop
        .state
        .store
        .write(move |tx| {
            Box::pin(async move {
                let id = &owner.account.id;
                // Of two removals at once, each would count on what the other takes away.
                administration::hold(tx, id, owner.account.version).await?;
                let have = holdings::load(tx, id, &ways).await?;
                let is_gone = match &removal {
                    Removal::App => have.may_take_factor() && factor::delete(tx, id, FactorKind::Totp).await?,
                    Removal::Passkey(one) => have.may_take_passkey() && passkey::delete(tx, id, one).await?,
                    Removal::Link(key) => {
                        have.may_unlink(holdings::way(&ways, &key.connection)) && link::delete(tx, id, key, now).await?
                    }
                };
                if is_gone {
                    end_the_rest(tx, &owner, new.as_ref(), now).await?;
                    audit::insert(tx, &event).await?;
                }
                Ok::<_, StorageError>(is_gone)
            })
        })
        .await?;
    if !removed {
        return Err(SignInFault::NotOffered);
    }
    notice::send(hop, &visitor.account, done).await;
    Ok(renewed.cookie)
}

/// Sets a password.
///
/// # Errors
/// Those of hashing and of the database.
pub async fn set_password(hop: &Hop, visitor: &Visitor, password: &str) -> Result<Option<HeaderValue>, SignInFault> {
    let hash = hop.state.hasher.hash(password).await?;
    let renewed = Renewed::of(hop, visitor, None);
    let event = event(hop, &visitor.account, AuditAction::PasswordChanged);
    let (owner, now, new) = (visitor.clone(), hop.now, renewed.new);
    hop.state
        .store
        .write(move |tx| {
            Box::pin(async move {
                administration::hold(tx, &owner.account.id, owner.account.version).await?;
                account::set_password(tx, &owner.account.id, Some(&hash), now).await?;
                end_the_rest(tx, &owner, new.as_ref(), now).await?;
                audit::insert(tx, &event).await
            })
        })
        .await?;
    notice::send(hop, &visitor.account, Done::PasswordSet).await;
    Ok(renewed.cookie)
}

/// Gives a passkey another name.
///
/// # Errors
/// `NotOffered` for one that is not theirs, or no name; those of the database.
pub async fn rename(hop: &Hop, visitor: &Visitor, passkey: FactorId, typed: &str) -> Result<(), SignInFault> {
    if typed.trim().is_empty() {
        return Err(SignInFault::NotOffered);
    }
    let name = names::name(typed, &[]);
    let event = AuditEvent {
        detail: json!({"factor": "passkey", "passkey": passkey}),
        ..event(hop, &visitor.account, AuditAction::FactorRenamed)
    };
    let account = visitor.account.id.clone();
    let renamed: bool = hop
        .state
        .store
        .write(move |tx| {
            Box::pin(async move {
                let renamed = passkey::rename(tx, &account, &passkey, &name).await?;
                if renamed {
                    audit::insert(tx, &event).await?;
                }
                Ok::<_, StorageError>(renamed)
            })
        })
        .await?;
    renamed.then_some(()).ok_or(SignInFault::NotOffered)
}

/// Writes what the person typed of their profile: only what is theirs to write, as their own word, and an empty field
/// takes the attribute away.
///
/// # Errors
/// Those of the database.
pub async fn set_profile(hop: &Hop, visitor: &Visitor, typed: &[(&'static str, String)]) -> Result<(), SignInFault> {
    let links = link::list_of_account(hop.state.store.read(), &visitor.account.id).await?;
    let linked: Vec<ConnectionId> = links.into_iter().map(|link| link.key.connection).collect();
    let mut attributes: Attributes = visitor.account.attributes.clone();
    let mut fields = Vec::new();
    for (name, value) in typed {
        let current = attributes.get(*name);
        let is_same = current.map_or(value.is_empty(), |current| current.value == **value);
        if is_same || !may_edit(name, current, &linked) {
            continue;
        }
        fields.push(format!("attributes.{name}"));
        if value.is_empty() {
            attributes.remove(*name);
        } else {
            let attribute = Attribute {
                value: Value::from(value.as_str()),
                source: AttributeSource::Person,
                at: hop.now,
            };
            attributes.insert((*name).to_owned(), attribute);
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    let event = AuditEvent {
        detail: json!({"fields": fields}),
        ..event(hop, &visitor.account, AuditAction::AccountChanged)
    };
    let (owner, now) = (visitor.account.clone(), hop.now);
    hop.state
        .store
        .write(move |tx| {
            Box::pin(async move {
                account::set_attributes(tx, &owner.id, owner.version, &owner.username, &attributes, now).await?;
                audit::insert(tx, &event).await
            })
        })
        .await?;
    Ok(())
}

/// Ends one other session of the person, or all of them, with everything that was granted in them.
///
/// # Errors
/// Those of the database.
pub async fn end_sessions(hop: &Hop, visitor: &Visitor, only: Option<&SessionId>) -> Result<(), SignInFault> {
    let all = sessions::list_of_account(hop.state.store.read(), &visitor.account.id, hop.now).await?;
    let keys: Vec<_> = all
        .iter()
        .filter(|one| one.key != visitor.session.key)
        .filter(|one| only.is_none_or(|name| session::name(one) == *name))
        .map(|one| one.key.clone())
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let event = AuditEvent {
        detail: json!({"sessions": keys.len()}),
        ..event(hop, &visitor.account, AuditAction::SignedOut)
    };
    let now = hop.now;
    hop.state
        .store
        .write(move |tx| {
            Box::pin(async move {
                for key in &keys {
                    sessions::revoke(tx, key, now).await?;
                }
                audit::insert(tx, &event).await
            })
        })
        .await?;
    Ok(())
}

/// What the page calls a link: it says nothing of the subject.
#[must_use]
pub fn link_name(hop: &Hop, key: &LinkKey) -> String {
    let mac = hop.state.keyring.mac(Purpose::Csrf, &[b"link", &key.canonical_bytes()]);
    cookie::encode(&mac[..16])
}
