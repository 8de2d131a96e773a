//! Rules every page keeps, whatever its state.

use std::collections::BTreeSet;
use std::io::Write as _;

use doorward_app::hosted::Language;
use doorward_app::hosted::page::attributes::{self, AttributeField, Attributes};
use doorward_app::hosted::page::backup_codes::BackupCodeOption;
use doorward_app::hosted::page::code::CodeOption;
use doorward_app::hosted::page::passkey::{PasskeyOption, ProofBy};
use doorward_app::hosted::page::sign_in::{self, ConnectionOption, SignIn, SignInOption, SignInProblem};
use doorward_app::ui::logo::Brand;

use crate::samples::shells::{hostile, shell};
use crate::samples::{self, HOSTILE, Sample};

/// The style as it stands in the folder; the server sends it smaller.
const STYLE: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/hosted/page.css")
);

/// One round trip (budgets.md, hosted pages): what fits into the first ten packets of a connection.
const WEIGHT_LIMIT: usize = 14_000;
/// Left for the response's headers.
const HEADERS: usize = 1_200;

fn everything() -> Vec<Sample> {
    let mut all = samples::all(STYLE);
    all.push(Sample {
        name: "form_post".into(),
        html: samples::form_post(STYLE),
    });
    all
}

/// The values of an attribute on elements of one name.
fn values<'a>(html: &'a str, element: &str, attribute: &str) -> Vec<Option<&'a str>> {
    let open = format!("<{element} ");
    let key = format!(" {attribute}=\"");
    html.split(&open)
        .skip(1)
        .map(|rest| {
            let tag = rest.split('>').next().unwrap_or_default();
            // The space in front tells `id` from `hidden-id`.
            let at = tag
                .find(&key)
                .map(|at| at + key.len())
                .or_else(|| tag.starts_with(&key[1..]).then_some(key.len() - 1))?;
            tag.get(at..)?.split('"').next()
        })
        .collect()
}

#[test]
fn a_page_weighs_one_round_trip() {
    for sample in everything() {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(sample.html.as_bytes()).unwrap();
        let weight = writer.finish().unwrap().len() + HEADERS;
        assert!(weight <= WEIGHT_LIMIT, "{} weighs {weight} bytes", sample.name);
    }
}

#[test]
fn a_page_needs_one_request_and_no_script() {
    for sample in everything() {
        let has_script = sample.html.contains("<script");
        let with_passkey = [
            "passkey",
            "proof_of_all",
            "proof_passkey_refused",
            "proof_wrong_mail_code",
        ];
        let may = sample.name == "form_post" || with_passkey.iter().any(|name| sample.name.starts_with(name));
        assert_eq!(has_script, may, "{}: a script", sample.name);
        assert!(
            !sample.html.contains("<link rel=\"stylesheet\""),
            "{}: a style sheet",
            sample.name
        );
        assert!(
            sample.html.matches("<img").count() <= 1,
            "{}: more than the application's logo",
            sample.name
        );
        assert!(
            !sample.html.contains("@import") && !sample.html.contains("url("),
            "{}: style loads",
            sample.name
        );
        assert!(
            !sample.html.contains(" style="),
            "{}: a style attribute, which the policy refuses",
            sample.name
        );
    }
}

#[test]
fn a_page_has_one_heading_a_language_and_a_title() {
    for sample in everything() {
        assert_eq!(sample.html.matches("<h1").count(), 1, "{}", sample.name);
        assert_eq!(sample.html.matches("<main").count(), 1, "{}", sample.name);
        assert!(sample.html.starts_with("<!DOCTYPE html>"), "{}", sample.name);
        let language = values(&sample.html, "html", "lang");
        assert!(
            matches!(language.as_slice(), [Some("en" | "de" | "fr")]),
            "{}: {language:?}",
            sample.name
        );
        assert_eq!(values(&sample.html, "html", "dir"), [Some("ltr")], "{}", sample.name);
        assert!(!sample.html.contains("<title></title>"), "{}", sample.name);
    }
}

#[test]
fn every_control_has_its_label_and_every_error_its_control() {
    for sample in everything() {
        let html = &sample.html;
        let labels: BTreeSet<_> = values(html, "label", "for").into_iter().flatten().collect();
        let ids: Vec<_> = values(html, "input", "id").into_iter().flatten().collect();
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>().len(),
            ids.len(),
            "{}: an id twice",
            sample.name
        );
        assert_eq!(labels, ids.iter().copied().collect(), "{}", sample.name);
        let hidden = values(html, "input", "type")
            .into_iter()
            .filter(|kind| *kind == Some("hidden"))
            .count();
        assert_eq!(
            html.matches("<input").count(),
            ids.len() + hidden,
            "{}: a control without a label",
            sample.name
        );
        let sentences: BTreeSet<_> = values(html, "p", "id").into_iter().flatten().collect();
        let described: BTreeSet<_> = values(html, "input", "aria-describedby")
            .into_iter()
            .flatten()
            .flat_map(str::split_whitespace)
            .collect();
        assert_eq!(sentences, described, "{}", sample.name);
        let errors = sentences.iter().filter(|id| id.ends_with("-error")).count();
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), errors, "{}", sample.name);
        assert!(
            html.matches(" autofocus").count() <= 1,
            "{}: two fields take the focus",
            sample.name
        );
    }
}

/// S48: forms of ours post with a token; the one that goes to an application carries none.
#[test]
fn every_form_posts_with_a_token() {
    for sample in everything() {
        let forms = sample.html.matches("<form").count();
        assert_eq!(
            sample.html.matches("<form method=\"post\" action=\"").count(),
            forms,
            "{}",
            sample.name
        );
        let tokens = sample.html.matches("name=\"csrf\" value=\"token\"").count();
        let goes_to_application = ["form_post", "ended_by_script_by_form"].contains(&sample.name.as_str());
        assert_eq!(tokens, if goes_to_application { 0 } else { forms }, "{}", sample.name);
    }
}

#[test]
fn s48_a_name_of_markup_is_text_on_every_page() {
    let all = samples::all_in(|language| hostile(&shell("", language)));
    assert!(all.len() > 100, "{}", all.len());
    for Sample { name, html } in all {
        assert!(!html.contains("<script>alert"), "S48: {name}: {html}");
        assert!(!html.contains("<img src=x"), "S48: {name}: {html}");
        assert!(!html.contains("javascript:"), "S48: {name}: {html}");
        // In attributes the quote is what would break out.
        assert!(!html.contains(&HOSTILE[..30]), "S48: {name}: {html}");
    }
    assert!(!samples::form_post("").contains(HOSTILE), "S48");
}

#[test]
fn an_account_lists_what_people_look_for_first() {
    let page = account("en");
    let labels = [
        "Username",
        "First name",
        "Last name",
        "Full name",
        "Email address",
        "Phone number",
        "Cost centre",
        "Date of birth",
        "Language",
        "Nickname",
        "Website",
    ];
    assert_eq!(between(&page, "<dt>", "</dt>"), labels);
    // What the person wrote stands there as what others did, and what they have typed just now and is not kept does not.
    assert!(page.contains(">Ada</bdi> <small>entered by you</small>"), "{page}");
    // Two lines of each name and value are shown; the whole stands in its title.
    let (classes, titles) = (values(&page, "bdi", "class"), values(&page, "bdi", "title"));
    assert!(classes.iter().all(|class| *class == Some("cut")), "{classes:?}");
    for whole in ["Maria", "Deutsch", "Firefox · Linux"] {
        assert!(titles.contains(&Some(whole)), "{whole}: {titles:?}");
    }
}

#[test]
fn a_name_of_any_length_is_cut_wherever_it_stands() {
    for Sample { name, html } in everything() {
        let classes = values(&html, "bdi", "class");
        assert!(classes.iter().all(|class| *class == Some("cut")), "{name}: {classes:?}");
        let (page, _) = name.split_once('.').unwrap_or((&name, ""));
        let names_somebody = [
            "accounts",
            "confirmed_after_single_sign_on",
            "confirmed_anew",
            "sign_in_no_administrator",
        ];
        assert!(!names_somebody.contains(&page) || !classes.is_empty(), "{name}: {html}");
    }
}

#[test]
fn whose_account_it_is_stands_as_its_language_writes_it() {
    let all = samples::all("");
    for (language, words) in [
        ("en", "Account: <bdi"),
        ("de", "Konto: <bdi"),
        ("fr", "Compte\u{202F}: <bdi"),
    ] {
        let name = format!("confirmed_anew.{language}");
        let sample = all.iter().find(|sample| sample.name == name).expect("a sample");
        // Without the marks that the framework sets between elements.
        let html = sample.html.replace("<!>", "");
        assert!(html.contains(words), "{html}");
    }
}

#[test]
fn whoever_is_signed_in_confirms_it_and_types_no_name() {
    let all = samples::all("").into_iter();
    let anew: Vec<_> = all.filter(|sample| sample.name.starts_with("sign_in_anew")).collect();
    assert_eq!(anew.len(), 4);
    for Sample { name, html } in anew {
        // Without the marks that the framework sets between elements.
        let html = html.replace("<!>", "");
        let fixed = html.split("<input").filter(|input| input.contains(" readonly"));
        assert_eq!(
            fixed.filter(|input| input.contains("name=\"username\"")).count(),
            1,
            "{name}"
        );
        assert!(
            !name.ends_with(".en") || html.contains("<h1>Confirm it is you</h1>"),
            "{name}"
        );
    }
}

#[test]
fn dates_of_an_account_are_in_its_language() {
    for (language, birthdate, day, used, moment) in [
        (
            "en",
            "1 March 1990",
            "since 25 November 2026",
            "last used on 25 November 2026",
            "since 25 November 2026, 08:00 UTC",
        ),
        (
            "de",
            "1. März 1990",
            "seit 25. November 2026",
            "zuletzt benutzt am 25. November 2026",
            "seit 25. November 2026, 08:00 UTC",
        ),
        (
            "fr",
            "1er mars 1990",
            "depuis le 25 novembre 2026",
            "utilisé la dernière fois le 25 novembre 2026",
            "depuis le 25 novembre 2026 à 08:00 UTC",
        ),
    ] {
        let page = account(language);
        assert!(page.contains(&format!(">{birthdate}</bdi>")), "{page}");
        for (at, said) in [("2026-11-25", day), ("2026-11-25T08:00:00+00:00", moment)] {
            let time = format!("<time datetime=\"{at}\">{said}</time>");
            assert!(page.contains(&time), "{time}: {page}");
        }
        let linked = format!("{day}</time></small><small>, <time datetime=\"2026-11-25\">{used}</time>");
        assert!(page.contains(&linked), "{linked}: {page}");
    }
}

fn account(language: &str) -> String {
    let name = format!("account.{language}");
    let sample = samples::all("").into_iter().find(|sample| sample.name == name);
    // Without the marks that the framework sets between elements.
    sample.expect("a sample").html.replace("<!>", "")
}

/// What stands between two marks, each time.
fn between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let rests = html.split(start).skip(1);
    rests.filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn what_would_be_set_up_opens_after_its_own_form_alone() {
    for (problem, proof, want) in [
        (SignInProblem::WrongCode, ProofBy::App, false),
        (SignInProblem::CodeUsed, ProofBy::App, false),
        (SignInProblem::WrongBackupCode, ProofBy::BackupCode, false),
        (SignInProblem::BackupCodeUsed, ProofBy::BackupCode, false),
        (SignInProblem::WrongPasskeyCode, ProofBy::App, true),
        (SignInProblem::PasskeyCodeUsed, ProofBy::BackupCode, true),
        (SignInProblem::PasskeyTaken, ProofBy::App, true),
    ] {
        let case = format!("{problem:?}");
        let backup_codes = BackupCodeOption { left: 7, is_low: false };
        let passkey = PasskeyOption {
            request: None,
            creation: Some("{}".to_owned()),
            proof: Some(proof),
        };
        let page = SignIn {
            action: "/sign-in".to_owned(),
            options: vec![
                SignInOption::Code(CodeOption { enrol: None }),
                SignInOption::BackupCode(backup_codes),
                SignInOption::Passkey(passkey),
            ],
            username: String::new(),
            is_known: false,
            shown_anew: None,
            signed_in: None,
            no_administrator: None,
            is_linking: false,
            problem: Some(problem),
        };
        let html = sign_in::render(&shell("", Language::English), &page);
        assert!(html.contains("class=\"set-up\""), "{case}: {html}");
        assert_eq!(html.contains("<details open class=\"set-up\""), want, "{case}: {html}");
    }
}

#[test]
fn one_divider_stands_between_a_form_and_the_buttons_beside_it() {
    let passkey = || {
        SignInOption::Passkey(PasskeyOption {
            request: Some("{}".to_owned()),
            creation: None,
            proof: None,
        })
    };
    let connection = || {
        SignInOption::Connection(ConnectionOption {
            handle: "acme".to_owned(),
            name: "Acme".to_owned(),
            brand: Brand::OpenId,
            was_last_used: false,
        })
    };
    for (case, options, want) in [
        ("form first", vec![SignInOption::Password, passkey(), connection()], 1),
        ("form last", vec![connection(), passkey(), SignInOption::Password], 1),
        ("between them", vec![passkey(), SignInOption::Password, connection()], 2),
        ("no form", vec![passkey(), connection()], 0),
    ] {
        let page = SignIn {
            action: "/sign-in".to_owned(),
            options,
            username: String::new(),
            is_known: false,
            shown_anew: None,
            signed_in: None,
            no_administrator: None,
            is_linking: false,
            problem: None,
        };
        let html = sign_in::render(&shell("", Language::English), &page);
        assert_eq!(html.matches("class=\"or\"").count(), want, "{case}: {html}");
    }
}

#[test]
fn what_a_mail_was_asked_for_comes_first_and_takes_the_code() {
    let mut all = samples::all("").into_iter();
    let asked = all.find(|sample| sample.name == "mail_first_code_asked.en");
    let html = asked.expect("a sample").html;
    let tags = html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let mut fields = tags.filter(|tag| !tag.contains("type=\"hidden\""));
    let first = fields.next().expect("a field");
    assert!(first.contains("name=\"mail_code\""), "{html}");
    assert!(first.contains(" autofocus"), "{html}");
}

#[test]
fn a_code_of_digits_brings_up_the_keyboard_of_digits() {
    for Sample { name, html } in everything() {
        let (names, keyboards) = (values(&html, "input", "name"), values(&html, "input", "inputmode"));
        let fills = values(&html, "input", "autocomplete");
        for ((field, keyboard), fill) in names.into_iter().zip(keyboards).zip(fills) {
            let is_of_digits = match field {
                // A hidden one is nothing to type into.
                Some("code" | "mail_code") => fill.is_some(),
                Some("passkey_code") => name.starts_with("passkey_with_code"),
                // Backup codes have letters.
                _ => false,
            };
            assert_eq!(keyboard == Some("numeric"), is_of_digits, "{name}: {field:?}");
        }
    }
}

#[test]
fn a_language_and_a_time_zone_show_what_they_look_like() {
    for (language, words) in [
        (Language::English, "For example"),
        (Language::German, "Zum Beispiel"),
        (Language::French, "Par exemple"),
    ] {
        let field = |name: &str| AttributeField {
            name: name.to_owned(),
            value: String::new(),
            is_required: true,
            max_length: 200,
            problem: None,
        };
        let page = Attributes {
            action: "/sign-in/attributes".to_owned(),
            connection: "Acme".to_owned(),
            are_kept: true,
            fields: vec![field("locale"), field("zoneinfo")],
            problem: None,
        };
        let html = attributes::render(&shell("", language), &page);
        for (name, example) in [("locale", "en-GB"), ("zoneinfo", "Europe/Paris")] {
            let described = format!("aria-describedby=\"attribute.{name}-help\"");
            assert!(html.contains(&described), "{described}: {html}");
            assert!(
                html.contains(&format!(">{words} {example}<")),
                "{words} {example}: {html}"
            );
        }
    }
}

#[test]
fn a_password_is_never_sent_back() {
    for sample in everything() {
        for tag in sample
            .html
            .split("<input ")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
        {
            assert!(
                !(tag.contains("type=\"password\"") && tag.contains("value=")),
                "{}: {tag}",
                sample.name
            );
        }
    }
}
