//! Names that scripts of sign-in flows know: what an editor colours and completes. Those that are only there to say
//! that they are missing are not among them.

/// Functions and objects that are there from the start, and the function a script has to have.
pub const GLOBALS: [&str; 23] = [
    "Log",
    "console",
    "executeStep",
    "fail",
    "filterAuthenticators",
    "getAssociatedLocalUser",
    "getCookieValue",
    "getMaskedValue",
    "getSecretByName",
    "getUniqueUserWithClaimValues",
    "getUserSessions",
    "hasAnyOfTheRolesV2",
    "hasRole",
    "httpGet",
    "httpPost",
    "isMemberOfAnyOfGroups",
    "matchesSecret",
    "onLoginRequest",
    "secrets",
    "selectAcrFrom",
    "sendError",
    "setCookie",
    "terminateUserSession",
];

/// What these give and take.
pub const MEMBERS: [&str; 28] = [
    "authenticationOptions",
    "authenticator",
    "claims",
    "context",
    "cookies",
    "currentKnownSubject",
    "forceAuth",
    "groups",
    "headers",
    "identifier",
    "idp",
    "lastLoginFailedUser",
    "localClaims",
    "onFail",
    "onSuccess",
    "onTimeout",
    "onUserAbort",
    "params",
    "remoteClaims",
    "request",
    "requestedAcr",
    "response",
    "roles",
    "stepOptions",
    "steps",
    "subject",
    "uniqueId",
    "username",
];

/// Whether a name is one of them.
#[must_use]
pub fn is_known(name: &str) -> bool {
    GLOBALS.contains(&name) || MEMBERS.contains(&name)
}
