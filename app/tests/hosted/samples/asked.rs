//! Pages that ask for more: a proof, the form of a script, attributes, which account.

use doorward_app::hosted::page::accounts::{self, AccountChoice, Accounts};
use doorward_app::hosted::page::attributes::{self, AttributeField, AttributeProblem, Attributes};
use doorward_app::hosted::page::code::{MailCodeOption, Mailed};
use doorward_app::hosted::page::prompt::{self, Prompt};
use doorward_app::hosted::page::proof::{self, Proof, ProofMethod, ProofProblem};
use doorward_app::hosted::{PageShell, UserMessage};
use doorward_app::ui::logo::Brand;
use doorward_domain::script_form::{Form, Input, InputKind, TooMany};

use super::Put;
use super::factors::PASSKEY_REQUEST;
use super::sign_in::connection;

pub fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    put("proof", proof::render(shell, &proof(None)));
    put("proof_of_all", proof::render(shell, &proof_of_all(None, None)));
    put("prompt", prompt::render(shell, &a_prompt(vec![])));
    put("sessions", prompt::render(shell, &sessions(vec![])));
    let too_few = vec![("ses_1".to_owned(), AttributeProblem::Missing)];
    put("sessions_too_few", prompt::render(shell, &sessions(too_few)));
    put(
        "attributes_with_errors",
        attributes::render(shell, &attributes(true, true)),
    );
    put("accounts", accounts::render(shell, &accounts()));
}

pub fn in_english(shell: &PageShell, put: &mut Put<'_>) {
    put(
        "proof_wrong_password",
        proof::render(shell, &proof(Some(ProofProblem::WrongPassword))),
    );
    let (mailed, wrong) = (Some(Mailed::Sent), Some(ProofProblem::WrongMailCode));
    put(
        "proof_wrong_mail_code",
        proof::render(shell, &proof_of_all(mailed, wrong)),
    );
    let refused = Some(ProofProblem::PasskeyRefused);
    put(
        "proof_passkey_refused",
        proof::render(shell, &proof_of_all(None, refused)),
    );
    let missing = vec![("site".to_owned(), AttributeProblem::Missing)];
    put("prompt_with_errors", prompt::render(shell, &a_prompt(missing)));
    let too_many = ProofProblem::Message(UserMessage::TooManyAttempts);
    put("proof_too_many_tries", proof::render(shell, &proof(Some(too_many))));
    put("attributes_kept", attributes::render(shell, &attributes(true, false)));
    put("attributes_once", attributes::render(shell, &attributes(false, false)));
}

fn proof(problem: Option<ProofProblem>) -> Proof {
    Proof {
        action: "/sign-in/proof".into(),
        account: "m•••@example.com".into(),
        connection: "Acme Workforce".into(),
        methods: vec![ProofMethod::Password],
        problem,
    }
}

/// An account that has every way to prove it.
fn proof_of_all(mailed: Option<Mailed>, problem: Option<ProofProblem>) -> Proof {
    let mail = MailCodeOption {
        to: "m•••@example.com".into(),
        mailed,
    };
    let other = connection("github", "GitHub", Brand::Github, false);
    Proof {
        methods: vec![
            ProofMethod::Password,
            ProofMethod::Passkey(PASSKEY_REQUEST.to_owned()),
            ProofMethod::MailCode(mail),
            ProofMethod::Connections(vec![other]),
        ],
        ..proof(problem)
    }
}

/// A form of a script, with words that would be markup.
fn a_prompt(problems: Vec<(String, AttributeProblem)>) -> Prompt {
    let input = |name: &str, label: &str, required| Input {
        name: name.into(),
        label: label.into(),
        required,
        ..Input::default()
    };
    Prompt {
        action: "/sign-in/prompt".into(),
        form: Form {
            title: Some("Where do you <i>work</i>?".into()),
            text: Some("We ask once.\n<script>alert(1)</script>".into()),
            inputs: vec![input("site", "Site", true), input("note", "Anything \"else\"", false)],
            may_skip: problems.is_empty(),
            sessions: None,
        },
        values: vec![("note".into(), "\"><img>".into())],
        problems,
        max_length: 1024,
    }
}

/// The browsers of somebody who is signed in in too many.
fn sessions(problems: Vec<(String, AttributeProblem)>) -> Prompt {
    let input = |name: &str, agent: &str| Input {
        name: name.into(),
        label: agent.into(),
        kind: InputKind::Checkbox,
        since: Some(1_800_000_000_000),
        ..Input::default()
    };
    Prompt {
        action: "/sign-in/prompt".into(),
        form: Form {
            inputs: vec![
                input("ses_1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
                input("ses_2", "<i>"),
            ],
            may_skip: problems.is_empty(),
            sessions: Some(TooMany {
                most: 2,
                least_ended: 1,
            }),
            ..Form::default()
        },
        values: vec![],
        problems,
        max_length: 1024,
    }
}

fn attributes(are_kept: bool, with_problems: bool) -> Attributes {
    let field = |name: &str, value: &str, problem: Option<AttributeProblem>| AttributeField {
        name: name.into(),
        value: value.into(),
        is_required: name != "nickname",
        max_length: 200,
        problem: problem.filter(|_| with_problems),
    };
    let fields = vec![
        field("given_name", "Maria", None),
        field("email", "maria@", Some(AttributeProblem::NoAddress)),
        field("cost_centre", "", Some(AttributeProblem::Missing)),
        field("nickname", "", None),
        field("phone_number", "0123", Some(AttributeProblem::NotAccepted)),
        field("preferred_username", "maria", Some(AttributeProblem::Taken)),
        field("name", "M", Some(AttributeProblem::TooLong)),
    ];
    Attributes {
        action: "/sign-in/attributes".into(),
        connection: "Acme Workforce".into(),
        are_kept,
        fields: if with_problems {
            fields
        } else {
            fields.into_iter().take(3).collect()
        },
        problem: with_problems.then_some(UserMessage::MissingAttributesInvalid),
    }
}

fn accounts() -> Accounts {
    let account = |key: &str, name: &str, detail: Option<&str>| AccountChoice {
        key: key.into(),
        name: name.into(),
        detail: detail.map(str::to_owned),
    };
    Accounts {
        action: "/sign-in/account".into(),
        accounts: vec![
            account("0", "Maria Example", Some("maria@example.com")),
            account("1", "עדי דוגמה", Some("adi@example.com")),
            account("2", "payroll-operator", None),
        ],
    }
}
