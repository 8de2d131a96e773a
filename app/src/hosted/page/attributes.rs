//! Missing attributes: what the application needs and the provider did not send.

use doorward_domain::claim_form::example;
use leptos::prelude::*;

use crate::hosted::message::UserMessage;
use crate::hosted::names;
use crate::hosted::parts::{Field, cancel, csrf, field_with_help, notice};
use crate::hosted::shell::{PageShell, TYPED_FORM};
use crate::hosted::text::AttributeTexts;

/// What is asked, with what was typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// Where the form posts to.
    pub action: String,
    /// Display name of the connection that did not send them.
    pub connection: String,
    /// Whether the values are kept in an account (JIT on) or serve this sign-in only (JIT off).
    pub are_kept: bool,
    pub fields: Vec<AttributeField>,
    pub problem: Option<UserMessage>,
}

/// One attribute to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeField {
    /// Our attribute name, such as `given_name`; letters, digits, underscores.
    pub name: String,
    pub value: String,
    pub is_required: bool,
    /// In characters.
    pub max_length: u16,
    pub problem: Option<AttributeProblem>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeProblem {
    Missing,
    TooLong,
    NoAddress,
    NotAccepted,
    /// It does not look like this example.
    Unlike(&'static str),
    /// Belongs to another account.
    Taken,
}

/// Attributes with a label in each language: claims of OpenID Connect Core §5.1, and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the claim of its name")]
pub enum StandardAttribute {
    Name,
    GivenName,
    FamilyName,
    MiddleName,
    Nickname,
    PreferredUsername,
    Email,
    PhoneNumber,
    Birthdate,
    Website,
    Locale,
    Zoneinfo,
    Profile,
    Picture,
    Gender,
    Address,
    Groups,
}

impl StandardAttribute {
    fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "name" => Self::Name,
            "given_name" => Self::GivenName,
            "family_name" => Self::FamilyName,
            "middle_name" => Self::MiddleName,
            "nickname" => Self::Nickname,
            "preferred_username" => Self::PreferredUsername,
            "email" => Self::Email,
            "phone_number" => Self::PhoneNumber,
            "birthdate" => Self::Birthdate,
            "website" => Self::Website,
            "locale" => Self::Locale,
            "zoneinfo" => Self::Zoneinfo,
            "profile" => Self::Profile,
            "picture" => Self::Picture,
            "gender" => Self::Gender,
            "address" => Self::Address,
            "groups" => Self::Groups,
            _ => return None,
        })
    }

    /// The control's type and what the browser may fill in (HTML, autofill field names).
    fn control(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("text", "name"),
            Self::GivenName => ("text", "given-name"),
            Self::FamilyName => ("text", "family-name"),
            Self::MiddleName => ("text", "additional-name"),
            Self::Nickname => ("text", "nickname"),
            Self::PreferredUsername => ("text", "username"),
            Self::Email => ("email", "email"),
            Self::PhoneNumber => ("tel", "tel"),
            Self::Birthdate => ("date", "bday"),
            Self::Website => ("url", "url"),
            Self::Locale => ("text", "language"),
            Self::Zoneinfo | Self::Profile | Self::Picture | Self::Gender | Self::Address | Self::Groups => {
                ("text", "off")
            }
        }
    }
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &Attributes) -> String {
    let text = &shell.texts().attributes;
    let explain = if model.are_kept {
        text.explain_kept
    } else {
        text.explain_once
    };
    let first_problem = model
        .fields
        .iter()
        .position(|field| field.problem.is_some())
        .unwrap_or(0);
    let fields: Vec<_> = model
        .fields
        .iter()
        .enumerate()
        .map(|(index, one)| field_with_help(control(text, one, index == first_problem), help(text, one)))
        .collect();
    let content = view! {
        {model.problem.map(|message| notice(shell, message, Some(&model.connection)))}
        <p>{explain(&model.connection, shell.application_name())}</p>
        <form method="post" action=model.action.clone() class="form" id=TYPED_FORM>
            {csrf(shell)}
            {fields}
            <button class="button">{text.submit}</button>
        </form>
        {cancel(shell, &model.action)}
    };
    shell.document_with_form(text.title, content)
}

pub(super) fn control(text: &AttributeTexts, one: &AttributeField, has_focus: bool) -> Field {
    let standard = StandardAttribute::of_name(&one.name);
    let (kind, autocomplete) = standard.map_or(("text", "off"), StandardAttribute::control);
    Field {
        name: format!("{}{}", names::ATTRIBUTE_PREFIX, one.name),
        label: standard.map_or_else(|| in_words(&one.name), |standard| (text.label)(standard).to_owned()),
        kind,
        value: one.value.clone(),
        autocomplete,
        is_required: one.is_required,
        is_fixed: false,
        has_focus,
        is_literal: matches!(kind, "email" | "url"),
        max_length: one.max_length,
        error: one.problem.map(|problem| problem_text(text, problem, one.max_length)),
        optional: (!one.is_required).then_some(text.optional),
    }
}

/// An example of a value, where neither the browser's control nor the error shows one.
pub(super) fn help(text: &AttributeTexts, one: &AttributeField) -> Option<String> {
    let is_told = one.name == "birthdate" || matches!(one.problem, Some(AttributeProblem::Unlike(_)));
    let example = example(&one.name).filter(|_| !is_told)?;
    Some((text.example)(example))
}

/// What an attribute of the organisation's own is called: `cost_centre` is "Cost centre".
fn in_words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn problem_text(text: &AttributeTexts, problem: AttributeProblem, max_length: u16) -> String {
    match problem {
        AttributeProblem::Missing => text.missing.to_owned(),
        AttributeProblem::TooLong => (text.too_long)(max_length),
        AttributeProblem::NoAddress => text.no_address.to_owned(),
        AttributeProblem::NotAccepted => text.not_accepted.to_owned(),
        AttributeProblem::Unlike(example) => (text.unlike)(example),
        AttributeProblem::Taken => text.taken.to_owned(),
    }
}
