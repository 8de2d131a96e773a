//! Makes tokens.

use doorward_domain::Timestamp;
use doorward_domain::application::{Application, GrantType};
use doorward_oidc::claims::claims_for;
use doorward_oidc::mint::{AccessToken, IdToken};
use doorward_oidc::scope::{Scope, ScopeSet};
use doorward_oidc::token::TokenResponse;
use doorward_storage::grant::Grant;

use crate::http::oidc::failure::Failure;
use crate::signin::grant::{self, ACCESS_TOKEN_SECONDS, GrantDocument, ID_TOKEN_SECONDS};
use crate::snapshot::Snapshot;
use crate::state::AppState;

/// One request of an authenticated application.
pub(super) struct Call<'a> {
    pub state: &'a AppState,
    pub snapshot: &'a Snapshot,
    pub application: &'a Application,
    pub now: Timestamp,
}

/// Whether these are the first tokens of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    First,
    /// Without a nonce (OpenID Connect Core §12.2).
    Refreshed,
}

impl Call<'_> {
    /// An access token for the application itself (RFC 6749 §4.4). Nothing is stored: it ends by itself.
    ///
    /// # Errors
    /// `Key`.
    pub fn for_itself(&self) -> Result<TokenResponse, Failure> {
        let token = AccessToken {
            subject: &self.application.client_id,
            scope: ScopeSet::default(),
            grant_id: None,
            auth_time: None,
            acr: None,
            ..self.access_token()
        };
        let signed = token.mint(
            &self.snapshot.keys,
            self.application.protocol.id_token_signed_response_alg,
        )?;
        Ok(TokenResponse::new(signed, ACCESS_TOKEN_SECONDS, ScopeSet::default()))
    }

    /// Tokens about a person. A refresh token goes to every application that may use one; with `offline_access` it
    /// outlives the browser's session, without it ends with that.
    ///
    /// # Errors
    /// `Key`, `Grant`, `Unreadable`.
    pub fn for_person(
        &self,
        grant: &Grant,
        document: &GrantDocument,
        scope: ScopeSet,
        kind: Kind,
    ) -> Result<TokenResponse, Failure> {
        let subject = self.state.oidc.subjects.for_application(self.application, &grant.sub);
        let (acr, amr) = document.assurance();
        let token = AccessToken {
            subject: &subject,
            scope,
            grant_id: Some(&grant.id),
            auth_time: document.auth_time(),
            acr: Some(acr),
            ..self.access_token()
        };
        let alg = self.application.protocol.id_token_signed_response_alg;
        let access_token = token.mint(&self.snapshot.keys, alg)?;
        let id_token = if scope.contains(Scope::Openid) {
            let claims = grant::claims(&self.state.keyring, grant)?;
            let required = &self.application.protocol.required_claims;
            let id_token = IdToken {
                issuer: self.state.issuer(),
                subject: &subject,
                client_id: &self.application.client_id,
                now: self.now,
                life_seconds: ID_TOKEN_SECONDS,
                auth_time: document.auth_time().ok_or(Failure::Unreadable)?,
                nonce: document.request.nonce.as_deref().filter(|_| kind == Kind::First),
                acr: Some(acr),
                amr,
                session_id: document.sid.as_deref(),
                access_token: Some(&access_token),
                claims: &claims_for(scope, &document.request.claims.id_token, required, &claims),
            };
            Some(id_token.mint(&self.snapshot.keys, alg)?)
        } else {
            None
        };
        let refresh_token = self.refresh_token(grant)?;
        let mut response = TokenResponse::new(access_token, ACCESS_TOKEN_SECONDS, scope);
        response.id_token = id_token;
        response.refresh_token = refresh_token;
        Ok(response)
    }

    fn access_token(&self) -> AccessToken<'_> {
        AccessToken {
            issuer: self.state.issuer(),
            audience: self.state.issuer(),
            subject: "",
            client_id: &self.application.client_id,
            scope: ScopeSet::default(),
            grant_id: None,
            id: self.state.random.bytes(),
            now: self.now,
            life_seconds: ACCESS_TOKEN_SECONDS,
            auth_time: None,
            acr: None,
        }
    }

    fn refresh_token(&self, grant: &Grant) -> Result<Option<String>, Failure> {
        let alive = grant.refresh_expires_at.is_some_and(|ends| ends > self.now);
        if !alive || !self.application.protocol.allows(GrantType::RefreshToken) {
            return Ok(None);
        }
        let generation = u32::try_from(grant.refresh_generation).map_err(|_| Failure::Unreadable)?;
        Ok(Some(self.state.oidc.refresh_tokens.issue(&grant.id, generation)))
    }
}
