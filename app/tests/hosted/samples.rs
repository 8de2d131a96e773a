//! Every state a hosted page can be in, with data that hurts: long names, markup, letters of other scripts.

use std::sync::Arc;

use doorward_app::hosted::branding::{Branding, Links};
use doorward_app::hosted::colour::Rgb;
use doorward_app::hosted::page::accounts::{self, AccountChoice, Accounts};
use doorward_app::hosted::page::attributes::{self, AttributeField, AttributeProblem, Attributes};
use doorward_app::hosted::page::backup_codes::{self, BackupCodeOption, BackupCodes};
use doorward_app::hosted::page::code::{CodeOption, Enrolment, MailCodeOption, Mailed, Picture};
use doorward_app::hosted::page::form_post::{self, FormPost};
use doorward_app::hosted::page::passkey::{PasskeyOption, ProofBy};
use doorward_app::hosted::page::proof::{self, Proof, ProofMethod, ProofProblem};
use doorward_app::hosted::page::self_service::{
    self, Done, LinkItem, PasskeyItem, Removal, SelfService, SessionItem, Source,
};
use doorward_app::hosted::page::set_up::{self, SetUp, SetUpProblem};
use doorward_app::hosted::page::sign_in::{self, ConnectionOption, SignIn, SignInOption, SignInProblem};
use doorward_app::hosted::page::sign_out::{self, ConfirmSignOut, SignedOut};
use doorward_app::hosted::page::trouble::{self, OtherWays, Retry, Trouble};
use doorward_app::hosted::{ApplicationFace, Language, PageShell, UserMessage, names};
use doorward_app::ui::logo::Brand;

/// A page of a sample and the name of its snapshot.
pub struct Sample {
    pub name: String,
    pub html: String,
}

/// A name that would run as markup if it were not escaped.
pub const HOSTILE: &str = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";

/// Every sample, each page with this style.
pub fn all(style: &'static str) -> Vec<Sample> {
    let mut samples = Vec::new();
    for language in Language::ALL {
        let shell = shell(style, language);
        let mut add = |name: &str, html: String| {
            samples.push(Sample {
                name: format!("{name}.{}", language.tag()),
                html,
            });
        };
        add("sign_in", sign_in::render(&shell, &both_ways()));
        add("sign_in_wrong_password", sign_in::render(&shell, &wrong_password()));
        add("code", sign_in::render(&shell, &code(None, None)));
        add(
            "code_wrong",
            sign_in::render(&shell, &code(None, Some(SignInProblem::WrongCode))),
        );
        add(
            "code_used",
            sign_in::render(&shell, &code(None, Some(SignInProblem::CodeUsed))),
        );
        for (name, mailed) in [
            ("mail_code_ask", None),
            ("mail_code_sent", Some(Mailed::Sent)),
            ("mail_code_slow", Some(Mailed::Slow)),
            ("mail_code_failed", Some(Mailed::Failed)),
        ] {
            add(name, sign_in::render(&shell, &mail_code(mailed)));
        }
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
                passkey(vec![], true, false, Some(SignInProblem::WrongCode)),
            ),
            (
                "passkey_with_backup_code",
                passkey(vec![], true, false, Some(SignInProblem::BackupCodeUsed)),
            ),
            ("passkey_enrol", passkey(vec![], true, false, None)),
            (
                "passkey_taken",
                passkey(vec![], true, false, Some(SignInProblem::PasskeyTaken)),
            ),
        ] {
            add(name, sign_in::render(&shell, &page));
        }
        add(
            "code_enrol",
            sign_in::render(&shell, &code(Some(enrolment(false)), None)),
        );
        add("backup_codes", backup_codes::render(&shell, &backup_codes()));
        for (name, left, problem) in [
            ("backup_code", 7, None),
            ("backup_code_low", 2, Some(SignInProblem::BackupCodeUsed)),
            ("backup_code_last", 1, Some(SignInProblem::WrongBackupCode)),
            ("backup_code_none", 0, None),
        ] {
            add(name, sign_in::render(&shell, &backup_code(left, problem)));
        }
        let unproven = code(Some(enrolment(true)), Some(SignInProblem::WrongProof));
        add("code_enrol_unproven", sign_in::render(&shell, &unproven));
        add("proof", proof::render(&shell, &proof(None)));
        add(
            "attributes_with_errors",
            attributes::render(&shell, &attributes(true, true)),
        );
        add("sign_out", sign_out::render_confirm(&shell, &confirm_sign_out()));
        add(
            "signed_out",
            sign_out::render_done(
                &shell,
                &SignedOut {
                    back: Some("https://app.example.com/".into()),
                },
            ),
        );
        add("accounts", accounts::render(&shell, &accounts()));
        add("set_up", set_up::render(&shell, &set_up(None)));
        for (name, problem) in [
            ("set_up_no_address", SetUpProblem::NoAddress),
            ("set_up_weak_password", SetUpProblem::WeakPassword),
        ] {
            add(name, set_up::render(&shell, &set_up(Some(problem))));
        }
        add("account", self_service::render(&shell, &self_service(true)));
        add("account_new", self_service::render(&shell, &self_service(false)));
        add("account_nothing", self_service::render_nothing(&shell));
        add("account_password", self_service::render_password(&shell, true, true));
        let removal = Removal::Passkey(HOSTILE.into());
        add(
            "account_removal",
            self_service::render_removal(&shell, &removal, "/account/passkeys/fac_1/remove"),
        );
        for message in UserMessage::ALL {
            add(
                &format!("trouble_{}", message.number()),
                trouble::render(&shell, &trouble(message)),
            );
        }
    }
    states_in_english(style, &mut samples);
    samples
}

/// Somebody's own account, with everything or with little.
fn self_service(is_full: bool) -> SelfService {
    let field = |name: &str, problem| AttributeField {
        name: name.into(),
        custom_label: None,
        value: HOSTILE.into(),
        is_required: false,
        max_length: 500,
        problem,
    };
    let session = |key: &str, browser: Option<&str>, is_this| SessionItem {
        key: key.into(),
        browser: browser.map(str::to_owned),
        since: "2026-11-25 08:00 UTC".into(),
        is_this,
    };
    let full = SelfService {
        username: HOSTILE.into(),
        email: Some(("clerk@example.com".into(), true)),
        editable: vec![
            (field("nickname", Some(AttributeProblem::TooLong)), Some(Source::Person)),
            (field("website", None), Some(Source::Administrator)),
        ],
        fixed: vec![(field("name", None), Source::Connection(HOSTILE.into()))],
        app: Some("2026-11-25".into()),
        passkeys: vec![PasskeyItem {
            key: "fac_1".into(),
            name: HOSTILE.into(),
            since: "2026-11-25".into(),
        }],
        codes_left: Some(7),
        may_take_factor: true,
        may_have_codes: true,
        links: [true, false]
            .map(|may_go| LinkItem {
                key: "AAAA".into(),
                connection: HOSTILE.into(),
                since: "2026-11-25".into(),
                may_go,
            })
            .to_vec(),
        linkable: vec![ConnectionOption {
            handle: "acme".into(),
            name: "Acme Workforce".into(),
            brand: Brand::OpenId,
            was_last_used: false,
        }],
        has_password: true,
        sessions: vec![
            session("ses_1", Some("Firefox · Linux"), true),
            session("ses_2", None, false),
        ],
        done: Some(Done::ProfileSaved),
    };
    if is_full {
        return full;
    }
    SelfService {
        email: None,
        editable: vec![],
        fixed: vec![],
        app: None,
        passkeys: vec![],
        codes_left: None,
        may_take_factor: false,
        may_have_codes: false,
        links: vec![],
        has_password: false,
        sessions: vec![session("ses_1", None, true)],
        done: None,
        ..full
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

fn backup_codes() -> BackupCodes {
    let codes = (0..10).map(|place| format!("7KQ{place}M-X2Z{place}A"));
    BackupCodes {
        action: "/sign-in/kept".into(),
        codes: codes.collect(),
    }
}

/// A page with a passkey: to sign in with, to confirm with, to make.
fn passkey(before: Vec<SignInOption>, known: bool, has_some: bool, problem: Option<SignInProblem>) -> SignIn {
    let request = r#"{"challenge":"Y2hhbGxlbmdl","timeout":300000,"rpId":"example.com","allowCredentials":[]}"#;
    let creation =
        r#"{"challenge":"Y2hhbGxlbmdl","rp":{"id":"example.com","name":"Example Ltd"},"attestation":"none"}"#;
    let option = PasskeyOption {
        request: has_some.then(|| request.to_owned()),
        creation: known.then(|| creation.to_owned()),
        proof: match problem {
            Some(SignInProblem::WrongCode) => Some(ProofBy::App),
            Some(SignInProblem::BackupCodeUsed) => Some(ProofBy::BackupCode),
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

fn states_in_english(style: &'static str, samples: &mut Vec<Sample>) {
    let shell = shell(style, Language::English);
    let mut add = |name: &str, html: String| {
        samples.push(Sample {
            name: name.to_owned(),
            html,
        })
    };
    let password_only = SignIn {
        options: vec![SignInOption::Password],
        username: String::new(),
        ..both_ways()
    };
    add("sign_in_password_only", sign_in::render(&shell, &password_only));
    let connections_only = SignIn {
        options: connections(),
        ..both_ways()
    };
    add("sign_in_connections_only", sign_in::render(&shell, &connections_only));
    let nothing = SignIn {
        options: Vec::new(),
        can_cancel: false,
        ..both_ways()
    };
    add("sign_in_nothing_left", sign_in::render(&shell, &nothing));
    let failed = SignInProblem::Message {
        message: UserMessage::ProviderRefused,
        connection: Some("Acme Workforce".into()),
    };
    add(
        "sign_in_after_refusal",
        sign_in::render(
            &shell,
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
    add("sign_in_username_missing", sign_in::render(&shell, &missing));
    add(
        "proof_wrong_password",
        proof::render(&shell, &proof(Some(ProofProblem::WrongPassword))),
    );
    let too_many = ProofProblem::Message(UserMessage::TooManyAttempts);
    add("proof_too_many_tries", proof::render(&shell, &proof(Some(too_many))));
    add("attributes_kept", attributes::render(&shell, &attributes(true, false)));
    add("attributes_once", attributes::render(&shell, &attributes(false, false)));
    let plain = Trouble {
        retry: None,
        others: None,
        back: None,
        connection: None,
        ..trouble(UserMessage::NeedsLocalAccount)
    };
    add("fails_closed", trouble::render(&shell, &plain));
    let unknown = PageShell {
        application: None,
        ..shell.clone()
    };
    add(
        "trouble_without_application",
        trouble::render(
            &unknown,
            &Trouble {
                back: None,
                ..plain.clone()
            },
        ),
    );
    add(
        "sign_out_without_application",
        sign_out::render_confirm(&unknown, &confirm_sign_out()),
    );
    add(
        "signed_out_for_good",
        sign_out::render_done(&unknown, &SignedOut { back: None }),
    );
    add("sign_in_branded", sign_in::render(&branded(&shell), &both_ways()));
    add("sign_in_hostile", sign_in::render(&hostile(&shell), &hostile_sign_in()));
}

/// The answer by form; apart, because it alone has a script.
pub fn form_post(style: &'static str) -> String {
    let fields = [
        ("code", "opaque"),
        ("state", HOSTILE),
        ("iss", "https://broker.example.com"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let model = FormPost {
        redirect_uri: "https://app.example.com/cb?a=1&b=2".into(),
        fields,
    };
    form_post::render(&shell(style, Language::English), &model)
}

fn shell(style: &'static str, language: Language) -> PageShell {
    let links = Links {
        privacy: Some("https://example.com/privacy".into()),
        terms: Some("https://example.com/terms".into()),
        help: Some("https://example.com/help".into()),
    };
    PageShell {
        branding: Arc::new(Branding {
            organisation: "Example Ltd".into(),
            links,
            ..Branding::default()
        }),
        application: Some(ApplicationFace {
            name: "Payroll".into(),
            logo_url: None,
        }),
        language,
        address: Some("/sign-in".into()),
        csrf: "token".into(),
        style,
    }
}

fn branded(shell: &PageShell) -> PageShell {
    let accent = Rgb::parse("#ffb000");
    let branding = Branding {
        accent,
        ..shell.branding.as_ref().clone()
    };
    let application = ApplicationFace {
        name: "Payroll".into(),
        logo_url: Some("/branding/payroll.svg".into()),
    };
    PageShell {
        branding: Arc::new(branding),
        application: Some(application),
        ..shell.clone()
    }
}

fn hostile(shell: &PageShell) -> PageShell {
    let links = Links {
        help: Some("javascript:alert(1)".into()),
        ..shell.branding.links.clone()
    };
    let branding = Branding {
        organisation: HOSTILE.into(),
        links,
        ..shell.branding.as_ref().clone()
    };
    PageShell {
        branding: Arc::new(branding),
        application: Some(ApplicationFace {
            name: HOSTILE.into(),
            logo_url: Some(HOSTILE.into()),
        }),
        address: Some("/sign-in?x=1".into()),
        ..shell.clone()
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

fn connection(handle: &str, name: &str, brand: Brand, was_last_used: bool) -> ConnectionOption {
    ConnectionOption {
        handle: handle.into(),
        name: name.into(),
        brand,
        was_last_used,
    }
}

fn connections() -> Vec<SignInOption> {
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

fn both_ways() -> SignIn {
    let mut options: Vec<_> = connections().into_iter().take(2).collect();
    options.push(SignInOption::Password);
    SignIn {
        action: "/sign-in".into(),
        options,
        username: "maria@example.com".into(),
        problem: None,
        can_cancel: true,
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

fn proof(problem: Option<ProofProblem>) -> Proof {
    Proof {
        action: "/sign-in/proof".into(),
        account: "m•••@example.com".into(),
        connection: "Acme Workforce".into(),
        methods: vec![ProofMethod::Password],
        problem,
    }
}

fn attributes(are_kept: bool, with_problems: bool) -> Attributes {
    let field = |name: &str, value: &str, problem: Option<AttributeProblem>| AttributeField {
        name: name.into(),
        custom_label: (name == "cost_centre").then(|| "Cost centre".into()),
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

fn confirm_sign_out() -> ConfirmSignOut {
    ConfirmSignOut {
        action: "/oauth2/logout".into(),
        sealed: Some("sealed".into()),
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

fn trouble(message: UserMessage) -> Trouble {
    let connections = connections().into_iter().filter_map(|option| match option {
        SignInOption::Connection(connection) => Some(connection),
        SignInOption::Password
        | SignInOption::Code(_)
        | SignInOption::MailCode(_)
        | SignInOption::BackupCode(_)
        | SignInOption::Passkey(_) => None,
    });
    let is_of_provider = (1100..1200).contains(&message.number());
    let others = OtherWays {
        action: "/sign-in".into(),
        connections: connections.skip(1).take(2).collect(),
        sign_in_page: Some("/sign-in".into()),
    };
    let retry = Retry {
        action: "/sign-in".into(),
        fields: vec![(names::SEALED.into(), "sealed".into())],
    };
    let can_retry = is_of_provider || message.number() > 1300;
    Trouble {
        message,
        request_id: "01J9ZK7Q4T".into(),
        connection: is_of_provider.then(|| "Acme Workforce".into()),
        retry: can_retry.then_some(retry),
        others: is_of_provider.then_some(others),
        back: Some("https://app.example.com/".into()),
    }
}

fn set_up(problem: Option<SetUpProblem>) -> SetUp {
    SetUp {
        action: "/set-up".into(),
        email: problem.map(|_| HOSTILE.to_owned()).unwrap_or_default(),
        problem,
    }
}
