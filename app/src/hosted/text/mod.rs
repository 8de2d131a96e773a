//! The catalogue of every sentence on the hosted pages, one file per language.
//!
//! A language is a value of [`Texts`]: a sentence that is missing does not compile. Texts with a name in them are
//! functions, so that each language puts the name where its grammar wants it.

mod de;
mod en;
mod fr;
pub(super) mod messages_de;
pub(super) mod messages_en;
pub(super) mod messages_fr;
mod self_service;

pub use self_service::{SelfServiceTexts, self_service};

use super::language::Language;

/// A sentence with one name in it.
pub type OneName = fn(&str) -> String;
/// A sentence with two names in it.
pub type TwoNames = fn(&str, &str) -> String;

/// The texts of a language.
#[must_use]
pub fn texts(language: Language) -> &'static Texts {
    match language {
        Language::English => &en::TEXTS,
        Language::German => &de::TEXTS,
        Language::French => &fr::TEXTS,
    }
}

/// Where a message is shown; names that are not known stay out of the sentence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    pub application: Option<&'a str>,
    pub connection: Option<&'a str>,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The page's heading.
    pub title: String,
    /// What happened, in one plain sentence.
    pub happened: String,
    /// What to do now.
    pub next: String,
}

impl Advice {
    pub(super) fn new(title: impl Into<String>, happened: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            happened: happened.into(),
            next: next.into(),
        }
    }
}

/// Every text of one language, by page.
pub struct Texts {
    pub frame: FrameTexts,
    pub dates: DateTexts,
    pub sign_in: SignInTexts,
    pub code: CodeTexts,
    pub mail_code: MailCodeTexts,
    pub script_mail: ScriptMailTexts,
    pub by_mail: ByMailTexts,
    pub backup_code: BackupCodeTexts,
    pub passkey: PasskeyTexts,
    pub proof: ProofTexts,
    pub prompt: PromptTexts,
    pub attributes: AttributeTexts,
    pub sign_out: SignOutTexts,
    pub connection_test: ConnectionTestTexts,
    pub proven: ProvenTexts,
    pub accounts: AccountTexts,
    pub set_up: SetUpTexts,
    pub trouble: TroubleTexts,
    pub form_post: FormPostTexts,
}

/// What surrounds every page.
pub struct FrameTexts {
    pub language: &'static str,
    pub privacy: &'static str,
    pub terms: &'static str,
    pub help: &'static str,
    pub about: &'static str,
    /// Link or button back to the application of this name.
    pub back_to: OneName,
    pub back_to_account: &'static str,
    pub back_to_console: &'static str,
    /// Between two ways to go on.
    pub or: &'static str,
}

/// Days and moments.
pub struct DateTexts {
    pub months: [&'static str; 12],
    /// Day of the month, month, year.
    pub day: fn(u32, &str, i32) -> String,
    /// Day, time of day.
    pub moment: TwoNames,
}

/// The sign-in page.
pub struct SignInTexts {
    pub title: &'static str,
    pub with: OneName,
    pub last_used: &'static str,
    pub username: &'static str,
    pub password: &'static str,
    pub submit: &'static str,
    pub username_missing: &'static str,
    pub password_missing: &'static str,
    pub wrong_password: &'static str,
    /// Why somebody who is signed in is asked.
    pub again: &'static str,
    /// Why somebody who is signed in, by this name, is asked before the console.
    pub no_administrator: OneName,
}

/// A one-time code.
pub struct CodeTexts {
    pub title: &'static str,
    pub explain: &'static str,
    pub enrol_title: &'static str,
    pub enrol_explain: &'static str,
    pub picture: &'static str,
    pub by_hand: &'static str,
    pub open_app: &'static str,
    pub code: &'static str,
    pub submit: &'static str,
    pub missing: &'static str,
    pub wrong: &'static str,
    pub used: &'static str,
}

/// Codes that go by email: the step, and the mail itself.
pub struct MailCodeTexts {
    /// Button; masked address.
    pub send: OneName,
    /// Masked address.
    pub sent: OneName,
    pub slow: &'static str,
    pub failed: &'static str,
    pub again: &'static str,
    pub missing: &'static str,
    pub wrong: &'static str,
    /// Application or organisation.
    pub subject: OneName,
    /// Code, application or organisation.
    pub letter: TwoNames,
}

/// Letters that an application's script has sent.
pub struct ScriptMailTexts {
    /// Application or organisation.
    pub new_device_subject: OneName,
    /// Application or organisation, moment.
    pub new_device: TwoNames,
    pub sign_in_subject: OneName,
    pub sign_in: TwoNames,
}

/// A link or a code by email that says who somebody is: the step, and the mails themselves.
pub struct ByMailTexts {
    pub email: &'static str,
    pub send: &'static str,
    pub send_code: &'static str,
    /// The address that was typed, for a link.
    pub asked: OneName,
    /// And for a code.
    pub asked_code: OneName,
    pub code: &'static str,
    pub submit: &'static str,
    pub again: &'static str,
    pub no_address: &'static str,
    pub closed: &'static str,
    /// Above the form that asks for another mail.
    pub link_refused: &'static str,
    pub open_title: &'static str,
    pub open: &'static str,
    /// Application or organisation.
    pub subject: OneName,
    /// Link, code, application or organisation.
    pub letter: fn(&str, &str, &str) -> String,
    /// Code, application or organisation.
    pub code_letter: TwoNames,
}

/// Backup codes: the page that shows new ones, and where one is typed.
pub struct BackupCodeTexts {
    pub title: &'static str,
    pub keep: &'static str,
    pub list: &'static str,
    pub once: &'static str,
    pub kept: &'static str,
    pub code: &'static str,
    pub submit: &'static str,
    pub few_left: fn(u8) -> String,
    pub none_left: &'static str,
    pub missing: &'static str,
    pub wrong: &'static str,
    pub used: &'static str,
    /// Above the code that shows who enrols an app.
    pub proof: &'static str,
    /// Below it: what to do without one.
    pub no_proof: &'static str,
    pub wrong_proof: &'static str,
}

/// Passkeys.
pub struct PasskeyTexts {
    /// Typed beside a new passkey.
    pub code_of_app: &'static str,
    /// Button, where it says who somebody is.
    pub sign_in: &'static str,
    pub explain: &'static str,
    /// Button, where it confirms them.
    pub confirm: &'static str,
    /// Opens the form for another one.
    pub more: &'static str,
    /// Button: confirms, then makes another.
    pub add: &'static str,
    pub enrol_title: &'static str,
    pub enrol_explain: &'static str,
    /// Where the code of an app comes first.
    pub enrol_with_code: &'static str,
    /// Where a backup code comes first.
    pub enrol_with_backup_code: &'static str,
    pub name: &'static str,
    pub make: &'static str,
    /// The browser or the person ended it.
    pub failed: &'static str,
    /// The device has one already.
    pub exists: &'static str,
    pub refused: &'static str,
    pub taken: &'static str,
    /// The browser knows no passkeys.
    pub missing: &'static str,
    pub no_script: &'static str,
}

/// Proof of ownership.
pub struct ProofTexts {
    pub title: &'static str,
    /// Masked account, connection.
    pub explain: TwoNames,
    pub then: OneName,
    /// Whose account it is.
    pub account: OneName,
    pub submit: &'static str,
    /// Who the account is stands fixed here, so nothing but the password can be wrong.
    pub wrong_password: &'static str,
    /// Of the mail; application or organisation.
    pub subject: OneName,
    /// Code, connection.
    pub letter: TwoNames,
}

/// A form of an application's script, as far as the words are ours.
pub struct PromptTexts {
    /// Where the script gives none.
    pub title: &'static str,
    pub skip: &'static str,
    /// A box that has to be ticked.
    pub not_ticked: &'static str,
    /// Of the page where somebody who is signed in in too many browsers says which to leave.
    pub sessions_title: &'static str,
    /// Most browsers.
    pub sessions: fn(u32) -> String,
    /// How many have to go.
    pub too_few: fn(u32) -> String,
    pub end_sessions: &'static str,
    pub keep_sessions: &'static str,
}

/// Missing attributes.
pub struct AttributeTexts {
    pub title: &'static str,
    /// Connection, application: kept in the account.
    pub explain_kept: TwoNames,
    /// Connection, application: for this sign-in only.
    pub explain_once: TwoNames,
    pub submit: &'static str,
    pub optional: &'static str,
    pub missing: &'static str,
    pub too_long: fn(u16) -> String,
    pub no_address: &'static str,
    pub not_accepted: &'static str,
    /// An example, below the field.
    pub example: OneName,
    /// An example.
    pub unlike: OneName,
    pub taken: &'static str,
    pub label: fn(super::page::attributes::StandardAttribute) -> &'static str,
}

/// Signing out.
pub struct SignOutTexts {
    pub confirm_title: &'static str,
    pub confirm_explain: OneName,
    pub confirm_explain_plain: &'static str,
    pub confirm: &'static str,
    pub stay: &'static str,
    pub done_title: &'static str,
    pub done_explain: &'static str,
    pub done_others: &'static str,
    /// Link to where somebody signed out.
    pub again: &'static str,
    /// Link to the person's own account, where they came from is not known.
    pub to_account: &'static str,
    pub given_up_title: &'static str,
    pub given_up_explain: &'static str,
    /// Link to where somebody did not sign in.
    pub sign_in: &'static str,
}

/// The end of a connection's test.
pub struct ConnectionTestTexts {
    pub title: &'static str,
    pub explain: &'static str,
    pub nothing_kept: &'static str,
}

/// After an administrator has shown anew that it is them.
pub struct ProvenTexts {
    pub title: &'static str,
    pub explain: &'static str,
}

/// Choosing an account.
pub struct AccountTexts {
    pub title: &'static str,
    pub explain: OneName,
    pub signed_in: &'static str,
    /// Whose session a sign-in goes on from.
    pub signed_in_as: OneName,
    pub other: &'static str,
}

/// Making the first administrator.
pub struct SetUpTexts {
    pub title: &'static str,
    pub explain: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    pub rule: &'static str,
    pub submit: &'static str,
    pub no_address: &'static str,
    pub address_taken: &'static str,
}

/// Pages that cannot go on.
pub struct TroubleTexts {
    pub number: &'static str,
    pub request: &'static str,
    pub retry: &'static str,
    pub other_ways: &'static str,
    pub tell_support: &'static str,
}

/// The page that carries the answer to an application by form (OAuth 2.0 Form Post Response Mode).
pub struct FormPostTexts {
    pub title: &'static str,
    pub explain: &'static str,
    /// Where the answer is that nobody was signed in.
    pub error_title: &'static str,
    pub error_explain: &'static str,
    pub submit: &'static str,
}
