//! Names that scripts of sign-in flows know: what an editor colours and completes. Those that are only there to say
//! that they are missing are not among them.

/// Functions and objects that are there from the start, and the function a script has to have.
pub const GLOBALS: [&str; 28] = [
    "Log",
    "callChoreo",
    "console",
    "doAssociationWithLocalUser",
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
    "prompt",
    "secrets",
    "selectAcrFrom",
    "sendEmail",
    "sendError",
    "setCookie",
    "terminateUserSession",
    "updateUserPassword",
];

/// What these give and take.
pub const MEMBERS: [&str; 40] = [
    "authenticationOptions",
    "authenticator",
    "authenticatorParams",
    "claims",
    "common",
    "context",
    "cookies",
    "currentKnownSubject",
    "federated",
    "forceAuth",
    "groups",
    "headers",
    "identifier",
    "id",
    "idp",
    "inputs",
    "label",
    "lastLoginFailedUser",
    "local",
    "localClaims",
    "markAsSubjectAttributeStep",
    "markAsSubjectIdentifierStep",
    "onFail",
    "onSuccess",
    "onTimeout",
    "onUserAbort",
    "params",
    "remoteClaims",
    "request",
    "requestedAcr",
    "required",
    "response",
    "roles",
    "skipPrompt",
    "stepOptions",
    "steps",
    "subject",
    "title",
    "uniqueId",
    "username",
];

/// Whether a name is one of them.
#[must_use]
pub fn is_known(name: &str) -> bool {
    GLOBALS.contains(&name) || MEMBERS.contains(&name)
}
