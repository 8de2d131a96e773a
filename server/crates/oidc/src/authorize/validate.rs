//! Reads everything but `client_id` and `redirect_uri`.

use doorward_domain::application::{ClientType, GrantType};

use super::claims_request::ClaimsRequest;
use super::error::{AuthorizationError, ErrorCode};
use super::prompt::PromptSet;
use super::request::{AuthorizationRequest, Display, ResponseMode};
use super::{ErrorCode::*, Identified};
use crate::scope::{Scope, ScopeSet};

/// Longest `state`, in bytes: it travels in a cookie with everything else.
pub const MAX_STATE_BYTES: usize = 1536;
/// Longest `nonce`, in bytes.
pub const MAX_NONCE_BYTES: usize = 512;
/// Longest `login_hint`, in characters: the longest email address (RFC 3696 erratum 1690 and room to spare).
pub const MAX_LOGIN_HINT_CHARS: usize = 320;

type Fault = (ErrorCode, &'static str);

impl Identified<'_> {
    /// Reads the rest of the request.
    ///
    /// # Errors
    /// The error to send to the application, in the response mode it asked for.
    pub fn validate(&self) -> Result<AuthorizationRequest, AuthorizationError> {
        // These two first: they shape the error of everything that follows.
        let mode = self.response_mode();
        let state = self.params.get("state").filter(|state| state.len() <= MAX_STATE_BYTES);
        self.read(mode, state)
            .map_err(|(code, description)| AuthorizationError {
                code,
                description,
                redirect_uri: self.redirect_uri.to_owned(),
                response_mode: mode.unwrap_or_default(),
                state: state.map(str::to_owned),
            })
    }

    fn read(&self, mode: Result<ResponseMode, Fault>, state: Option<&str>) -> Result<AuthorizationRequest, Fault> {
        if self.params.has_repeated() {
            return Err((InvalidRequest, "A parameter appears more than once."));
        }
        self.refuse_request_objects()?;
        let response_mode = mode?;
        if state.is_none() && self.params.get("state").is_some() {
            return Err((InvalidRequest, "The parameter state is too long."));
        }
        match self.params.get("response_type") {
            Some("code") => {}
            Some(_) => return Err((UnsupportedResponseType, "Use response_type=code.")),
            None => return Err((InvalidRequest, "The parameter response_type is missing.")),
        }
        if !self.application.protocol.allows(GrantType::AuthorizationCode) {
            return Err((
                UnauthorizedClient,
                "This application may not use the authorization code grant.",
            ));
        }
        let scope = ScopeSet::requested(self.params.get("scope").unwrap_or_default()).ok_or((
            InvalidScope,
            "The parameter scope contains characters that are not allowed.",
        ))?;
        let nonce = self.short("nonce", MAX_NONCE_BYTES, "The parameter nonce is too long.")?;
        let code_challenge = self.code_challenge()?;
        self.require_code_binding(scope, nonce.is_some(), code_challenge.is_some())?;
        Ok(AuthorizationRequest {
            application_id: self.application.id.clone(),
            redirect_uri: self.redirect_uri.to_owned(),
            response_mode,
            scope,
            state: state.map(str::to_owned),
            nonce,
            code_challenge,
            prompt: self.prompt()?,
            max_age_seconds: self.max_age()?,
            login_hint: self.login_hint()?,
            acr_values: self.words("acr_values"),
            ui_locales: self.words("ui_locales"),
            claims: self.claims()?,
            display: self.params.get("display").and_then(display),
            hinted_subject: None,
            id_token_hint: self.params.get("id_token_hint").map(str::to_owned),
        })
    }

    /// OpenID Connect Core §3.1.2.6: what is not supported has an error of its own.
    fn refuse_request_objects(&self) -> Result<(), Fault> {
        for (name, code) in [
            ("request", RequestNotSupported),
            ("request_uri", RequestUriNotSupported),
            ("registration", RegistrationNotSupported),
        ] {
            if self.params.get(name).is_some() {
                return Err((code, "Send the parameters one by one in the request."));
            }
        }
        Ok(())
    }

    fn response_mode(&self) -> Result<ResponseMode, Fault> {
        match self.params.get("response_mode") {
            None | Some("query") => Ok(ResponseMode::Query),
            Some("form_post") => Ok(ResponseMode::FormPost),
            Some(_) => Err((InvalidRequest, "Use response_mode query or form_post.")),
        }
    }

    fn code_challenge(&self) -> Result<Option<String>, Fault> {
        let method = self.params.get("code_challenge_method");
        match (self.params.get("code_challenge"), method) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err((InvalidRequest, "The parameter code_challenge is missing.")),
            // Without a method the specification means `plain`, which protects nothing once the request is seen.
            (Some(_), method) if method != Some("S256") => Err((InvalidRequest, "Use code_challenge_method=S256.")),
            // The text must be the one spelling of 32 bytes, or the comparison with the verifier could never succeed.
            (Some(challenge), _) => match crate::jose::decode(challenge) {
                Some(bytes) if bytes.len() == 32 => Ok(Some(challenge.to_owned())),
                _ => Err((
                    InvalidRequest,
                    "The parameter code_challenge is not the base64url of a SHA-256 hash.",
                )),
            },
        }
    }

    /// A stolen code must be useless in another browser's sign-in (S27). PKCE does that for everybody. A confidential
    /// application may rely on `nonce` instead if it speaks OpenID Connect (RFC 9700 §2.1.1): then it authenticates at the
    /// token endpoint and finds the foreign code by the nonce. A public one always needs PKCE.
    fn require_code_binding(&self, scope: ScopeSet, has_nonce: bool, has_challenge: bool) -> Result<(), Fault> {
        let by_nonce = has_nonce && scope.contains(Scope::Openid);
        match self.application.protocol.client_type {
            _ if has_challenge => Ok(()),
            ClientType::Confidential if by_nonce => Ok(()),
            ClientType::Confidential => Err((
                InvalidRequest,
                "Send a code_challenge (PKCE, S256), or a nonce with scope openid.",
            )),
            ClientType::Public => Err((
                InvalidRequest,
                "A public application must send a code_challenge (PKCE, S256).",
            )),
        }
    }

    fn prompt(&self) -> Result<PromptSet, Fault> {
        PromptSet::requested(self.params.get("prompt").unwrap_or_default()).ok_or((
            InvalidRequest,
            "The parameter prompt has an unknown value, or none beside another one.",
        ))
    }

    fn max_age(&self) -> Result<Option<u32>, Fault> {
        let Some(text) = self.params.get("max_age") else {
            return Ok(self.application.protocol.default_max_age);
        };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let fault = (InvalidRequest, "The parameter max_age is not a number of seconds.");
        text.parse().ok().filter(|_| digits).map(Some).ok_or(fault)
    }

    fn login_hint(&self) -> Result<Option<String>, Fault> {
        match self.params.get("login_hint") {
            Some(hint) if hint.chars().count() > MAX_LOGIN_HINT_CHARS => {
                Err((InvalidRequest, "The parameter login_hint is too long."))
            }
            hint => Ok(hint.map(str::to_owned)),
        }
    }

    fn claims(&self) -> Result<ClaimsRequest, Fault> {
        let Some(text) = self.params.get("claims") else {
            return Ok(ClaimsRequest::default());
        };
        ClaimsRequest::parse(text).ok_or((
            InvalidRequest,
            "The parameter claims is not a claims request, or too large.",
        ))
    }

    fn short(&self, name: &str, max_bytes: usize, fault: &'static str) -> Result<Option<String>, Fault> {
        match self.params.get(name) {
            Some(text) if text.len() > max_bytes => Err((InvalidRequest, fault)),
            text => Ok(text.map(str::to_owned)),
        }
    }

    /// Words of a wish we need not grant: what is too much is left out.
    fn words(&self, name: &str) -> Vec<String> {
        let words = self.params.get(name).unwrap_or_default().split(' ');
        words
            .filter(|word| (1..=100).contains(&word.len()) && word.is_ascii())
            .take(10)
            .map(str::to_owned)
            .collect()
    }
}

fn display(text: &str) -> Option<Display> {
    match text {
        "page" => Some(Display::Page),
        "popup" => Some(Display::Popup),
        "touch" => Some(Display::Touch),
        "wap" => Some(Display::Wap),
        _ => None,
    }
}
