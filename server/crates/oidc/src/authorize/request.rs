//! A valid authorization request, as the engine carries it through the sign-in.

use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::id::ApplicationId;
use serde::{Deserialize, Serialize};

use super::claims_request::ClaimsRequest;
use super::error::{AuthorizationError, ErrorCode};
use super::prompt::{Prompt, PromptSet};
use super::response::AuthorizationResponse;
use crate::jose::SigningKeys;
use crate::mint::verify_id_token_hint;
use crate::scope::{Scope, ScopeSet};

/// How the response reaches the application. `fragment` is refused: there it stays in the browser's history and leaks
/// to scripts (RFC 9700 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of a redirect.
    #[default]
    Query,
    /// In a form that posts itself.
    FormPost,
}

/// How the application would like pages to look (OpenID Connect Core §3.1.2.1). Ours fit any window, so it is a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Display {
    Page,
    Popup,
    Touch,
    Wap,
}

/// A valid authorization request. Serialises compactly, because it travels in the transaction's cookie; short names are
/// part of that format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    #[serde(rename = "a")]
    pub application_id: ApplicationId,
    /// Where the answer goes: verified, byte for byte as sent.
    #[serde(rename = "r")]
    pub redirect_uri: String,
    /// How the answer goes there.
    #[serde(rename = "m", default, skip_serializing_if = "is_default")]
    pub response_mode: ResponseMode,
    /// What is asked for, without the scopes we do not know.
    #[serde(rename = "s", default, skip_serializing_if = "is_default")]
    pub scope: ScopeSet,
    /// Given back untouched.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Goes into the ID token.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// PKCE, always `S256` (RFC 7636 §4.3).
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
    /// What the person is to be asked.
    #[serde(rename = "p", default, skip_serializing_if = "is_default")]
    pub prompt: PromptSet,
    /// Oldest authentication that still counts, in seconds; the application's default when the request names none.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
    /// Who the application thinks it is; untrusted, at most 320 characters.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Levels the application would like, best first.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// Languages of the person, best first.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales: Vec<String>,
    /// Single claims asked for.
    #[serde(rename = "q", default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// How pages should look.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// `sub` of a verified `id_token_hint`: the answer must be about this person.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub hinted_subject: Option<String>,
    /// The hint as sent. It is too large to travel: [`AuthorizationRequest::resolve_hint`] replaces it by its subject.
    #[serde(skip)]
    pub id_token_hint: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl AuthorizationRequest {
    /// Verifies `id_token_hint` and keeps the subject it names. Call it once, right after validation.
    ///
    /// # Errors
    /// `invalid_request` for a hint that is not an ID token of ours for this application. A hint past its `exp` is fine
    /// (OpenID Connect Core §3.1.2.1).
    pub fn resolve_hint(
        mut self,
        keys: &SigningKeys,
        issuer: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<Self, AuthorizationError> {
        if let Some(token) = self.id_token_hint.take() {
            match verify_id_token_hint(keys, &token, issuer, now) {
                Ok(hint) if hint.client_id == client_id => self.hinted_subject = Some(hint.subject),
                Ok(_) | Err(_) => return Err(self.error(ErrorCode::InvalidRequest, "The id_token_hint is not valid.")),
            }
        }
        Ok(self)
    }

    /// Whether an ID token is to be issued.
    #[must_use]
    pub fn is_openid(&self) -> bool {
        self.scope.contains(Scope::Openid)
    }

    /// Whether pages may be shown.
    #[must_use]
    pub fn allows_pages(&self) -> bool {
        !self.prompt.contains(Prompt::Silent)
    }

    /// Whether an authentication of that time is too old for this request, or the application wants a new one anyway.
    ///
    /// `prompt=login` asks for a new one in every case: pass only the `auth_time` from before this transaction.
    #[must_use]
    pub fn needs_new_authentication(&self, auth_time: Timestamp, now: Timestamp) -> bool {
        let age = now.signed_duration_since(auth_time).num_seconds();
        self.prompt.contains(Prompt::Login)
            || self.prompt.contains(Prompt::Create)
            || self.max_age_seconds.is_some_and(|max| max == 0 || age > i64::from(max))
    }

    /// Whether the answer may be about this person: `id_token_hint` and a `sub` asked for by value must agree.
    /// `subject` is the `sub` this application sees. If not: `login_required`.
    #[must_use]
    pub fn accepts_subject(&self, subject: &str) -> bool {
        let hinted = self.hinted_subject.as_deref().is_none_or(|hinted| hinted == subject);
        hinted && self.claims.subject().is_none_or(|asked| asked == subject)
    }

    /// Whether the level reached is enough. If not: `unmet_authentication_requirements`.
    #[must_use]
    pub fn accepts_acr(&self, acr: &str) -> bool {
        let essential = self.claims.essential_acr();
        essential.is_empty() || essential.contains(&acr)
    }

    /// Whether the application, as it is now, may still get the answer. It may have changed since the request came.
    #[must_use]
    pub fn is_still_allowed(&self, application: &Application) -> bool {
        application.id == self.application_id
            && application.enabled
            && application.protocol.redirects_to(&self.redirect_uri)
    }

    /// The response that carries the code.
    #[must_use]
    pub fn succeed(&self, issuer: &str, code: &str) -> AuthorizationResponse {
        AuthorizationResponse::new(&self.redirect_uri, self.response_mode, self.state.as_deref(), issuer)
            .with("code", code.to_owned())
    }

    /// An error for this request's application.
    #[must_use]
    pub fn error(&self, code: ErrorCode, description: &'static str) -> AuthorizationError {
        AuthorizationError {
            code,
            description,
            redirect_uri: self.redirect_uri.clone(),
            response_mode: self.response_mode,
            state: self.state.clone(),
        }
    }
}
