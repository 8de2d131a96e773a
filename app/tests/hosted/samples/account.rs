//! Somebody's own account, and the first administrator's.

use doorward_app::hosted::PageShell;
use doorward_app::hosted::page::attributes::{AttributeField, AttributeProblem};
use doorward_app::hosted::page::self_service::{
    self, Done, KeptFactors, LinkItem, PasskeyItem, Removal, SelfService, SessionItem, Source,
};
use doorward_app::hosted::page::set_up::{self, SetUp, SetUpProblem};
use doorward_app::ui::logo::Brand;
use doorward_domain::Timestamp;
use doorward_domain::weak_password::WeakPassword;

use super::sign_in::connection;
use super::{HOSTILE, Put};

pub fn in_each_language(shell: &PageShell, put: &mut Put<'_>) {
    put("set_up", set_up::render(shell, &set_up(None)));
    for (name, problem) in [
        ("set_up_no_address", SetUpProblem::NoAddress),
        ("set_up_address_taken", SetUpProblem::AddressTaken),
        (
            "set_up_weak_password",
            SetUpProblem::WeakPassword(WeakPassword::OwnName),
        ),
    ] {
        put(name, set_up::render(shell, &set_up(Some(problem))));
    }
    put("account", self_service::render(shell, &self_service(true)));
    put("account_new", self_service::render(shell, &self_service(false)));
    put("account_nothing", self_service::render_nothing(shell, None));
    let kept = KeptFactors {
        connection: HOSTILE.into(),
        has_app: true,
        has_codes: true,
        has_passkey: true,
        until: morning(),
    };
    put("account_kept_factors", self_service::render_nothing(shell, Some(&kept)));
    put(
        "account_password",
        self_service::render_password(shell, true, Some(WeakPassword::Common)),
    );
    let removal = Removal::Passkey(HOSTILE.into());
    put(
        "account_removal",
        self_service::render_removal(shell, &removal, "/account/passkeys/fac_1/remove"),
    );
}

/// As they come from storage, by name.
const KEPT: [(&str, &str); 9] = [
    ("birthdate", "1990-03-01"),
    ("cost_centre", "4711"),
    ("family_name", "Example"),
    ("given_name", "Maria"),
    ("locale", "de"),
    ("name", HOSTILE),
    ("nickname", "Ada"),
    ("phone_number", "+49 30 123456"),
    ("website", "https://maria.example.com"),
];

fn morning() -> Timestamp {
    "2026-11-25T08:00:00Z".parse().expect("a moment")
}

/// Somebody's own account, with everything or with little.
fn self_service(is_full: bool) -> SelfService {
    let field = |name: &str, problem| AttributeField {
        name: name.into(),
        value: HOSTILE.into(),
        is_required: false,
        max_length: 500,
        problem,
    };
    let session = |key: &str, browser: Option<&str>, is_this| SessionItem {
        key: key.into(),
        browser: browser.map(str::to_owned),
        since: morning(),
        is_this,
    };
    let full = SelfService {
        username: HOSTILE.into(),
        email: Some(("clerk@example.com".into(), true)),
        editable: vec![
            field("nickname", Some(AttributeProblem::TooLong)),
            field("website", None),
        ],
        kept: KEPT
            .map(|(name, value)| {
                let field = AttributeField {
                    value: value.into(),
                    ..field(name, None)
                };
                let source = match name {
                    "nickname" => Source::Person,
                    "website" => Source::Administrator,
                    _ => Source::Connection(HOSTILE.into()),
                };
                (field, source)
            })
            .to_vec(),
        app: Some(morning()),
        passkeys: vec![PasskeyItem {
            key: "fac_1".into(),
            name: HOSTILE.into(),
            since: morning(),
            may_go: true,
        }],
        codes_left: Some(7),
        may_take_factor: true,
        may_have_codes: true,
        links: [true, false]
            .map(|may_go| LinkItem {
                key: "AAAA".into(),
                connection: HOSTILE.into(),
                subject: may_go.then(|| HOSTILE.into()),
                since: morning(),
                last_used: Some(morning()),
                may_go,
            })
            .to_vec(),
        linkable: vec![connection("acme", "Acme Workforce", Brand::OpenId, false)],
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
        kept: vec![],
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

fn set_up(problem: Option<SetUpProblem>) -> SetUp {
    SetUp {
        action: "/set-up".into(),
        email: problem.map(|_| HOSTILE.to_owned()).unwrap_or_default(),
        problem,
    }
}
