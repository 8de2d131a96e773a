//! Token requests of the three grants (RFC 6749 §4.1.3, §4.4.2, §6).

use doorward_domain::application::{Application, GrantType};
use doorward_domain::secret::SecretText;

use super::error::{TokenError, TokenErrorCode};
use super::pkce;
use super::refused::GrantRefused;
use crate::authorize::AuthorizationRequest;
use crate::params::Params;
use crate::scope::ScopeSet;

/// What an authenticated application asks for.
#[derive(Debug, Clone)]
pub enum TokenRequest {
    /// Tokens for a code.
    AuthorizationCode(CodeExchange),
    /// New tokens for a refresh token.
    RefreshToken(Refresh),
    /// A token for the application itself.
    ClientCredentials,
}

/// A code to be exchanged.
#[derive(Debug, Clone)]
pub struct CodeExchange {
    /// The code; look it up by [`super::Codes::hash`].
    pub code: SecretText,
    redirect_uri: String,
    code_verifier: Option<SecretText>,
}

/// A refresh token to be rotated.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// The token; read it with [`super::RefreshTokens::open`].
    pub refresh_token: SecretText,
    /// Fewer scopes than granted, for the new access token only (RFC 6749 §6).
    pub scope: Option<ScopeSet>,
}

impl TokenRequest {
    /// Reads a request of this application.
    ///
    /// # Errors
    /// `invalid_request`, `unsupported_grant_type`, `unauthorized_client` or `invalid_scope`.
    pub fn parse(params: &Params, application: &Application) -> Result<Self, TokenError> {
        let grant = match params.get("grant_type") {
            Some("authorization_code") => GrantType::AuthorizationCode,
            Some("refresh_token") => GrantType::RefreshToken,
            Some("client_credentials") => GrantType::ClientCredentials,
            Some(_) => {
                return Err(TokenError::new(
                    TokenErrorCode::UnsupportedGrantType,
                    "This grant_type is not supported.",
                ));
            }
            None => return Err(missing("The parameter grant_type is missing.")),
        };
        if !application.protocol.allows(grant) {
            return Err(TokenError::new(
                TokenErrorCode::UnauthorizedClient,
                "The application may not use this grant_type.",
            ));
        }
        match grant {
            GrantType::AuthorizationCode => code_exchange(params),
            GrantType::RefreshToken => refresh(params),
            GrantType::ClientCredentials => client_credentials(params),
        }
    }
}

fn missing(sentence: &'static str) -> TokenError {
    TokenError::new(TokenErrorCode::InvalidRequest, sentence)
}

fn code_exchange(params: &Params) -> Result<TokenRequest, TokenError> {
    let code = params.get("code").ok_or(missing("The parameter code is missing."))?;
    let redirect_uri = params
        .get("redirect_uri")
        .ok_or(missing("The parameter redirect_uri is missing."))?;
    let code_verifier = params.get("code_verifier").map(SecretText::new);
    if code_verifier
        .as_ref()
        .is_some_and(|verifier| !pkce::is_verifier(verifier.expose()))
    {
        return Err(missing(
            "The parameter code_verifier is not 43 to 128 unreserved characters.",
        ));
    }
    let code = SecretText::new(code);
    Ok(TokenRequest::AuthorizationCode(CodeExchange {
        code,
        redirect_uri: redirect_uri.to_owned(),
        code_verifier,
    }))
}

fn refresh(params: &Params) -> Result<TokenRequest, TokenError> {
    let token = params
        .get("refresh_token")
        .ok_or(missing("The parameter refresh_token is missing."))?;
    let scope = params
        .get("scope")
        .map(|text| ScopeSet::among_known(text).ok_or(bad_scope()))
        .transpose()?;
    Ok(TokenRequest::RefreshToken(Refresh {
        refresh_token: SecretText::new(token),
        scope,
    }))
}

/// Our scopes are about a person and there is none here. A scope we do not understand must not appear in a token: a
/// resource server might take it for a permission somebody granted.
fn client_credentials(params: &Params) -> Result<TokenRequest, TokenError> {
    match params.get("scope") {
        None => Ok(TokenRequest::ClientCredentials),
        Some(_) => Err(TokenError::new(
            TokenErrorCode::InvalidScope,
            "Client credentials carry no scope. Leave scope out.",
        )),
    }
}

fn bad_scope() -> TokenError {
    TokenError::new(TokenErrorCode::InvalidScope, "The scope was not granted.")
}

impl CodeExchange {
    /// Checks that the code is exchanged by whom and how it was asked for: application, redirect URI (RFC 6749 §4.1.3) and
    /// code verifier (RFC 7636 §4.6). A verifier for a code that was asked for without a challenge is refused too: it is
    /// the mark of a request whose challenge an attacker took away (RFC 9700 §4.8.2).
    ///
    /// # Errors
    /// What differs; `invalid_grant` for the caller. The code is used up all the same, so whoever holds it without being
    /// meant learns nothing to try next.
    pub fn check(&self, application: &Application, original: &AuthorizationRequest) -> Result<(), GrantRefused> {
        if application.id != original.application_id {
            return Err(GrantRefused::OfAnother);
        }
        match (&original.code_challenge, &self.code_verifier) {
            (Some(challenge), Some(verifier)) if pkce::verify(verifier.expose(), challenge) => {}
            (None, None) => {}
            (Some(_), Some(_)) => return Err(GrantRefused::VerifierWrong),
            (Some(_), None) => return Err(GrantRefused::VerifierMissing),
            (None, Some(_)) => return Err(GrantRefused::VerifierUnasked),
        }
        if self.redirect_uri == original.redirect_uri {
            Ok(())
        } else {
            Err(GrantRefused::RedirectUri)
        }
    }
}

/// The scopes of a refreshed access token: those asked for, which must be among those granted (RFC 6749 §6), else all.
///
/// # Errors
/// `invalid_scope`.
pub fn narrow(granted: ScopeSet, requested: Option<ScopeSet>) -> Result<ScopeSet, TokenError> {
    match requested {
        None => Ok(granted),
        Some(fewer) if fewer.is_subset(granted) => Ok(fewer),
        Some(_) => Err(bad_scope()),
    }
}
