//! From an account to what its page shows.

use chrono::TimeDelta;
use doorward_app::hosted::PageShell;
use doorward_app::hosted::page::attributes::{AttributeField, AttributeProblem};
use doorward_app::hosted::page::self_service::{KeptFactors, LinkItem, PasskeyItem, SelfService, SessionItem, Source};
use doorward_app::hosted::page::sign_in::ConnectionOption;
use doorward_app::ui::agent;
use doorward_app::ui::logo::Brand;
use doorward_domain::Timestamp;
use doorward_domain::account::{Account, Attribute, AttributeSource, Link};
use doorward_domain::claim_form::example_instead;
use doorward_domain::factor::FactorKind;
use doorward_domain::id::ConnectionId;
use doorward_domain::self_service::{EDITABLE, Holdings, may_edit};
use doorward_storage::session::Session;
use doorward_storage::{factor, holder, link, passkey, session as sessions};

use crate::http::hosted::page;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::change::link_name;
use crate::signin::self_service::holdings::{self, Way, way};
use crate::signin::self_service::{Visitor, csrf};
use crate::signin::session;

/// Longest value a person may write, in characters.
const VALUE_LIMIT: u16 = 500;
/// Set elsewhere on the page, or saying something about another attribute.
const HIDDEN: [&str; 3] = ["email", "email_verified", "phone_number_verified"];

/// What surrounds the page, with the token of its forms.
pub fn shell(hop: &Hop, session: &Session, chosen: Option<&str>) -> PageShell {
    PageShell {
        csrf: csrf(hop, session),
        ..page::shell(hop, None, chosen)
    }
}

/// What a connection is called; one that is gone has no name any more.
pub fn connection_name(hop: &Hop, id: &ConnectionId) -> String {
    let connection = hop.snapshot.connection(id);
    connection.map_or_else(|| "–".to_owned(), |connection| connection.display_name.clone())
}

fn source(hop: &Hop, attribute: &Attribute) -> Source {
    match &attribute.source {
        AttributeSource::Connection { connection } => Source::Connection(connection_name(hop, connection)),
        AttributeSource::Administrator | AttributeSource::Api => Source::Administrator,
        AttributeSource::Person => Source::Person,
    }
}

fn field(name: &str, attribute: Option<&Attribute>) -> AttributeField {
    let value = attribute.map(|attribute| match attribute.value.as_str() {
        Some(text) => text.to_owned(),
        None => attribute.value.to_string(),
    });
    AttributeField {
        name: name.to_owned(),
        value: value.unwrap_or_default(),
        is_required: false,
        max_length: VALUE_LIMIT,
        problem: None,
    }
}

/// What is wrong with a value; an empty one takes the attribute away.
pub fn problem(name: &str, value: &str, now: Timestamp) -> Option<AttributeProblem> {
    if value.chars().count() > usize::from(VALUE_LIMIT) {
        return Some(AttributeProblem::TooLong);
    }
    if value.chars().any(char::is_control) {
        return Some(AttributeProblem::NotAccepted);
    }
    let example = example_instead(name, value, now.date_naive()).filter(|_| !value.is_empty());
    example.map(AttributeProblem::Unlike)
}

/// Shows what was typed, with what is wrong with it.
pub fn refuse(page: &mut SelfService, typed: &[(&'static str, String)], now: Timestamp) {
    for (name, value) in typed {
        if let Some(field) = page.editable.iter_mut().find(|field| field.name == *name) {
            // Nobody has a longer one; showing it back would only fill the page.
            field.value = value.chars().take(usize::from(VALUE_LIMIT)).collect();
            field.problem = problem(name, value, now);
        }
    }
}

/// What the person may write, and all that is kept of them.
type Profile = (Vec<AttributeField>, Vec<(AttributeField, Source)>);

fn profile(hop: &Hop, account: &Account, linked: &[ConnectionId]) -> Profile {
    let attributes = &account.attributes;
    let may_write = |name: &&str| may_edit(name, attributes.get(*name), linked);
    let editable = EDITABLE.into_iter().filter(may_write);
    let shown = attributes.iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str()));
    let kept = shown.map(|(name, attribute)| (field(name, Some(attribute)), source(hop, attribute)));
    (
        editable.map(|name| field(name, attributes.get(name))).collect(),
        kept.filter(|(field, _)| !field.value.is_empty()).collect(),
    )
}

/// What the provider calls the person, where one of `all` is another identity at the same provider.
pub fn subject(link: &Link, all: &[Link]) -> Option<String> {
    let is_other = |other: &Link| other.key.connection == link.key.connection && other.key != link.key;
    all.iter().any(is_other).then(|| link.key.subject.clone())
}

fn link_item(hop: &Hop, link: &Link, all: &[Link], ways: &[Way], have: &Holdings) -> LinkItem {
    let subject = subject(link, all);
    LinkItem {
        key: link_name(hop, &link.key),
        connection: connection_name(hop, &link.key.connection),
        // What is known is when the connection was: of several identities at it, nobody knows which.
        last_used: link.last_used_at.filter(|_| subject.is_none()),
        subject,
        since: link.created_at,
        may_go: have.may_unlink(way(ways, &link.key.connection)),
    }
}

fn linkable(hop: &Hop, linked: &[ConnectionId]) -> Vec<ConnectionOption> {
    let open = hop
        .snapshot
        .connections()
        .filter(|connection| connection.enabled && !linked.contains(&connection.id));
    open.map(|connection| ConnectionOption {
        handle: connection.handle.as_str().to_owned(),
        name: connection.display_name.clone(),
        brand: Brand::of_connection(connection.template, &connection.oidc.issuer),
        was_last_used: false,
    })
    .collect()
}

/// What is kept of somebody without an account: second factors, where their connection keeps them (design.md §3).
pub async fn kept_factors(hop: &Hop, session: &Session) -> Result<Option<KeptFactors>, SignInFault> {
    let held = holder::find_by_sub(hop.state.store.read(), &session.sub).await?;
    let life = TimeDelta::from_std(hop.state.config.factors_kept).unwrap_or_default();
    Ok(held.map(|held| KeptFactors {
        connection: connection_name(hop, &held.holder.connection),
        has_app: held.factors.contains(&FactorKind::Totp),
        has_codes: held.factors.contains(&FactorKind::BackupCode),
        has_passkey: held.passkeys > 0,
        until: held.holder.last_used_at + life,
    }))
}

/// The page of somebody's account.
pub async fn page(hop: &Hop, visitor: &Visitor) -> Result<SelfService, SignInFault> {
    let (db, account) = (hop.state.store.read(), &visitor.account);
    let ways = holdings::ways(hop);
    let have = holdings::load(db, &account.id, &ways).await?;
    let factors = factor::list_of_account(db, &account.id).await?;
    let app = factors.iter().find(|factor| factor.kind == FactorKind::Totp);
    let passkeys = passkey::list_of_account(db, &account.id).await?;
    let links = link::list_of_account(db, &account.id).await?;
    let linked: Vec<ConnectionId> = links.iter().map(|link| link.key.connection.clone()).collect();
    let mut all = sessions::list_of_account(db, &account.id, hop.now).await?;
    all.sort_by_key(|one| one.key != visitor.session.key);
    let (editable, kept) = profile(hop, account, &linked);
    let email = account.attributes.get("email").and_then(|a| a.value.as_str());
    Ok(SelfService {
        username: account.username.clone(),
        email: email.map(|email| (email.to_owned(), account.owned_address().is_some())),
        editable,
        kept,
        app: app.map(|app| app.created_at),
        passkeys: passkeys
            .into_iter()
            .map(|one| PasskeyItem {
                key: one.id.to_string(),
                name: one.name,
                since: one.created_at,
                may_go: have.may_take_passkey(),
            })
            .collect(),
        codes_left: have.codes_left,
        may_take_factor: have.may_take_factor(),
        may_have_codes: have.may_have_codes(),
        links: links
            .iter()
            .map(|link| link_item(hop, link, &links, &ways, &have))
            .collect(),
        linkable: linkable(hop, &linked),
        has_password: have.has_password,
        sessions: all
            .iter()
            .map(|one| SessionItem {
                key: session::name(one).to_string(),
                browser: agent::short(&one.user_agent),
                since: one.created_at,
                is_this: one.key == visitor.session.key,
            })
            .collect(),
        done: None,
    })
}
