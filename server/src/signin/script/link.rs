//! Links the provider's identity of this sign-in to the account that a script names. It is written with the step that
//! the script goes on to, or not at all.

use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::canonical::{IDENTIFIER_LIMIT, lookup_key};
use doorward_domain::engine::{Person, Progress};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::AccountId;
use doorward_domain::script::Question;
use doorward_domain::script_link;
use doorward_storage::account;
use doorward_storage::sign_in::{self, AccountWrite, FactorWrite, HolderWrite, PasskeyWrite};
use serde_json::{Value, json};

use crate::signin::fault::SignInFault;
use crate::signin::federated::{about, new_link};
use crate::signin::finish::Effects;
use crate::signin::hop::{Hop, Terms};

/// A link that a script has made.
pub struct Association {
    effects: Effects,
    holder: Option<AccountId>,
}

impl Association {
    /// Writes it together with what the step writes.
    pub fn enter(self, into: &mut Effects) {
        let Self { effects, holder } = self;
        into.link = effects.link.or(into.link.take());
        into.account = into.account.take().or(effects.account);
        into.audit.extend(effects.audit);
        leave_behind(into, holder);
    }
}

/// From now on the account's own factors count: what was kept without an account goes, also where this very step has
/// used it. What the step would have begun to keep never comes to be, nor does the line that tells of it.
fn leave_behind(into: &mut Effects, kept: Option<AccountId>) {
    let used = match &into.holder {
        HolderWrite::None | HolderWrite::Insert(_) => None,
        HolderWrite::Use { holder, .. } => Some(holder.clone()),
        HolderWrite::BecomeAccount(_) | HolderWrite::Erase(_) => return,
    };
    let is_of_account = |owner: &FactorOwner| owner.account().is_some();
    into.factors.retain(|write| match write {
        FactorWrite::Enrol(factor) => is_of_account(&factor.owner),
        FactorWrite::Use { .. } | FactorWrite::Spend { .. } | FactorWrite::Renew { .. } => true,
    });
    into.passkeys.retain(|write| match write {
        PasskeyWrite::Enrol { passkey, .. } => is_of_account(&passkey.owner),
        PasskeyWrite::Use { .. } => true,
    });
    let tells_of_kept = |event: &AuditEvent| event.action == AuditAction::FactorEnrolled && event.account.is_none();
    into.audit.retain(|event| !tells_of_kept(event));
    into.holder = kept.or(used).map_or(HolderWrite::None, HolderWrite::Erase);
}

/// What a script is told.
pub(super) enum Linked {
    /// Whether the person is the account's already.
    Told(bool),
    /// From here on the person is the account's owner.
    Now(Box<(Person, Association)>),
}

/// Answers the question.
///
/// # Errors
/// Those of the database.
pub(super) async fn link(
    hop: &Hop,
    terms: &Terms,
    progress: &Progress,
    question: &Question,
) -> Result<Linked, SignInFault> {
    let Some(account) = named(hop, question).await? else {
        return Ok(Linked::Told(false));
    };
    let Some(key) = script_link::wanted(progress, question) else {
        let own = progress.person().and_then(Person::account);
        let is_theirs = own == Some(&account.id) && script_link::is_of_person(progress, question);
        return Ok(Linked::Told(is_theirs));
    };
    let connection = hop.snapshot.connection(&key.connection);
    let Some(connection) = connection.filter(|connection| script_link::is_allowed(connection)) else {
        return Ok(Linked::Told(false));
    };
    let found = sign_in::look_up(hop.state.store.read(), key, None, None, &hop.subs(key)).await?;
    if account.status != AccountStatus::Active
        || has_unproven_address(&account)
        || (found.is_kept_out && found.linked.is_none())
        || found.linked.is_some_and(|linked| linked.id != account.id)
    {
        return Ok(Linked::Told(false));
    }
    let event = AuditEvent {
        actor: Actor::System,
        application: terms.application().map(|application| application.id.clone()),
        detail: json!({"by": "script"}),
        ..about(hop, AuditAction::Linked, &account.id, &account.sub, connection)
    };
    let effects = Effects {
        link: Some(new_link(hop, key.clone(), &account.id)),
        account: Some(AccountWrite::Use {
            account: account.id.clone(),
            at: hop.now,
        }),
        audit: vec![event],
        ..Effects::default()
    };
    let claims = account.claims();
    let passing = progress.person().and_then(Person::passing_claims).cloned();
    let mapped = passing.unwrap_or_default();
    let person = Person::with_account(account.id, account.sub, &claims, &mapped, connection);
    let association = Association {
        effects,
        holder: found.holder,
    };
    Ok(Linked::Now(Box::new((person, association))))
}

/// Whoever made such an account may not be who its address says: it is nobody's to link until somebody has proved the
/// address (S1).
fn has_unproven_address(account: &Account) -> bool {
    account.attributes.contains_key("email") && account.owned_address().is_none()
}

/// The account of this username; an address names nobody here.
async fn named(hop: &Hop, question: &Question) -> Result<Option<Account>, SignInFault> {
    let name = question.args.get(1).and_then(Value::as_str).map(str::trim);
    let usable = |name: &&str| (1..=IDENTIFIER_LIMIT).contains(&name.len()) && !name.contains('\0');
    let Some(name) = name.filter(usable) else {
        return Ok(None);
    };
    let key = lookup_key(name);
    let found = account::find_by_identifier(hop.state.store.read(), &key).await?;
    Ok(found.filter(|account| lookup_key(&account.username).as_str() == key.as_str()))
}
