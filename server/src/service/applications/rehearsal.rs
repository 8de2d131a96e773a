//! *Try it*: somebody's way through a flow. Reads what is known of a real person, writes nothing.

use std::net::IpAddr;

use doorward_app::api::application::RehearsalRequest;
use doorward_domain::account::Account;
use doorward_domain::connection::Connection;
use doorward_domain::factor::FactorKind;
use doorward_domain::flow::AuthOption;
use doorward_domain::rehearsal::{self, Browser, CHOICE_LIMIT, PERSONAS, Persona, Rehearsal};
use doorward_storage::{administration, factor, link, passkey, session};
use serde_json::Value;

use super::{Service, check_shape};
use crate::service::refusal::{Outcome, Refusal};
use crate::service::{body, key};

impl Service {
    pub(super) async fn rehearse_request(&self, request: RehearsalRequest) -> Outcome<Rehearsal> {
        let connections = self.overridden(request.connections).await?;
        check_shape(&request.flow)?;
        if request.choices.len() > CHOICE_LIMIT {
            return Err(Refusal::field("/choices", "Use at most 50 choices."));
        }
        let known = match (request.user, request.persona) {
            (Some(_), Some(_)) => return Err(Refusal::field("/user", "Name a user or a persona, not both.")),
            (Some(user), None) => self.real(&user, &connections).await?,
            (None, persona) => made_up(persona.as_deref().unwrap_or("new"), &connections)?,
        };
        let mut person = serde_json::to_value(known).unwrap_or_default();
        if request.person != Value::Null {
            body::merge(&mut person, request.person);
        }
        let persona: Persona = body::read(person, "/person")?;
        check_address(&persona.browser)?;
        let now = self.core.now();
        let (flow, choices) = (request.flow, request.choices);
        Ok(tokio::task::block_in_place(|| {
            let mut engine = self.core.sandbox.blocking(tokio::runtime::Handle::current());
            rehearsal::rehearse(&flow, &connections, &persona, &choices, &mut engine, now)
        }))
    }

    /// What a flow would find of an account now.
    async fn real(&self, user: &str, connections: &[Connection]) -> Outcome<Persona> {
        let db = self.core.store.read();
        let found = key::account(db, user).await;
        let account: Account = found.map_err(|refusal| match refusal {
            Refusal::Console(_) => Refusal::field("/user", "There is no user with this username or id."),
            other => other,
        })?;
        let links = link::list_of_account(db, &account.id).await?;
        let handle_of = |id| {
            connections
                .iter()
                .find(|known| known.id == id)
                .map(|c| c.handle.clone())
        };
        let factors = factor::list_of_account(db, &account.id).await?;
        let enrolled = factors.iter().map(|factor| match factor.kind {
            FactorKind::Totp => AuthOption::Totp,
            FactorKind::BackupCode => AuthOption::BackupCode,
        });
        let passkeys = passkey::list_of_account(db, &account.id).await?;
        let passkey = (!passkeys.is_empty()).then_some(AuthOption::Passkey);
        let sessions = session::list_of_account(db, &account.id, self.core.now()).await?;
        Ok(Persona {
            has_account: true,
            has_password: administration::has_password(db, &account.id).await?,
            status: account.status,
            linked: links
                .into_iter()
                .filter_map(|link| handle_of(link.key.connection))
                .collect(),
            claims: account.claims(),
            enrolled: enrolled.chain(passkey).collect(),
            browser: Browser {
                sessions: u32::try_from(sessions.len()).unwrap_or(u32::MAX),
                ..Browser::default()
            },
            ..Persona::default()
        })
    }
}

/// A script sees an address, or nothing where it is not known.
fn check_address(browser: &Browser) -> Outcome<()> {
    if browser.ip.is_empty() || browser.ip.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let sentence = "Enter an IP address, such as 203.0.113.7.";
    Err(Refusal::field("/person/browser/ip", sentence))
}

fn made_up(name: &str, connections: &[Connection]) -> Outcome<Persona> {
    let handles = connections.iter().map(|connection| connection.handle.clone());
    Persona::of_name(name, handles).ok_or_else(|| {
        let names = PERSONAS.map(|(name, _)| name).join(", ");
        Refusal::field("/persona", format!("There is no such persona. Use one of {names}."))
    })
}
