//! Who may use the console: the browser's session, if it is an administrator's, and what they show anew before a change
//! that wants it (security.md S48).

use doorward_app::api::session::Administrator;
use doorward_domain::account::{Account, Role};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::flow::AuthOption;
use doorward_domain::self_service::{self as rules, Holdings};
use doorward_storage::{audit, session as sessions};
use http::HeaderValue;

use super::cookie::SESSION;
use super::fault::SignInFault;
use super::finish::Answer;
use super::hop::Hop;
use super::self_service::{self, Arrival, Visitor, holdings};
use super::session;

/// The first page.
pub const HOME: &str = "/console";

/// Where an administrator shows anew who they are.
pub const PROVE: &str = "/console/prove";

/// The page after a proof. The form that wanted it waits in another tab, with everything typed.
pub const PROVEN: &str = "/console/proven";

/// The administrator who is signed in in this browser. Only a session with a password in its evidence counts: nobody
/// enters the console on a provider's word alone.
///
/// # Errors
/// Those of the database.
pub async fn console_session(hop: &Hop) -> Result<Option<Visitor>, SignInFault> {
    let Arrival::Visitor(visitor) = self_service::arrival(hop).await? else {
        return Ok(None);
    };
    let flow = doorward_domain::flow::SignInFlow::password_only();
    let may_enter = visitor.account.role == Role::Administrator
        && doorward_domain::engine::covers(&flow, &visitor.session.evidence);
    Ok(may_enter.then_some(*visitor))
}

/// What somebody is called who is signed in in this browser and is no administrator: the console is closed to them.
///
/// # Errors
/// Those of the database.
pub async fn no_administrator(hop: &Hop) -> Result<Option<String>, SignInFault> {
    let Arrival::Visitor(visitor) = self_service::arrival(hop).await? else {
        return Ok(None);
    };
    let account = visitor.account;
    Ok((account.role != Role::Administrator).then(|| account.display_name().to_owned()))
}

/// Whether an administrator has shown a moment ago who they are: by the password, and by what confirms the account.
///
/// # Errors
/// Those of the database.
pub async fn is_proven(hop: &Hop, visitor: &Visitor) -> Result<bool, SignInFault> {
    let have = own_holdings(hop, visitor).await?;
    let (evidence, life) = (&visitor.session.evidence, rules::CONSOLE_PROOF_LIFE);
    let recent = rules::recent(evidence, life, hop.now);
    let by_password = recent.iter().any(|piece| piece.option == AuthOption::Password);
    Ok(by_password && rules::is_proven(evidence, &have, life, hop.now))
}

/// Has an administrator show it, who need not where they just have.
///
/// # Errors
/// What stops it.
pub async fn prove(hop: &Hop, visitor: &Visitor) -> Result<Answer, SignInFault> {
    if is_proven(hop, visitor).await? {
        return Ok(Answer::redirect(PROVEN.to_owned(), vec![]));
    }
    let have = own_holdings(hop, visitor).await?;
    self_service::prove_by(hop, visitor, &have, PROVEN.to_owned()).await
}

/// What the account has of its own: a provider's word proves nobody to the console. Backup codes that are all used up, and
/// have nothing beside them, confirm nobody: whoever has them mends that here.
async fn own_holdings(hop: &Hop, visitor: &Visitor) -> Result<Holdings, SignInFault> {
    let have = holdings::of(hop, &visitor.account).await?;
    let are_of_use = have.may_have_codes() || have.codes_left.is_some_and(|left| left > 0);
    Ok(Holdings {
        links: vec![],
        codes_left: have.codes_left.filter(|_| are_of_use),
        ..have
    })
}

/// What the console knows of its administrator.
#[must_use]
pub fn view(account: &Account) -> Administrator {
    let email = account
        .attributes
        .get("email")
        .and_then(|attribute| attribute.value.as_str());
    Administrator {
        account: account.id.clone(),
        display_name: account.display_name().to_owned(),
        email: email.map(str::to_owned),
    }
}

/// Ends the browser's session with everything that was granted in it, and the cookie.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(hop: &Hop) -> Result<Option<HeaderValue>, SignInFault> {
    let Some(found) = session::find(hop).await? else {
        return Ok(hop.cookies().remove(SESSION));
    };
    let event = AuditEvent {
        account: found.account.as_ref().map(|account| account.id.clone()),
        sub: Some(found.sub.clone()),
        ..hop.event(AuditAction::SignedOut)
    };
    let (key, now) = (found.key, hop.now);
    hop.state
        .store
        .write(move |tx| {
            Box::pin(async move {
                sessions::revoke(tx, &key, now).await?;
                audit::insert(tx, &event).await?;
                Ok::<_, doorward_storage::StorageError>(())
            })
        })
        .await?;
    Ok(hop.cookies().remove(SESSION))
}

/// A path of the console to go to after signing in; anything else is the console's first page (S30). Parsed once, and
/// what was parsed is what is used.
#[must_use]
pub fn checked_return_to(text: Option<&str>) -> String {
    let plain = |text: &str| {
        let inside = text == HOME || text.starts_with("/console/") || text.starts_with("/console?");
        inside
            && text.len() <= 1024
            && !text.contains("..")
            && !text.contains("//")
            && text
                .bytes()
                .all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'`'))
    };
    text.filter(|text| plain(text)).unwrap_or(HOME).to_owned()
}
