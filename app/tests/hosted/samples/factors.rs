//! Codes, passkeys and mails.

use doorward_app::hosted::PageShell;
use doorward_app::hosted::page::backup_codes::{self, BackupCodeOption, BackupCodes};
use doorward_app::hosted::page::by_mail::{ByMail, Way, render_opened};
use doorward_app::hosted::page::code::{CodeOption, Enrolment, MailCodeOption, Mailed, Picture};
use doorward_app::hosted::page::passkey::{PasskeyOption, ProofBy};
use doorward_app::hosted::page::sign_in::{SignIn, SignInOption, SignInProblem, render};

use super::Put;
use super::sign_in::both_ways;

/// What a server sends for a passkey to be used.
pub const PASSKEY_REQUEST: &str =
    r#"{"challenge":"Y2hhbGxlbmdl","timeout":300000,"rpId":"example.com","allowCredentials":[]}"#;

pub fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    codes(shell, put);
    passkeys(shell, put);
    mails(shell, put);
}

fn codes(shell: &PageShell, put: &mut Put<'_>) {
    put("code", render(shell, &code(None, None)));
    put("code_wrong", render(shell, &code(None, Some(SignInProblem::WrongCode))));
    put("code_used", render(shell, &code(None, Some(SignInProblem::CodeUsed))));
    for (name, mailed) in [
        ("mail_code_ask", None),
        ("mail_code_sent", Some(Mailed::Sent)),
        ("mail_code_slow", Some(Mailed::Slow)),
        ("mail_code_failed", Some(Mailed::Failed)),
    ] {
        put(name, render(shell, &mail_code(mailed)));
    }
    put("code_enrol", render(shell, &code(Some(enrolment(false)), None)));
    put("code_enrol_beside", render(shell, &beside(None)));
    put(
        "code_enrol_beside_wrong",
        render(shell, &beside(Some(SignInProblem::WrongCode))),
    );
    put("backup_codes", backup_codes::render(shell, &backup_codes()));
    for (name, left, problem) in [
        ("backup_code", 7, None),
        ("backup_code_low", 2, Some(SignInProblem::BackupCodeUsed)),
        ("backup_code_last", 1, Some(SignInProblem::WrongBackupCode)),
        ("backup_code_none", 0, None),
    ] {
        put(name, render(shell, &backup_code(left, problem)));
    }
    let unproven = code(Some(enrolment(true)), Some(SignInProblem::WrongProof));
    put("code_enrol_unproven", render(shell, &unproven));
}

fn passkeys(shell: &PageShell, put: &mut Put<'_>) {
    let first = vec![SignInOption::Password];
    for (name, page) in [
        ("passkey_first", passkey(first, false, true, None)),
        ("passkey_confirm", passkey(vec![], true, true, None)),
        (
            "passkey_refused",
            passkey(vec![], true, true, Some(SignInProblem::PasskeyRefused)),
        ),
        (
            "passkey_with_code",
            passkey(vec![], true, false, Some(SignInProblem::WrongPasskeyCode)),
        ),
        (
            "passkey_with_backup_code",
            passkey(vec![], true, false, Some(SignInProblem::PasskeyCodeUsed)),
        ),
        ("passkey_enrol", passkey(vec![], true, false, None)),
        (
            "passkey_taken",
            passkey(vec![], true, false, Some(SignInProblem::PasskeyTaken)),
        ),
    ] {
        put(name, render(shell, &page));
    }
}

fn mails(shell: &PageShell, put: &mut Put<'_>) {
    let asked = |way| Some((way, "clerk@example.com"));
    let wrong = Some(SignInProblem::WrongMailCode);
    for (name, ways, asked, problem) in [
        ("mail_link", &[Way::Link][..], None, None),
        (
            "mail_link_no_address",
            &[Way::Link],
            None,
            Some(SignInProblem::NoAddress),
        ),
        ("mail_link_asked", &[Way::Link], asked(Way::Link), wrong.clone()),
        (
            "mail_link_refused",
            &[Way::Link],
            asked(Way::Link),
            Some(SignInProblem::LinkRefused),
        ),
        ("mail_first_code", &[Way::Code], None, None),
        (
            "mail_first_code_closed",
            &[Way::Code],
            None,
            Some(SignInProblem::MailClosed),
        ),
        ("mail_first_code_asked", &[Way::Link, Way::Code], asked(Way::Code), None),
    ] {
        put(name, render(shell, &by_mail(ways, asked, problem)));
    }
    let opened = render_opened(shell, "/sign-in", "01234567");
    put("mail_link_opened", opened);
}

fn code(enrol: Option<Enrolment>, problem: Option<SignInProblem>) -> SignIn {
    SignIn {
        options: vec![SignInOption::Code(CodeOption { enrol })],
        username: String::new(),
        problem,
        ..both_ways()
    }
}

/// A picture of the size that a usual address needs.
fn enrolment(needs_proof: bool) -> Enrolment {
    let size = 45;
    Enrolment {
        needs_proof,
        key: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".into(),
        address: "otpauth://totp/Example:a%20clerk?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example".into(),
        picture: Picture {
            size,
            modules: (0..size * size).map(|place| place * place % 7 < 3).collect(),
        },
    }
}

fn mail_code(mailed: Option<Mailed>) -> SignIn {
    let option = MailCodeOption {
        to: "c•••@example.com".into(),
        mailed,
    };
    SignIn {
        options: vec![SignInOption::MailCode(option)],
        ..code(None, None)
    }
}

fn by_mail(ways: &[Way], asked: Option<(Way, &str)>, problem: Option<SignInProblem>) -> SignIn {
    let option = ByMail {
        ways: ways.to_vec(),
        asked: asked.map(|(way, address)| (way, address.to_owned())),
    };
    SignIn {
        options: vec![SignInOption::Password, SignInOption::ByMail(option)],
        ..code(None, problem)
    }
}

fn backup_code(left: u8, problem: Option<SignInProblem>) -> SignIn {
    let option = BackupCodeOption {
        left,
        is_low: left <= 3,
    };
    SignIn {
        options: vec![
            SignInOption::Code(CodeOption { enrol: None }),
            SignInOption::BackupCode(option),
        ],
        ..code(None, problem)
    }
}

/// Somebody with backup codes and without the app that the step offers first.
fn beside(problem: Option<SignInProblem>) -> SignIn {
    let mut model = code(Some(enrolment(true)), problem);
    let codes = |option: &SignInOption| matches!(option, SignInOption::BackupCode(_));
    model
        .options
        .extend(backup_code(7, None).options.into_iter().filter(codes));
    model
}

fn backup_codes() -> BackupCodes {
    let codes = (0..10).map(|place| format!("7KQ{place}M-X2Z{place}A"));
    BackupCodes {
        action: "/sign-in/kept".into(),
        codes: codes.collect(),
    }
}

/// A page with a passkey: to sign in with, to confirm with, to make.
fn passkey(before: Vec<SignInOption>, known: bool, has_some: bool, problem: Option<SignInProblem>) -> SignIn {
    let creation =
        r#"{"challenge":"Y2hhbGxlbmdl","rp":{"id":"example.com","name":"Example Ltd"},"attestation":"none"}"#;
    let option = PasskeyOption {
        request: has_some.then(|| PASSKEY_REQUEST.to_owned()),
        creation: known.then(|| creation.to_owned()),
        proof: match problem {
            Some(SignInProblem::WrongPasskeyCode) => Some(ProofBy::App),
            Some(SignInProblem::PasskeyCodeUsed) => Some(ProofBy::BackupCode),
            _ => None,
        },
    };
    SignIn {
        options: before.into_iter().chain([SignInOption::Passkey(option)]).collect(),
        username: String::new(),
        problem,
        ..both_ways()
    }
}
