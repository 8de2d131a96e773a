//! Grants: what a sign-in allowed an application, and the code it is told by.

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::application::{Application, GrantType};
use doorward_domain::assurance::{Evidence, assess, auth_time};
use doorward_domain::engine::Person;
use doorward_domain::id::GrantId;
use doorward_domain::id::TransactionId;
use doorward_oidc::authorize::AuthorizationRequest;
use doorward_oidc::scope::Scope;
use doorward_oidc::token::code::{self, CodeHash};
use doorward_storage::grant::NewGrant;
use doorward_storage::session::SessionKey;
use doorward_vault::{Keyring, Purpose};
use serde::{Deserialize, Serialize};

use super::fault::SignInFault;
use super::hop::Hop;
use super::session;
use crate::snapshot::Snapshot;

/// Life of an access token. Short, because a resource server that checks it alone learns nothing of a revocation.
pub const ACCESS_TOKEN_SECONDS: u32 = 600;
/// Life of an ID token: it is read at once.
pub const ID_TOKEN_SECONDS: u32 = 600;
/// Life of a refresh token with `offline_access`, and so the longest absence it survives.
const OFFLINE_LIFE: Duration = Duration::days(30);

/// What was asked and achieved; kept with the grant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GrantDocument {
    pub request: AuthorizationRequest,
    pub evidence: Vec<Evidence>,
    /// The steps a script asked for, counted from 0; absent where all steps run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

impl GrantDocument {
    /// Reads a grant's document.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// When the person last proved something.
    #[must_use]
    pub fn auth_time(&self) -> Option<Timestamp> {
        auth_time(&self.evidence)
    }

    /// Takes the evidence as it counts by the settings now. Whether it reaches the level that it had (S35, S36).
    pub fn renew(&mut self, snapshot: &Snapshot) -> bool {
        let renewed = snapshot.renewed(&self.evidence);
        let is_as_strong = renewed == self.evidence || assess(&renewed).0 == self.assurance().0;
        self.evidence = renewed;
        is_as_strong
    }

    /// Level and checks, from the evidence (S36).
    #[must_use]
    pub fn assurance(&self) -> (&'static str, Vec<&'static str>) {
        assess(&self.evidence)
    }
}

/// What a grant is made of.
pub struct Granting<'a> {
    pub transaction: &'a TransactionId,
    pub application: &'a Application,
    pub request: &'a AuthorizationRequest,
    pub person: &'a Person,
    pub evidence: &'a [Evidence],
    pub path: Option<&'a [u32]>,
    pub session: &'a SessionKey,
    pub session_ends: Timestamp,
}

/// Makes a grant and its code.
///
/// # Errors
/// `Broken` when the document cannot be written, which cannot happen.
pub fn make(hop: &Hop, granting: &Granting<'_>) -> Result<(NewGrant, String), SignInFault> {
    let Granting {
        transaction,
        application,
        request,
        person,
        evidence,
        path,
        session,
        session_ends,
    } = granting;
    let state = &hop.state;
    let id = GrantId::from_random(state.random.id());
    let (code, hash) = code_of(hop, transaction, session);
    let code_ends = hop.now + Duration::seconds(code::LIFE_SECONDS.into());
    let offline = request.scope.contains(Scope::OfflineAccess);
    let refreshes = application.protocol.allows(GrantType::RefreshToken);
    let refresh_ends = refreshes.then(|| if offline { hop.now + OFFLINE_LIFE } else { *session_ends });
    let document = GrantDocument {
        request: (*request).clone(),
        evidence: evidence.to_vec(),
        path: path.map(<[u32]>::to_vec),
        sid: Some(session::public_id(&state.keyring, session)),
    };
    let json = serde_json::to_string(&document).map_err(|_| SignInFault::Broken("a grant cannot be written"))?;
    let tokens_end = code_ends + Duration::seconds(ACCESS_TOKEN_SECONDS.into());
    let grant = NewGrant {
        transaction: (*transaction).clone(),
        application: application.id.clone(),
        // With offline access it outlives the session.
        session: (!offline).then(|| (*session).clone()),
        account: person.account().cloned(),
        sub: person.sub().to_owned(),
        code_hash: Some(hash.as_str().as_bytes().to_vec()),
        code_expires_at: Some(code_ends),
        request: json,
        sealed_claims: seal_claims(&state.keyring, &id, person),
        refresh_expires_at: refresh_ends,
        ends_at: refresh_ends.map_or(tokens_end, |ends| {
            ends.max(tokens_end) + Duration::seconds(ACCESS_TOKEN_SECONDS.into())
        }),
        created_at: hop.now,
        id,
    };
    Ok((grant, code))
}

/// The code that a transaction ends with in a session, and what is stored of it. It is computed, so that it can be given
/// again to a browser that saw no answer (`finish::again`); without our key nobody computes it.
#[must_use]
pub fn code_of(hop: &Hop, transaction: &TransactionId, session: &[u8]) -> (String, CodeHash) {
    let state = &hop.state;
    let parts: [&[u8]; 3] = [b"code", transaction.as_str().as_bytes(), session];
    state.oidc.codes.issue(state.keyring.mac(Purpose::Code, &parts))
}

fn seal_claims(keyring: &Keyring, grant: &GrantId, person: &Person) -> Option<Vec<u8>> {
    let claims = person.passing_claims()?;
    let json = serde_json::to_vec(claims).unwrap_or_default();
    Some(keyring.seal(Purpose::Claims, grant.as_str().as_bytes(), &json))
}

/// The claims a grant gives out: those sealed in it, else those of its account as it is now.
///
/// # Errors
/// `Broken` when they cannot be opened.
pub fn claims(
    keyring: &Keyring,
    grant: &doorward_storage::grant::Grant,
) -> Result<doorward_domain::Claims, SignInFault> {
    match (&grant.sealed_claims, &grant.account) {
        (Some(sealed), _) => {
            let json = keyring.open(Purpose::Claims, grant.id.as_str().as_bytes(), sealed);
            let claims = json.ok().and_then(|json| serde_json::from_slice(&json).ok());
            claims.ok_or(SignInFault::Broken("the claims of a grant cannot be opened"))
        }
        (None, Some(account)) => Ok(account.claims()),
        (None, None) => Ok(doorward_domain::Claims::new()),
    }
}
