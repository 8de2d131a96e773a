//! Marks of identity providers, monochrome and tinted by the text around them.
//!
//! The shapes of Google, GitHub, GitLab, Facebook, Apple, Okta, Auth0 and Keycloak are from Simple Icons (CC0 1.0);
//! the others are drawn for this project. A mark only recalls a provider: its name always stands beside it.

use doorward_domain::connection::Template;
use leptos::prelude::*;

/// Whose mark to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Brand {
    Google,
    Github,
    Gitlab,
    Microsoft,
    Apple,
    Facebook,
    Linkedin,
    Okta,
    Auth0,
    Keycloak,
    /// Any OpenID Provider.
    OpenId,
    Saml,
    TestIdp,
    /// Our own accounts, signed in with a password.
    Local,
}

impl Brand {
    /// Every mark there is.
    pub const ALL: [Self; 14] = [
        Self::Google,
        Self::Github,
        Self::Gitlab,
        Self::Microsoft,
        Self::Apple,
        Self::Facebook,
        Self::Linkedin,
        Self::Okta,
        Self::Auth0,
        Self::Keycloak,
        Self::OpenId,
        Self::Saml,
        Self::TestIdp,
        Self::Local,
    ];

    /// The mark of a connection: by the host of its issuer where that is known, else by what it was made from.
    #[must_use]
    pub fn of_connection(template: Template, issuer: &str) -> Self {
        match template {
            Template::TestIdp => Self::TestIdp,
            Template::Oidc => Self::of_issuer(issuer).unwrap_or(Self::OpenId),
        }
    }

    fn of_issuer(issuer: &str) -> Option<Self> {
        // Issuers are checked when they are saved; taking one apart needs no parser of addresses in the browser.
        let (_, rest) = issuer.split_once("://")?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.split(':').next()?.to_ascii_lowercase();
        let is_below =
            |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        Some(match host.as_str() {
            "accounts.google.com" => Self::Google,
            "github.com" | "token.actions.githubusercontent.com" => Self::Github,
            "gitlab.com" => Self::Gitlab,
            "login.microsoftonline.com" | "sts.windows.net" | "login.live.com" => Self::Microsoft,
            "appleid.apple.com" => Self::Apple,
            "www.facebook.com" | "facebook.com" | "limited.facebook.com" => Self::Facebook,
            "www.linkedin.com" => Self::Linkedin,
            _ if is_below("okta.com") || is_below("oktapreview.com") => Self::Okta,
            _ if is_below("auth0.com") => Self::Auth0,
            _ if path.starts_with("realms/") || path.starts_with("auth/realms/") => Self::Keycloak,
            _ => return None,
        })
    }

    /// The shape as an SVG path in a box of 24 by 24, filled by the even-odd rule.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Google => {
                "M12.48 10.92v3.28h7.84c-.24 1.84-.853 3.187-1.787 4.133-1.147 1.147-2.933 2.4-6.053 2.4-4.827 0-8.6-3.893-8.6-8.72s3.773-8.72 8.6-8.72c2.6 0 4.507 1.027 5.907 2.347l2.307-2.307C18.747 1.44 16.133 0 12.48 0 5.867 0 .307 5.387.307 12s5.56 12 12.173 12c3.573 0 6.267-1.173 8.373-3.36 2.16-2.16 2.84-5.213 2.84-7.667 0-.76-.053-1.467-.173-2.053H12.48z"
            }
            Self::Github => {
                "M12 .297c-6.63 0-12 5.373-12 12 0 5.303 3.438 9.8 8.205 11.385.6.113.82-.258.82-.577 0-.285-.01-1.04-.015-2.04-3.338.724-4.042-1.61-4.042-1.61C4.422 18.07 3.633 17.7 3.633 17.7c-1.087-.744.084-.729.084-.729 1.205.084 1.838 1.236 1.838 1.236 1.07 1.835 2.809 1.305 3.495.998.108-.776.417-1.305.76-1.605-2.665-.3-5.466-1.332-5.466-5.93 0-1.31.465-2.38 1.235-3.22-.135-.303-.54-1.523.105-3.176 0 0 1.005-.322 3.3 1.23.96-.267 1.98-.399 3-.405 1.02.006 2.04.138 3 .405 2.28-1.552 3.285-1.23 3.285-1.23.645 1.653.24 2.873.12 3.176.765.84 1.23 1.91 1.23 3.22 0 4.61-2.805 5.625-5.475 5.92.42.36.81 1.096.81 2.22 0 1.606-.015 2.896-.015 3.286 0 .315.21.69.825.57C20.565 22.092 24 17.592 24 12.297c0-6.627-5.373-12-12-12"
            }
            Self::Gitlab => {
                "m23.6004 9.5927-.0337-.0862L20.3.9814a.851.851 0 0 0-.3362-.405.8748.8748 0 0 0-.9997.0539.8748.8748 0 0 0-.29.4399l-2.2055 6.748H7.5375l-2.2057-6.748a.8573.8573 0 0 0-.29-.4412.8748.8748 0 0 0-.9997-.0537.8585.8585 0 0 0-.3362.4049L.4332 9.5015l-.0325.0862a6.0657 6.0657 0 0 0 2.0119 7.0105l.0113.0087.03.0213 4.976 3.7264 2.462 1.8633 1.4995 1.1321a1.0085 1.0085 0 0 0 1.2197 0l1.4995-1.1321 2.4619-1.8633 5.006-3.7489.0125-.01a6.0682 6.0682 0 0 0 2.0094-7.003z"
            }
            Self::Facebook => {
                "M9.101 23.691v-7.98H6.627v-3.667h2.474v-1.58c0-4.085 1.848-5.978 5.858-5.978.401 0 .955.042 1.468.103a8.68 8.68 0 0 1 1.141.195v3.325a8.623 8.623 0 0 0-.653-.036 26.805 26.805 0 0 0-.733-.009c-.707 0-1.259.096-1.675.309a1.686 1.686 0 0 0-.679.622c-.258.42-.374.995-.374 1.752v1.297h3.919l-.386 2.103-.287 1.564h-3.246v8.245C19.396 23.238 24 18.179 24 12.044c0-6.627-5.373-12-12-12s-12 5.373-12 12c0 5.628 3.874 10.35 9.101 11.647Z"
            }
            Self::Apple => {
                "M12.152 6.896c-.948 0-2.415-1.078-3.96-1.04-2.04.027-3.91 1.183-4.961 3.014-2.117 3.675-.546 9.103 1.519 12.09 1.013 1.454 2.208 3.09 3.792 3.039 1.52-.065 2.09-.987 3.935-.987 1.831 0 2.35.987 3.96.948 1.637-.026 2.676-1.48 3.676-2.948 1.156-1.688 1.636-3.325 1.662-3.415-.039-.013-3.182-1.221-3.22-4.857-.026-3.04 2.48-4.494 2.597-4.559-1.429-2.09-3.623-2.324-4.39-2.376-2-.156-3.675 1.09-4.61 1.09zM15.53 3.83c.843-1.012 1.4-2.427 1.245-3.83-1.207.052-2.662.805-3.532 1.818-.78.896-1.454 2.338-1.273 3.714 1.338.104 2.715-.688 3.559-1.701"
            }
            Self::Okta => {
                "M12 0C5.389 0 0 5.35 0 12s5.35 12 12 12 12-5.35 12-12S18.611 0 12 0zm0 18c-3.325 0-6-2.675-6-6s2.675-6 6-6 6 2.675 6 6-2.675 6-6 6z"
            }
            Self::Auth0 => {
                "M21.98 7.448L19.62 0H4.347L2.02 7.448c-1.352 4.312.03 9.206 3.815 12.015L12.007 24l6.157-4.552c3.755-2.81 5.182-7.688 3.815-12.015l-6.16 4.58 2.343 7.45-6.157-4.597-6.158 4.58 2.358-7.433-6.188-4.55 7.63-.045L12.008 0l2.356 7.404 7.615.044z"
            }
            Self::Keycloak => {
                "m18.742 1.182-12.493.002C4.155 4.784 2.079 8.393 0 12.002c2.071 3.612 4.162 7.214 6.252 10.816l12.49-.004 3.089-5.404h2.158v-.002H24L23.996 6.59h-2.168zM8.327 4.792h2.081l1.04 1.8-3.12 5.413 3.117 5.403-1.035 1.81H8.327a2047.566 2047.566 0 0 0-4.168-7.204C5.547 9.606 6.937 7.2 8.327 4.792Zm6.241 0 2.086.003c1.393 2.405 2.78 4.813 4.166 7.222l-4.167 7.2h-2.08c-.382-.562-1.038-1.808-1.038-1.808l3.123-5.405-3.124-5.413z"
            }
            Self::Microsoft => "M2 2h9.5v9.5H2zM12.5 2H22v9.5h-9.5zM2 12.5h9.5V22H2zM12.5 12.5H22V22h-9.5z",
            Self::Linkedin => {
                "M4 1h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3zm.9 8.3v10.2h3.2V9.3zM6.5 4.4a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8zM10 9.3v10.2h3.2v-5.4c0-1.5.7-2.3 1.9-2.3s1.7.8 1.7 2.3v5.4H20v-6c0-2.9-1.5-4.4-3.7-4.4-1.5 0-2.5.7-3.1 1.7V9.3z"
            }
            // Our own: a ring with a keyhole's bar, for any OpenID Provider.
            Self::OpenId => {
                "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2.4a7.6 7.6 0 1 1 0 15.2 7.6 7.6 0 0 1 0-15.2zM12 7a3.1 3.1 0 0 0-1.3 5.9V17h2.6v-4.1A3.1 3.1 0 0 0 12 7z"
            }
            // Our own: two sheets that vouch for one another.
            Self::Saml => {
                "M4 3h9a2 2 0 0 1 2 2v3h-2.4V5.4H5.4v9.2H8V17H5a2 2 0 0 1-2-2V4a1 1 0 0 1 1-1zm6 6h9a2 2 0 0 1 2 2v9a1 1 0 0 1-1 1h-9a2 2 0 0 1-2-2v-9a1 1 0 0 1 1-1zm1.4 2.4v7.2h7.2v-7.2z"
            }
            // Our own: a flask, for the provider made for trying.
            Self::TestIdp => {
                "M8 2h8v2.4h-1.3v4.7l5.4 9.3A2.4 2.4 0 0 1 18 22H6a2.4 2.4 0 0 1-2.1-3.6l5.4-9.3V4.4H8zm3.7 2.4v5.3L9.5 13.6h5l-2.2-3.9V4.4zM8.1 16l-2.1 3.6h12L15.9 16z"
            }
            // Our own: the local password, a field with its dots.
            Self::Local => {
                "M4 6h16a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3zm0 2.4a.6.6 0 0 0-.6.6v6c0 .33.27.6.6.6h16a.6.6 0 0 0 .6-.6V9a.6.6 0 0 0-.6-.6zM7 10.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm5 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3zm5 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z"
            }
        }
    }
}

/// A provider's mark. Decoration: the provider's name stands beside it.
#[component]
pub fn Logo(brand: Brand) -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
            <path fill-rule="evenodd" d=brand.path() />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_follows_the_host_and_not_a_look_alike() {
        for (issuer, want) in [
            ("https://accounts.google.com", Brand::Google),
            ("https://login.microsoftonline.com/common/v2.0", Brand::Microsoft),
            ("https://acme.okta.com", Brand::Okta),
            ("https://notokta.com", Brand::OpenId),
            ("https://idp.example.com/realms/staff", Brand::Keycloak),
            ("https://accounts.google.com.example.com", Brand::OpenId),
            ("https://127.0.0.1", Brand::OpenId),
            ("not an address", Brand::OpenId),
        ] {
            assert_eq!(Brand::of_connection(Template::Oidc, issuer), want, "{issuer}");
        }
        assert_eq!(
            Brand::of_connection(Template::TestIdp, "https://accounts.google.com"),
            Brand::TestIdp
        );
    }
}
