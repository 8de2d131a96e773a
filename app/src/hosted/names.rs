//! Names of the fields and choices that the hosted pages' forms send.

/// Token against forged requests, in every form of ours.
pub const CSRF: &str = "csrf";
/// The option of the step the person chose: a text like `password` or `connection:acme`.
pub const OPTION: &str = "option";
/// Username or email address.
pub const USERNAME: &str = "username";
/// An email address.
pub const EMAIL: &str = "email";
/// A password. Never sent back to the browser.
pub const PASSWORD: &str = "password";
/// A one-time code.
pub const CODE: &str = "code";
/// A one-time code from a mail.
pub const MAIL_CODE: &str = "mail_code";
/// One of the backup codes.
pub const BACKUP_CODE: &str = "backup_code";
/// A backup code that shows who enrols an app.
pub const PROOF: &str = "proof_code";
/// A passkey that was used, as JSON.
pub const PASSKEY: &str = "passkey";
/// A passkey that was made, as JSON.
pub const NEW_PASSKEY: &str = "new_passkey";
/// The code of an app that comes before a passkey is made.
pub const PASSKEY_CODE: &str = "passkey_code";
/// What the person calls a new passkey.
pub const PASSKEY_NAME: &str = "passkey_name";
/// What the person decided where there is more than one way on; one of the `DECISION_…` values.
pub const DECISION: &str = "decision";
/// Which of the listed accounts.
pub const ACCOUNT: &str = "account";
/// One of the browsers that are signed in.
pub const SESSION: &str = "session";
/// State the server sealed into the page, so that a retry goes on where it stopped.
pub const SEALED: &str = "sealed";
/// Before the name of an attribute: `attribute.given_name`.
pub const ATTRIBUTE_PREFIX: &str = "attribute.";
/// Before the id of an input of a script's form: `input.city`.
pub const INPUT_PREFIX: &str = "input.";
/// Query parameter of the language links (OpenID Connect Core §3.1.2.1), and on a page whose form keeps what is typed
/// the field of the buttons in their place: it asks for that page again.
pub const UI_LOCALES: &str = "ui_locales";

/// Leave the sign-in and go back to the application.
pub const DECISION_CANCEL: &str = "cancel";
/// Do it: sign out, use this account.
pub const DECISION_CONFIRM: &str = "confirm";
/// Send the mail with the code.
pub const DECISION_SEND: &str = "send";
/// Use the link that was opened.
pub const DECISION_OPEN: &str = "open";
/// Go on without what a form asks for.
pub const DECISION_SKIP: &str = "skip";
/// Sign in with an account that is not in the list.
pub const DECISION_OTHER: &str = "other";
