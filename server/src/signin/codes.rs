//! Steps that are passed with a one-time code: of an app ([`totp`]), from a mail ([`mail_code`]) or one of those that were
//! kept for the day on which the others are not at hand ([`backup_code`]). What the page
//! of a step shows of these and of passkeys is gathered here.

use doorward_app::hosted::Language;
use doorward_domain::Claims;
use doorward_domain::account::AccountStatus;
use doorward_domain::engine::{Choosing, FactorAccepted, MailWish, PasswordAccepted, Person, SignIn};
use doorward_domain::flow::AuthOption;
use doorward_domain::script::StepOutcome;
use doorward_storage::Contested;

use super::dispatcher::{self, Failed};
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance, again};
use super::hop::{Hop, Terms};
use super::owner::began_elsewhere;
use super::totp::Offer;
use super::transaction::Transaction;
use super::{backup_code, mail_code, passkey, refusal, self_service, totp};

/// How a code fared.
pub enum CodeOutcome {
    Passed(Answer),
    Again(Misfit),
}

/// Why a code does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    Wrong,
    /// It was right, once.
    Used,
    /// The code is right, but not the backup code that has to come with it.
    Unproven,
}

/// What was typed.
#[derive(Debug, Clone, Copy)]
pub struct Entered<'a> {
    pub code: &'a str,
    /// A backup code beside the first code of a new app; empty where none is asked for.
    pub proof: &'a str,
}

/// What became of a code.
pub(super) enum Checked {
    Right(Box<Right>),
    Misfit(Misfit),
}

/// A code that was right: what it writes, and what is known of the person.
pub(super) struct Right {
    pub effects: Effects,
    pub claims: Claims,
}

/// What a step's page shows of its ways that are our own.
#[derive(Debug, Default)]
pub struct Pages {
    pub app: Option<totp::Page>,
    pub mail: Option<mail_code::Page>,
    pub backup: Option<backup_code::Page>,
    pub passkey: Option<passkey::Page>,
}

/// What the page shows for the person who is known by now.
///
/// # Errors
/// Those of the database.
pub async fn pages(hop: &Hop, terms: &Terms, transaction: &Transaction) -> Result<Pages, SignInFault> {
    let choosing = dispatcher::choosing(transaction)?;
    let offered = |option| {
        choosing
            .check_factor_offered(&option, terms.demands().flow, hop.now)
            .ok()
    };
    let mut known = backup_code::Known::default();
    let app = match offered(AuthOption::Totp) {
        Some(person) => match totp::offer(hop, transaction, person, &mut known).await? {
            Offer::Page(page) => Some(page),
            Offer::NoProofLeft if !has_another_way(&choosing, terms) => {
                refusal::record_no_proof_left(hop, terms, person).await?;
                return Err(SignInFault::NoProofLeft);
            }
            Offer::NoProofLeft | Offer::NeedsPasskey => None,
        },
        None => None,
    };
    let mail = match receiver_if_any(hop, terms, transaction, &choosing).await? {
        Some(person) => Some(mail_code::page(hop, &choosing, transaction, &person).await?),
        None => None,
    };
    let backup = match offered(AuthOption::BackupCode).filter(|_| !transaction.makes_codes()) {
        Some(person) => known.page(hop, person).await?,
        None => None,
    };
    let passkey = match choosing.check_passkey_offered(terms.demands().flow, hop.now) {
        Ok(person) => passkey::page(hop, transaction, person, &mut known).await?,
        Err(_) => None,
    };
    Ok(Pages {
        app,
        mail,
        backup,
        passkey,
    })
}

/// Whom a code by email goes to: the person who is known by now, or the one a visit is about, whom it shows anew.
///
/// # Errors
/// `NotOffered`; what else stops it.
async fn receiver(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: &Choosing,
) -> Result<Person, SignInFault> {
    match choosing.check_factor_offered(&AuthOption::EmailOtp, terms.demands().flow, hop.now) {
        Ok(person) => Ok(person.clone()),
        Err(refused) => {
            let visitor = self_service::receiver(hop, terms, transaction, choosing).await?;
            visitor.ok_or_else(|| refused.into())
        }
    }
}

async fn receiver_if_any(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: &Choosing,
) -> Result<Option<Person>, SignInFault> {
    match receiver(hop, terms, transaction, choosing).await {
        Ok(person) => Ok(Some(person)),
        Err(SignInFault::NotOffered | SignInFault::Expired) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether the step offers more than an app and what stands in for it.
fn has_another_way(choosing: &Choosing, terms: &Terms) -> bool {
    let options = choosing.options(terms.demands().flow);
    let other = |option: &&AuthOption| !matches!(option, AuthOption::Totp | AuthOption::BackupCode);
    options.iter().any(other)
}

/// Sends the mail with the code at the first sight of a step that offers nothing else but what stands in for it; a page
/// that is loaded again sends no other.
///
/// # Errors
/// What stops it.
pub async fn mail_if_alone(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    language: Language,
) -> Result<(), SignInFault> {
    // Any page can send a browser here that is signed in: its person says that they want the mail.
    if transaction.rests_on_session && transaction.proven_here().is_empty() {
        return Ok(());
    }
    let choosing = dispatcher::choosing(transaction)?;
    let mut options = choosing.options(terms.demands().flow);
    options.retain(|option| **option != AuthOption::BackupCode);
    if options != [&AuthOption::EmailOtp] {
        return Ok(());
    }
    let Some(person) = receiver_if_any(hop, terms, transaction, &choosing).await? else {
        return Ok(());
    };
    let when = mail_code::When::First;
    mail_code::send(hop, terms, &choosing, transaction, &person, language, when).await?;
    Ok(())
}

/// Sends the mail with the code at the person's wish, or has the step fail where the script allows no further one: then
/// the answer leads on.
///
/// # Errors
/// What stops it.
pub async fn mail(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    language: Language,
) -> Result<Option<Answer>, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let choosing = dispatcher::choosing(transaction).map_err(within)?.into_owned();
    let person = receiver(hop, terms, transaction, &choosing).await.map_err(within)?;
    let when = mail_code::When::Asked;
    let sent = mail_code::send(hop, terms, &choosing, transaction, &person, language, when).await;
    match sent.map_err(within)? {
        MailWish::Granted => Ok(None),
        MailWish::Refused => Err(within(SignInFault::TooManyAttempts)),
        MailWish::EndsStep => dispatcher::give_up(hop, terms, transaction, choosing, StepOutcome::Fail)
            .await
            .unwrap_or_else(|| Err(within(SignInFault::TooManyAttempts)))
            .map(Some),
    }
}

/// Passes a step with a code, or enrols the app whose first code it is.
///
/// # Errors
/// What stops it.
pub async fn enter(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    option: &AuthOption,
    entered: Entered<'_>,
) -> Result<CodeOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let demands = terms.demands();
    let choosing = dispatcher::choosing(&transaction).map_err(within)?.into_owned();
    let person = match option {
        AuthOption::EmailOtp => receiver(hop, terms, &transaction, &choosing).await,
        option => {
            let known = choosing.check_factor_offered(option, demands.flow, hop.now);
            known.cloned().map_err(SignInFault::from)
        }
    };
    let person = person.map_err(within)?;
    let checked = match option {
        AuthOption::Totp => totp::check(hop, &transaction, &person, entered).await,
        AuthOption::EmailOtp => mail_code::check(hop, &choosing, &transaction, &person, entered.code).await,
        // A backup code makes no others: the way to them is not one of them.
        AuthOption::BackupCode if transaction.makes_codes() => Err(SignInFault::NotOffered),
        AuthOption::BackupCode => backup_code::check(hop, &person, entered.code).await,
        AuthOption::Password | AuthOption::Passkey | AuthOption::EmailLink | AuthOption::Connection(_) => {
            Err(SignInFault::NotOffered)
        }
    };
    let Right { mut effects, claims } = match checked.map_err(within)? {
        Checked::Right(right) => *right,
        Checked::Misfit(misfit) => {
            if let Some(answer) = answered_before(hop, &transaction, misfit).await.map_err(within)? {
                return Ok(CodeOutcome::Passed(answer));
            }
            return match dispatcher::miss(hop, terms, &transaction, choosing, option).await {
                Some(answered) => answered.map(CodeOutcome::Passed),
                None => Ok(CodeOutcome::Again(misfit)),
            };
        }
    };
    for event in &mut effects.audit {
        event.application = terms.application().map(|application| application.id.clone());
    }
    let claims = person.passing_claims().cloned().unwrap_or(claims);
    let accepted = FactorAccepted {
        option: option.clone(),
        person: person.clone(),
        claims,
    };
    let next = match choosing.progress().person() {
        Some(_) => confirm(hop, terms, &transaction, choosing, accepted).await,
        None => shown_anew(hop, terms, choosing, accepted),
    };
    let next = next.map_err(within)?;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(CodeOutcome::Passed(answer)),
        // Of two uses at once, one is first.
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::FactorUsed) => {
            let before = answered_before(hop, &transaction, Misfit::Used).await.map_err(within)?;
            Ok(before.map_or(CodeOutcome::Again(Misfit::Used), CodeOutcome::Passed))
        }
        Err(fault) if began_elsewhere(&fault, Some(&person)) => Err(Failed::early(SignInFault::Expired)),
        Err(fault) => Err(within(fault)),
    }
}

/// The answer to a code that has ended this very sign-in a moment ago: its page was sent twice, and nothing has failed.
async fn answered_before(hop: &Hop, transaction: &Transaction, misfit: Misfit) -> Result<Option<Answer>, SignInFault> {
    match misfit {
        Misfit::Used => again::to_holder(hop, transaction, None).await,
        Misfit::Wrong | Misfit::Unproven => Ok(None),
    }
}

/// Passes the step with a code that says that a visitor is who they are.
fn shown_anew(hop: &Hop, terms: &Terms, choosing: Choosing, accepted: FactorAccepted) -> Result<SignIn, SignInFault> {
    let FactorAccepted { option, person, claims } = accepted;
    let account = person.account().ok_or(SignInFault::NotOffered)?.clone();
    let accepted = PasswordAccepted {
        account,
        sub: person.sub().to_owned(),
        // A code goes to nobody else.
        status: AccountStatus::Active,
        mailbox: true,
        claims,
    };
    Ok(choosing.accept_mail(option, accepted, &terms.demands(), hop.now)?)
}

/// Passes the step, or first has the person keep backup codes, where the step takes them and they have none or few. Only
/// what these stand in for brings new ones: nobody lives on backup codes, and a stolen one makes no others.
async fn confirm(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: Choosing,
    accepted: FactorAccepted,
) -> Result<SignIn, SignInFault> {
    let demands = terms.demands();
    let takes_codes = choosing
        .check_factor_offered(&AuthOption::BackupCode, demands.flow, hop.now)
        .is_ok();
    if takes_codes
        && accepted.option.stands_alone_as_second()
        && backup_code::are_due(hop, transaction, &accepted.person).await?
    {
        return Ok(SignIn::Noting(choosing.note(accepted, demands.flow, hop.now)?));
    }
    Ok(choosing.confirm(accepted, &demands, hop.now)?)
}
