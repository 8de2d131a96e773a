//! Tokens of ours that come back: to be asked about, or to be revoked.

use doorward_domain::Timestamp;
use doorward_domain::id::GrantId;
use doorward_oidc::Params;
use doorward_oidc::mint::{AccessTokenClaims, verify_access_token};
use doorward_oidc::token::{TokenError, TokenErrorCode};

use crate::snapshot::Snapshot;
use crate::state::AppState;

/// A token of ours, unchanged and not expired. Whether it is still good is for the database to say.
pub(super) enum OwnToken {
    Access(AccessTokenClaims),
    Refresh { grant: GrantId, generation: u32 },
}

impl OwnToken {
    /// What a token is, by its form: `token_type_hint` (RFC 7009 §2.1, RFC 7662 §2.1) would tell nothing more. `None` for
    /// all that is not ours, changed or expired, and for ID tokens and codes, which are neither.
    pub fn recognise(state: &AppState, snapshot: &Snapshot, token: &str, now: Timestamp) -> Option<Self> {
        if let Some((grant, generation)) = state.oidc.refresh_tokens.open(token) {
            return Some(Self::Refresh { grant, generation });
        }
        let claims = verify_access_token(&snapshot.keys, token, state.issuer(), state.issuer(), now);
        claims.ok().map(Self::Access)
    }
}

/// The parameter `token` of both endpoints.
///
/// # Errors
/// `invalid_request` where it is missing.
pub(super) fn presented(params: &Params) -> Result<&str, TokenError> {
    params
        .get("token")
        .filter(|token| !token.is_empty())
        .ok_or(TokenError::new(
            TokenErrorCode::InvalidRequest,
            "Send the token in the parameter token.",
        ))
}

/// The name under which a token of client credentials is kept as revoked: there is no grant that could end.
pub(super) fn revoked_key(jti: &str) -> String {
    ["revoked-token:", jti].concat()
}
