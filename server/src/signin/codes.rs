//! Steps that are passed with a one-time code: of an app ([`totp`]), from a mail ([`mail_code`]) or one of those that were
//! kept for the day on which the others are not at hand ([`backup_code`]). What the page
//! of a step shows of these and of passkeys is gathered here.

use doorward_app::hosted::Language;
use doorward_domain::Claims;
use doorward_domain::engine::{Choosing, FactorAccepted, SignIn};
use doorward_domain::flow::AuthOption;
use doorward_domain::script::StepOutcome;
use doorward_storage::Contested;

use super::dispatcher::{self, Failed};
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::owner::began_elsewhere;
use super::totp::Offer;
use super::transaction::Transaction;
use super::{backup_code, mail_code, passkey, refusal, totp};

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
    let app = match offered(AuthOption::Totp) {
        Some(person) => match totp::offer(hop, transaction, person).await? {
            Offer::Page(page) => Some(page),
            Offer::NoProofLeft if !has_another_way(&choosing, terms) => {
                refusal::record_no_proof_left(hop, terms, person).await?;
                return Err(SignInFault::NoProofLeft);
            }
            Offer::NoProofLeft | Offer::NeedsPasskey => None,
        },
        None => None,
    };
    let mail = match offered(AuthOption::EmailOtp) {
        Some(person) => Some(mail_code::page(hop, &choosing, transaction, person).await?),
        None => None,
    };
    let backup = match offered(AuthOption::BackupCode) {
        Some(person) => backup_code::page(hop, person).await?,
        None => None,
    };
    let passkey = match choosing.check_passkey_offered(terms.demands().flow, hop.now) {
        Ok(person) => passkey::page(hop, transaction, person).await?,
        Err(_) => None,
    };
    Ok(Pages {
        app,
        mail,
        backup,
        passkey,
    })
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
    let choosing = dispatcher::choosing(transaction)?;
    let mut options = choosing.options(terms.demands().flow);
    options.retain(|option| **option != AuthOption::BackupCode);
    if options != [&AuthOption::EmailOtp] {
        return Ok(());
    }
    let Some(person) = choosing.progress().person() else {
        return Ok(());
    };
    mail_code::send(
        hop,
        terms,
        &choosing,
        transaction,
        person,
        language,
        mail_code::When::First,
    )
    .await
}

/// Sends the mail with the code at the person's wish.
///
/// # Errors
/// What stops it.
pub async fn mail(hop: &Hop, terms: &Terms, transaction: &Transaction, language: Language) -> Result<(), SignInFault> {
    let choosing = dispatcher::choosing(transaction)?;
    let person = choosing.check_factor_offered(&AuthOption::EmailOtp, terms.demands().flow, hop.now)?;
    mail_code::send(
        hop,
        terms,
        &choosing,
        transaction,
        person,
        language,
        mail_code::When::Asked,
    )
    .await
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
    let choosing = dispatcher::choosing(&transaction).map_err(within)?;
    let person = choosing
        .check_factor_offered(option, demands.flow, hop.now)
        .map_err(|refused| within(refused.into()))?
        .clone();
    let checked = match option {
        AuthOption::Totp => totp::check(hop, &transaction, &person, entered).await,
        AuthOption::EmailOtp => mail_code::check(hop, &choosing, &transaction, &person, entered.code).await,
        AuthOption::BackupCode => backup_code::check(hop, &person, entered.code).await,
        AuthOption::Password | AuthOption::Passkey | AuthOption::Connection(_) => Err(SignInFault::NotOffered),
    };
    let Right { mut effects, claims } = match checked.map_err(within)? {
        Checked::Right(right) => *right,
        Checked::Misfit(misfit) => {
            let told = dispatcher::give_up(hop, terms, &transaction, choosing, StepOutcome::Fail).await;
            return match told {
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
    let next = confirm(hop, terms, &transaction, choosing, accepted)
        .await
        .map_err(within)?;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(CodeOutcome::Passed(answer)),
        // Of two uses at once, one is first.
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::FactorUsed) => {
            Ok(CodeOutcome::Again(Misfit::Used))
        }
        Err(fault) if began_elsewhere(&fault, Some(&person)) => Err(Failed::early(SignInFault::Expired)),
        Err(fault) => Err(within(fault)),
    }
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
