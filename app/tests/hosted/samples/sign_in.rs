//! The choice of the sign-in page.

use doorward_app::hosted::page::code::CodeOption;
use doorward_app::hosted::page::sign_in::{ConnectionOption, SignIn, SignInOption, SignInProblem, render};
use doorward_app::hosted::{PageShell, UserMessage};
use doorward_app::ui::logo::Brand;

use super::shells::{branded, hostile};
use super::{HOSTILE, Put};

pub fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    put("sign_in", render(shell, &both_ways()));
    put("sign_in_wrong_password", render(shell, &wrong_password()));
    put("sign_in_anew", render(shell, &anew(None)));
    let second = SignIn {
        options: vec![SignInOption::Code(CodeOption { enrol: None })],
        shown_anew: Some(HOSTILE.into()),
        ..both_ways()
    };
    put("confirmed_anew", render(shell, &second));
    let going_on = SignIn {
        options: vec![SignInOption::Code(CodeOption { enrol: None })],
        username: String::new(),
        signed_in: Some(HOSTILE.into()),
        ..both_ways()
    };
    put("confirmed_after_single_sign_on", render(shell, &going_on));
    let console = SignIn {
        options: vec![SignInOption::Password],
        username: String::new(),
        no_administrator: Some(HOSTILE.into()),
        ..both_ways()
    };
    put("sign_in_no_administrator", render(shell, &console));
}

pub fn in_english(shell: &PageShell, put: &mut Put<'_>) {
    let password_only = SignIn {
        options: vec![SignInOption::Password],
        username: String::new(),
        ..both_ways()
    };
    put("sign_in_password_only", render(shell, &password_only));
    let connections_only = SignIn {
        options: connections(),
        ..both_ways()
    };
    put("sign_in_connections_only", render(shell, &connections_only));
    let failed = SignInProblem::Message {
        message: UserMessage::ProviderRefused,
        connection: Some("Acme Workforce".into()),
    };
    put(
        "sign_in_after_refusal",
        render(
            shell,
            &SignIn {
                problem: Some(failed),
                ..both_ways()
            },
        ),
    );
    let missing = SignIn {
        problem: Some(SignInProblem::UsernameMissing),
        username: String::new(),
        ..both_ways()
    };
    put("sign_in_username_missing", render(shell, &missing));
    let wrong = Some(SignInProblem::WrongPassword);
    put("sign_in_anew_wrong_password", render(shell, &anew(wrong)));
    put("sign_in_branded", render(&branded(shell), &both_ways()));
    put("sign_in_hostile", render(&hostile(shell), &hostile_sign_in()));
}

pub(super) fn connection(handle: &str, name: &str, brand: Brand, was_last_used: bool) -> ConnectionOption {
    ConnectionOption {
        handle: handle.into(),
        name: name.into(),
        brand,
        was_last_used,
    }
}

pub(super) fn connections() -> Vec<SignInOption> {
    let long = "The Very Long Name of a Federation of Universities and their Partner Institutions";
    [
        connection("acme", "Acme Workforce", Brand::OpenId, true),
        connection("google", "Google", Brand::Google, false),
        connection("github", "GitHub", Brand::Github, false),
        connection("microsoft", "Microsoft", Brand::Microsoft, false),
        connection("linkedin", "LinkedIn", Brand::Linkedin, false),
        connection("federation", long, Brand::Saml, false),
        connection("test-idp", "Test IdP", Brand::TestIdp, false),
    ]
    .map(SignInOption::Connection)
    .to_vec()
}

pub(super) fn both_ways() -> SignIn {
    let mut options: Vec<_> = connections().into_iter().take(2).collect();
    options.push(SignInOption::Password);
    SignIn {
        action: "/sign-in".into(),
        options,
        username: "maria@example.com".into(),
        is_known: false,
        shown_anew: None,
        signed_in: None,
        no_administrator: None,
        is_linking: false,
        problem: None,
    }
}

fn wrong_password() -> SignIn {
    let mut options = connections();
    options.truncate(2);
    options.insert(0, SignInOption::Password);
    SignIn {
        options,
        problem: Some(SignInProblem::WrongPassword),
        ..both_ways()
    }
}

/// Somebody who is signed in shows it once more.
fn anew(problem: Option<SignInProblem>) -> SignIn {
    SignIn {
        username: HOSTILE.into(),
        is_known: true,
        problem,
        ..both_ways()
    }
}

fn hostile_sign_in() -> SignIn {
    let option = ConnectionOption {
        handle: "acme".into(),
        name: HOSTILE.into(),
        brand: Brand::OpenId,
        was_last_used: false,
    };
    SignIn {
        options: vec![SignInOption::Connection(option), SignInOption::Password],
        username: HOSTILE.into(),
        ..both_ways()
    }
}
