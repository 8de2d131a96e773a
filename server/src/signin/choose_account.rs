//! Choosing an account (`prompt=select_account`, OpenID Connect Core §3.1.2.1): a browser has one session, so the choice
//! is between going on with it and signing in anew.

use doorward_domain::id::SessionId;
use doorward_oidc::authorize::{AuthorizationRequest, Prompt};
use serde_json::Value;

use super::dispatcher::{self, Failed};
use super::finish::Answer;
use super::hop::{Hop, Terms};
use super::session;
use super::transaction::{Target, Transaction};

/// The account to go on with.
pub struct Signed {
    /// What the page calls the session; it opens nothing.
    pub key: SessionId,
    pub name: String,
    /// Address or username, where it says more than the name.
    pub detail: Option<String>,
}

/// Whether the person is to be asked before anything else.
#[must_use]
pub fn is_asked(request: &AuthorizationRequest) -> bool {
    request.prompt.contains(Prompt::SelectAccount)
}

/// Where the question is.
#[must_use]
pub fn address(transaction: &Transaction) -> String {
    format!("{}/account", dispatcher::address(transaction))
}

/// Who is signed in in this browser. `None` when there is nothing to choose from.
///
/// # Errors
/// Those of the database.
pub async fn signed(hop: &Hop) -> Result<Option<Signed>, super::fault::SignInFault> {
    let Some(session) = session::find(hop).await? else {
        return Ok(None);
    };
    let Some(person) = session::person(&hop.state.keyring, &session) else {
        return Ok(None);
    };
    let claims = session::claims(&session, &person);
    let text = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let username = session.account.as_ref().map(|account| account.username.clone());
    let known_by = text("email").or(username).or_else(|| text("preferred_username"));
    let name = text("name").or_else(|| known_by.clone()).unwrap_or_default();
    Ok(Some(Signed {
        key: session::name(&session),
        detail: known_by.filter(|detail| *detail != name),
        name,
    }))
}

/// Goes on with the account of this browser's session, as far as it is good for what was asked; else the person signs
/// in, as `login select_account` asks for in any case.
///
/// # Errors
/// What stops it.
pub async fn go_on(hop: &Hop, terms: &Terms, mut transaction: Transaction) -> Result<Answer, Failed> {
    let Target::Application(request) = &mut transaction.target else {
        return dispatcher::begin(hop, terms, transaction).await;
    };
    request.prompt = request
        .prompt
        .iter()
        .filter(|prompt| *prompt != Prompt::SelectAccount)
        .collect();
    let request = (**request).clone();
    match dispatcher::sign_on(hop, terms, &transaction, &request).await {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => dispatcher::begin(hop, terms, transaction).await,
        Err(fault) => Err(Failed::within(transaction, fault)),
    }
}
