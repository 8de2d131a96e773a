//! The answer of a sign-in once more, for its own browser: whoever presses a button twice drops the answer to the first
//! press, and with it the session's cookie and the code.
//!
//! Both are computed (`session::token_of`, `grant::code_of`), so nothing is made or written a second time, and the code
//! works once all the same. They are given for ten seconds, and only while nobody has redeemed the code.

use chrono::Duration;
use doorward_domain::id::TransactionId;
use doorward_oidc::authorize::AuthorizationResponse;
use doorward_storage::grant as grants;

use super::Answer;
use crate::signin::fault::SignInFault;
use crate::signin::grant::{self, GrantDocument};
use crate::signin::hop::Hop;
use crate::signin::transaction::Transaction;
use crate::signin::{carrier, session};

/// How long after its end a sign-in is answered again.
const AGAIN: Duration = Duration::seconds(10);

/// The answer for the browser that holds the transaction. `sub` is who has just shown who they are, where a first proof
/// was sent: somebody else's sign-in is not theirs, whoever gave them the transaction.
///
/// # Errors
/// Those of the database.
pub async fn to_holder(hop: &Hop, transaction: &Transaction, sub: Option<&str>) -> Result<Option<Answer>, SignInFault> {
    let token = session::token_of(&hop.state.keyring, transaction);
    let key = session::key_of(&hop.state.keyring, &token);
    let Some(response) = find(hop, &transaction.id, &key, sub).await? else {
        return Ok(None);
    };
    let cookies = [
        carrier::forget(&hop.state, transaction),
        session::cookie_of(hop, &token),
    ];
    Ok(Some(Answer::new(
        response.deliver(),
        cookies.into_iter().flatten().collect(),
    )))
}

/// The answer for a browser that has the session which the transaction ended in, and the transaction no more: it has
/// seen the cookies of the first answer. `fault` is why the transaction is not open there.
///
/// # Errors
/// `fault` where there is no such answer; those of the database.
pub async fn to_session(hop: &Hop, transaction: &TransactionId, fault: SignInFault) -> Result<Answer, SignInFault> {
    let key = session::key(hop).filter(|_| matches!(fault, SignInFault::NotThisBrowser));
    let Some(key) = key else {
        return Err(fault);
    };
    match find(hop, transaction, &key, None).await? {
        Some(response) => Ok(Answer::new(response.deliver(), vec![])),
        None => Err(fault),
    }
}

async fn find(
    hop: &Hop,
    transaction: &TransactionId,
    session: &[u8],
    sub: Option<&str>,
) -> Result<Option<AuthorizationResponse>, SignInFault> {
    let (code, hash) = grant::code_of(hop, transaction, session);
    let since = hop.now - AGAIN;
    let found = grants::find_unredeemed(hop.state.store.read(), hash.as_str().as_bytes(), since).await?;
    let Some(found) = found.filter(|found| sub.is_none_or(|sub| sub == found.sub)) else {
        return Ok(None);
    };
    let document = GrantDocument::parse(&found.request).ok_or(SignInFault::Broken("a grant cannot be read"))?;
    tracing::info!(request_id = hop.request_id, "a sign-in was answered again");
    Ok(Some(document.request.succeed(hop.state.issuer(), &code)))
}
