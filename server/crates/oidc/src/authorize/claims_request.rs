//! The parameter `claims`: single claims an application asks for (OpenID Connect Core §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most claims one request may name, and longest parameter in bytes: the request travels in a cookie.
const MAX_CLAIMS: usize = 40;
const MAX_BYTES: usize = 2048;
/// Most values one claim may list.
const MAX_VALUES: usize = 20;

/// How one claim is asked for. The default, `null` on the wire, is a voluntary claim with any value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The application says the sign-in is of no use without it. Never a reason to fail by itself (§5.5.1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values wanted: `value` and `values` of the request in one list, empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// The claims asked for, by where they are to be returned. The parsed form prints as a valid parameter again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// For the userinfo endpoint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRequest>,
    /// For the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRequest>,
}

impl ClaimsRequest {
    /// Reads the parameter. Members we do not know are ignored (§5.5); `None` when it is not such an object or too large.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default)]
            userinfo: Option<BTreeMap<String, Value>>,
            #[serde(default)]
            id_token: Option<BTreeMap<String, Value>>,
        }
        // The derived reader would take a list for an object with its members in order.
        if text.len() > MAX_BYTES || !text.trim_start().starts_with('{') {
            return None;
        }
        let wire: Wire = serde_json::from_str(text).ok()?;
        let (userinfo, id_token) = (wire.userinfo.unwrap_or_default(), wire.id_token.unwrap_or_default());
        if userinfo.len() + id_token.len() > MAX_CLAIMS {
            return None;
        }
        let read = |claims: BTreeMap<String, Value>| {
            claims
                .into_iter()
                .map(|(name, claim)| Some((name, read_claim(claim)?)))
                .collect::<Option<_>>()
        };
        Some(Self {
            userinfo: read(userinfo)?,
            id_token: read(id_token)?,
        })
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The person the application insists on: `sub` with a value. Anybody else must be refused (§5.5.1).
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        [&self.id_token, &self.userinfo]
            .into_iter()
            .find_map(|claims| claims.get("sub")?.values.first()?.as_str())
    }

    /// Levels of which one must be reached: `acr` asked for as essential. Another level is a failed sign-in (§5.5.1.1).
    #[must_use]
    pub fn essential_acr(&self) -> Vec<&str> {
        let acr = self.id_token.get("acr").filter(|claim| claim.essential);
        acr.map(|claim| claim.values.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Levels the application would like, essential or not.
    #[must_use]
    pub fn wanted_acr(&self) -> Vec<&str> {
        self.id_token
            .get("acr")
            .map(|claim| claim.values.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Whether `auth_time` must be in the ID token.
    #[must_use]
    pub fn wants_auth_time(&self) -> bool {
        self.id_token.contains_key("auth_time")
    }
}

#[derive(Default, Deserialize)]
struct WireClaim {
    #[serde(default)]
    essential: bool,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
}

fn read_claim(value: Value) -> Option<ClaimRequest> {
    let wire = match value {
        Value::Null => WireClaim::default(),
        Value::Object(_) => serde_json::from_value(value).ok()?,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
    };
    let values: Vec<_> = wire.values.into_iter().chain(wire.value).collect();
    (values.len() <= MAX_VALUES).then_some(ClaimRequest {
        essential: wire.essential,
        values,
    })
}
