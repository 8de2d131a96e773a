//! From a transaction to what its page shows.

use std::sync::Arc;

use doorward_app::hosted::page::attributes::{AttributeField, AttributeProblem, Attributes};
use doorward_app::hosted::page::backup_codes::{BackupCodeOption, BackupCodes};
use doorward_app::hosted::page::by_mail::{ByMail, Way};
use doorward_app::hosted::page::code::{CodeOption, Enrolment, MailCodeOption, Mailed, Picture};
use doorward_app::hosted::page::passkey::{PasskeyOption, ProofBy};
use doorward_app::hosted::page::proof::{Proof, ProofMethod, ProofProblem};
use doorward_app::hosted::page::sign_in::{ConnectionOption, SignIn as SignInPage, SignInOption};
use doorward_app::hosted::{Home, PageShell, mask};
use doorward_app::ui::logo::Brand;
use doorward_domain::connection::Connection;
use doorward_domain::engine::{AnswerFault, AwaitingAttributes, AwaitingProof, Noting, Person};
use doorward_domain::flow::AuthOption;
use qrcode::{Color, EcLevel, QrCode};

use super::page;
use super::refused::Typed;
use crate::signin::backup_code;
use crate::signin::codes::Pages;
use crate::signin::console::PROVEN;
use crate::signin::cookie::{self, LAST_USED};
use crate::signin::dispatcher;
use crate::signin::hop::{Hop, Terms};
use crate::signin::mail_code::{self, Delivery};
use crate::signin::passkey;
use crate::signin::proof::Ways;
use crate::signin::totp;
use crate::signin::transaction::Transaction;

/// Longest answer on the attributes page, in characters.
const ANSWER_LIMIT: u16 = 500;

/// The anti-forgery token of the transaction's forms.
#[must_use]
pub fn csrf(hop: &Hop, transaction: &Transaction) -> String {
    cookie::encode(&transaction.csrf(&hop.state.keyring))
}

/// The languages a page should try: what was chosen on it, what the person chose before, what the application asked
/// for.
#[must_use]
pub fn wishes(hop: &Hop, transaction: &Transaction, chosen: Option<&str>) -> String {
    let asked = transaction.request().map(|request| request.ui_locales.join(" "));
    page::in_order([chosen, page::remembered(hop), asked.as_deref()])
}

/// Where the way back leads for somebody who is signed in and visits their own account.
#[must_use]
pub fn home(transaction: &Transaction) -> Option<Home> {
    let visit = transaction.visit().filter(|visit| visit.account.is_some())?;
    Some(if visit.return_to == PROVEN {
        Home::Console
    } else {
        Home::Account
    })
}

/// The transaction's page without its content.
#[must_use]
pub fn shell(hop: &Hop, terms: &Terms, transaction: &Transaction, chosen: Option<&str>) -> PageShell {
    let wishes = wishes(hop, transaction, chosen);
    PageShell {
        address: Some(dispatcher::address(transaction)),
        csrf: csrf(hop, transaction),
        home: home(transaction),
        ..page::shell(hop, terms.application(), Some(&wishes))
    }
}

/// Where a page's forms post to; a language that was chosen on the page stays.
#[must_use]
pub fn action(transaction: &Transaction, rest: &str, chosen: Option<&str>) -> String {
    let address = dispatcher::address(transaction);
    match chosen.and_then(doorward_app::hosted::Language::of_tag) {
        Some(language) => format!("{address}{rest}?ui_locales={}", language.tag()),
        None => format!("{address}{rest}"),
    }
}

/// The options of the step as the page shows them; `None` while something else is asked.
#[must_use]
pub fn options(hop: &Hop, terms: &Terms, transaction: &Transaction, codes: &Pages) -> Option<Vec<SignInOption>> {
    let choosing = dispatcher::choosing(transaction).ok()?;
    let last = hop.cookies().read(&hop.headers, LAST_USED);
    let offered = dispatcher::options(hop, terms, &choosing);
    let knows_nobody = choosing.progress().person().is_none() && transaction.visitor().is_none();
    let mut by_mail = Some(by_mail(&offered, transaction));
    let option = |(option, connection): (AuthOption, Option<Arc<Connection>>)| match connection {
        Some(connection) => Some(SignInOption::Connection(connection_option(&connection, last))),
        None => match option {
            AuthOption::Password => Some(SignInOption::Password),
            _ if option.is_mail() && knows_nobody => by_mail.take().map(SignInOption::ByMail),
            AuthOption::EmailLink => None,
            AuthOption::Totp => codes.app.as_ref().map(code_option),
            AuthOption::Passkey => codes.passkey.as_ref().map(passkey_option),
            AuthOption::EmailOtp => codes.mail.as_ref().map(mail_option),
            AuthOption::BackupCode => codes.backup.as_ref().map(backup_option),
            AuthOption::Connection(_) => None,
        },
    };
    Some(offered.into_iter().filter_map(option).collect())
}

/// What comes by email stands once on the page, where the first of it stands in the flow.
fn by_mail(offered: &[(AuthOption, Option<Arc<Connection>>)], transaction: &Transaction) -> ByMail {
    let way = |option: &AuthOption| match option {
        AuthOption::EmailLink => Some(Way::Link),
        AuthOption::EmailOtp => Some(Way::Code),
        AuthOption::Password
        | AuthOption::Passkey
        | AuthOption::Totp
        | AuthOption::BackupCode
        | AuthOption::Connection(_) => None,
    };
    let ways: Vec<Way> = offered.iter().filter_map(|(option, _)| way(option)).collect();
    let asked = transaction.asked.as_ref();
    let asked = asked.and_then(|asked| Some((way(&asked.option)?, asked.address.clone())));
    ByMail {
        asked: asked.filter(|(way, _)| ways.contains(way)),
        ways,
    }
}

fn connection_option(connection: &Connection, last: Option<&str>) -> ConnectionOption {
    ConnectionOption {
        handle: connection.handle.as_str().to_owned(),
        name: connection.display_name.clone(),
        brand: Brand::of_connection(connection.template, &connection.oidc.issuer),
        was_last_used: last == Some(connection.handle.as_str()),
    }
}

fn code_option(page: &totp::Page) -> SignInOption {
    let enrol = match page {
        totp::Page::Ask => None,
        totp::Page::Enrol {
            key,
            address,
            needs_proof,
        } => Some(Enrolment {
            needs_proof: *needs_proof,
            key: key.clone(),
            address: address.clone(),
            picture: picture(address),
        }),
    };
    SignInOption::Code(CodeOption { enrol })
}

fn backup_option(page: &backup_code::Page) -> SignInOption {
    SignInOption::BackupCode(BackupCodeOption {
        left: page.left,
        is_low: page.is_low,
    })
}

fn passkey_option(page: &passkey::Page) -> SignInOption {
    let by = |proof: &passkey::ProofBy| match proof {
        passkey::ProofBy::App => ProofBy::App,
        passkey::ProofBy::BackupCode => ProofBy::BackupCode,
    };
    let (request, creation, proof) = match page {
        passkey::Page::Identify { request } => (Some(request), None, None),
        passkey::Page::Confirm { request, creation } => (Some(request), Some(creation), None),
        passkey::Page::Enrol { creation, proof } => (None, Some(creation), proof.as_ref().map(by)),
    };
    SignInOption::Passkey(PasskeyOption {
        request: request.cloned(),
        creation: creation.cloned(),
        proof,
    })
}

/// Whether the step has ways for this person, and each of them would have to enrol what they may not.
#[must_use]
pub fn is_stuck(terms: &Terms, transaction: &Transaction, page: &SignInPage) -> bool {
    let has_ways = dispatcher::choosing(transaction).is_ok_and(|choosing| {
        let options = choosing.options(terms.demands().flow);
        choosing.progress().person().is_some()
            && !options.is_empty()
            && options.iter().all(|o| o.connection().is_none())
    });
    page.options.is_empty() && has_ways
}

fn mail_option(page: &mail_code::Page) -> SignInOption {
    SignInOption::MailCode(mail_code_option(page))
}

fn mail_code_option(page: &mail_code::Page) -> MailCodeOption {
    let mailed = |delivery| match delivery {
        Delivery::UnderWay => Mailed::Sent,
        Delivery::Slow => Mailed::Slow,
        Delivery::Failed => Mailed::Failed,
    };
    MailCodeOption {
        to: page.to.clone(),
        mailed: page.mail.map(mailed),
    }
}

/// An address is far shorter than what a QR code holds; should one not fit, there is the key beside it.
fn picture(address: &str) -> Picture {
    let code = QrCode::with_error_correction_level(address, EcLevel::L);
    code.map_or(
        Picture {
            size: 0,
            modules: vec![],
        },
        |code| Picture {
            size: code.width(),
            modules: code.to_colors().into_iter().map(|color| color == Color::Dark).collect(),
        },
    )
}

/// The sign-in page.
#[must_use]
pub fn sign_in(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    chosen: Option<&str>,
    typed: Typed,
    codes: &Pages,
) -> SignInPage {
    let asked = transaction.state.progress().and_then(|progress| progress.request());
    let of_script = asked.and_then(|request| request.username()).map(str::to_owned);
    let of_application = transaction.request().and_then(|request| request.login_hint.clone());
    let hint = of_script.or(of_application);
    // Somebody who is signed in shows it anew. Which account it has to be is checked when they have (S7).
    let is_nobody = transaction
        .state
        .progress()
        .is_none_or(|progress| progress.person().is_none());
    let known = transaction.visit().and_then(|visit| visit.username.clone());
    let known = known.filter(|_| is_nobody);
    SignInPage {
        action: action(transaction, "", chosen),
        options: options(hop, terms, transaction, codes).unwrap_or_default(),
        is_known: known.is_some(),
        shown_anew: shown_anew(transaction),
        signed_in: None,
        no_administrator: None,
        is_linking: dispatcher::choosing(transaction).is_ok_and(|choosing| transaction.links_at(&choosing)),
        username: known.or(typed.username).or(hint).unwrap_or_default(),
        problem: typed.problem,
    }
}

/// Whom somebody who is signed in shows anew at this step, whatever it takes.
fn shown_anew(transaction: &Transaction) -> Option<String> {
    let visit = transaction.visit()?;
    let choosing = dispatcher::choosing(transaction).ok()?;
    visit.username.clone().filter(|_| transaction.shows_anew_at(&choosing))
}

/// The page that shows new backup codes.
#[must_use]
pub fn backup_codes(hop: &Hop, transaction: &Transaction, noting: &Noting, chosen: Option<&str>) -> BackupCodes {
    BackupCodes {
        action: action(transaction, "/kept", chosen),
        codes: backup_code::shown(hop, transaction, noting),
    }
}

/// The page that asks for proof. The account is recalled without being told: only the address the provider asserted,
/// which the person knows, is shown, and masked.
#[must_use]
pub fn proof(
    hop: &Hop,
    transaction: &Transaction,
    awaiting: &AwaitingProof,
    chosen: Option<&str>,
    problem: Option<ProofProblem>,
    ways: &Ways,
) -> Proof {
    let assertion = awaiting.federated().assertion();
    let address = assertion
        .claims
        .get("email")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let connection = hop.snapshot.connection(&assertion.connection);
    Proof {
        action: action(transaction, "/proof", chosen),
        account: mask::mask(address),
        connection: connection
            .map(|connection| connection.display_name.clone())
            .unwrap_or_default(),
        methods: methods(ways),
        problem,
    }
}

/// The quickest first; another provider last, which takes the person elsewhere.
fn methods(ways: &Ways) -> Vec<ProofMethod> {
    let passkey = ways.passkey.clone().map(ProofMethod::Passkey);
    let mail = ways.mail.as_ref().map(mail_code_option).map(ProofMethod::MailCode);
    let password = ways.has_password.then_some(ProofMethod::Password);
    // Which one was used last in this browser is said of the person, not of the account: no hint.
    let others = ways.connections.iter().map(|other| connection_option(other, None));
    let others: Vec<_> = others.collect();
    let others = (!others.is_empty()).then_some(ProofMethod::Connections(others));
    [password, passkey, mail, others].into_iter().flatten().collect()
}

/// The page that asks for attributes, with what was typed and what is wrong with it.
#[must_use]
pub fn attributes<'a>(
    hop: &Hop,
    transaction: &Transaction,
    awaiting: &AwaitingAttributes,
    chosen: Option<&str>,
    typed: impl Fn(&str) -> Option<&'a str>,
    faults: &[(String, AnswerFault)],
) -> Attributes {
    let field = |name: &String| AttributeField {
        name: name.clone(),
        value: typed(name).unwrap_or_default().to_owned(),
        is_required: true,
        max_length: ANSWER_LIMIT,
        problem: faults
            .iter()
            .find(|(of, _)| of == name)
            .map(|(_, fault)| problem(*fault)),
    };
    let progress = awaiting.progress();
    let through = progress
        .passed()
        .iter()
        .find_map(|passed| passed.evidence.connection.as_ref());
    let connection = through.and_then(|connection| hop.snapshot.connection(connection));
    Attributes {
        action: action(transaction, "/attributes", chosen),
        connection: connection
            .map(|connection| connection.display_name.clone())
            .unwrap_or_default(),
        are_kept: matches!(progress.person(), Some(Person::Account { fresh: None, .. })),
        fields: awaiting.missing().iter().map(field).collect(),
        problem: None,
    }
}

/// What the page says of a fault.
#[must_use]
pub fn problem(fault: AnswerFault) -> AttributeProblem {
    match fault {
        AnswerFault::Missing => AttributeProblem::Missing,
        AnswerFault::TooLong => AttributeProblem::TooLong,
        AnswerFault::Characters => AttributeProblem::NotAccepted,
        AnswerFault::NotAnAddress => AttributeProblem::NoAddress,
        AnswerFault::Unlike(example) => AttributeProblem::Unlike(example),
    }
}
