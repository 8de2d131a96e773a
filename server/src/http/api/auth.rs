//! Bearer tokens (RFC 6750) and what each may do.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_domain::secret::SecretText;

use super::Api;
use super::problem::{Problem, ProblemType};

/// What a token may do: read or change one kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// First word of the path, such as `connections`.
    pub resource: &'static str,
    pub write: bool,
}

/// Which scopes a token has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scopes {
    All,
    Only(Vec<String>),
}

impl Scopes {
    /// Whether the scope is among them; `connections:write` lets its bearer read connections too.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        match self {
            Self::All => true,
            Self::Only(granted) => granted.iter().any(|granted| {
                let (resource, right) = granted.split_once(':').unwrap_or((granted, ""));
                resource == scope.resource && (right == "write" || (right == "read" && !scope.write))
            }),
        }
    }
}

/// The tokens that are known. Only their hashes are kept, so a core dump or a log of this value tells nothing.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    known: Vec<([u8; 32], Scopes)>,
}

impl Tokens {
    /// The token of the configuration, with every scope; without one nobody gets in.
    #[must_use]
    pub fn from_config(token: Option<&SecretText>) -> Self {
        let known = token.map(|token| (doorward_vault::sha256(token.expose().as_bytes()), Scopes::All));
        Self {
            known: known.into_iter().collect(),
        }
    }

    /// Adds a token with these scopes.
    #[must_use]
    pub fn with(mut self, token: &SecretText, scopes: Scopes) -> Self {
        self.known
            .push((doorward_vault::sha256(token.expose().as_bytes()), scopes));
        self
    }

    fn find(&self, presented: &str) -> Option<&Scopes> {
        // Hashes are compared, in constant time, and every one of them: time tells neither a prefix nor a place.
        let hash = doorward_vault::sha256(presented.as_bytes());
        let mut found = None;
        for (known, scopes) in &self.known {
            if doorward_vault::equal(known, &hash) {
                found = Some(scopes);
            }
        }
        found
    }
}

/// Lets a request through when its token is known and may do this.
pub async fn require_token(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let Some(token) = bearer(request.headers()) else {
        return Problem::new(ProblemType::Unauthenticated).into_response();
    };
    let Some(scopes) = api.tokens.find(token) else {
        return Problem::new(ProblemType::UnknownToken).into_response();
    };
    let scope = scope_of(request.method(), request.uri().path());
    if !scope.is_some_and(|scope| scopes.allow(scope)) {
        return Problem::new(ProblemType::Forbidden).into_response();
    }
    let scopes = scopes.clone();
    request.extensions_mut().insert(scopes);
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let only = values.next()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The scope an address needs. Reading and analysing change nothing.
fn scope_of(method: &Method, path: &str) -> Option<Scope> {
    const RESOURCES: [&str; 7] = [
        "connections",
        "applications",
        "users",
        "attempts",
        "audit-events",
        "analyses",
        "mail-reports",
    ];
    let first = path
        .trim_start_matches("/api/v1")
        .trim_start_matches('/')
        .split('/')
        .next()?;
    let resource = RESOURCES.into_iter().find(|resource| *resource == first)?;
    let reads = *method == Method::GET || *method == Method::HEAD || resource == "analyses";
    Some(Scope {
        resource,
        write: !reads,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes() {
        let only = |scope: &str| Scopes::Only(vec![scope.to_owned()]);
        for (case, scopes, method, path, want) in [
            ("all", Scopes::All, Method::DELETE, "/users/x", true),
            ("read reads", only("users:read"), Method::GET, "/users", true),
            (
                "read does not write",
                only("users:read"),
                Method::PATCH,
                "/users/x",
                false,
            ),
            ("write reads", only("users:write"), Method::GET, "/users", true),
            (
                "another resource",
                only("users:write"),
                Method::GET,
                "/connections",
                false,
            ),
            ("no right", only("users"), Method::GET, "/users", false),
            (
                "analysing reads",
                only("analyses:read"),
                Method::POST,
                "/analyses",
                true,
            ),
        ] {
            let scope = scope_of(&method, path).expect("a resource");
            assert_eq!(scopes.allow(scope), want, "{case}");
        }
        assert_eq!(scope_of(&Method::GET, "/userses"), None);
    }

    #[test]
    fn s18_a_right_on_one_kind_of_item_binds_it_to_no_other() {
        let connections = Scopes::Only(vec!["connections:write".to_owned()]);
        for (method, path) in [
            (Method::POST, "/applications"),
            (Method::PUT, "/applications/portal"),
            (Method::PATCH, "/applications/portal"),
            (Method::DELETE, "/applications/portal"),
            (Method::PUT, "/applications/portal/secrets/KEY"),
            (Method::PATCH, "/users/anna"),
            (Method::DELETE, "/users/anna/links"),
        ] {
            let scope = scope_of(&method, path).expect("a resource");
            assert!(!connections.allow(scope), "S18: {method} {path}");
        }
    }

    #[test]
    fn tokens_are_matched_whole() {
        let tokens = Tokens::from_config(Some(&SecretText::new("management-token-1")));
        assert!(tokens.find("management-token-1").is_some());
        for other in ["", "management-token-", "management-token-12", "MANAGEMENT-TOKEN-1"] {
            assert!(tokens.find(other).is_none(), "{other}");
        }
        assert!(Tokens::from_config(None).find("").is_none());
    }
}
