//! What narrows a list of the audit log, whether its lines are read as events or as attempts.

use doorward_domain::attempt::Reason;
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_storage::audit::Search;
use doorward_storage::{Database, application, connection};

use super::core::Core;
use super::key;
use super::refusal::Outcome;
use crate::signin::fault::page_of;

/// A text that says something.
pub fn given(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

/// A request's id, a page's number, a `sub`, or a part of a name or handle. `None` where nothing is looked for.
pub async fn search(core: &Core, text: Option<&str>) -> Outcome<Option<Search>> {
    let Some(text) = given(text).filter(|text| !text.contains('\0')) else {
        return Ok(None);
    };
    let db = core.store.read();
    let wanted = text.to_lowercase();
    let has = |name: &str| name.to_lowercase().contains(&wanted);
    let applications = application::list(db).await?.into_iter();
    let connections = connection::list(db).await?.into_iter();
    Ok(Some(Search {
        reasons: text.parse().map(of_page).unwrap_or_default(),
        applications: applications
            .filter(|one| has(&one.name) || has(one.handle.as_str()))
            .map(|one| one.id)
            .collect(),
        connections: connections
            .filter(|one| has(&one.display_name) || has(one.handle.as_str()))
            .map(|one| one.id)
            .collect(),
        text,
    }))
}

/// The reasons that the page of this number tells.
pub fn of_page(number: u16) -> Vec<Reason> {
    let all = Reason::ALL.iter().copied();
    all.filter(|reason| page_of(*reason) == number).collect()
}

/// The application of this id or handle. One that is deleted still has its lines.
pub async fn application(db: &impl Database, key: Option<&str>) -> Outcome<Option<ApplicationId>> {
    let Some(key) = given(key) else { return Ok(None) };
    Ok(Some(match key.parse() {
        Ok(id) => id,
        Err(_) => key::application(db, &key).await?.id,
    }))
}

/// The connection of this id or handle. One that is deleted still has its lines.
pub async fn connection(db: &impl Database, key: Option<&str>) -> Outcome<Option<ConnectionId>> {
    let Some(key) = given(key) else { return Ok(None) };
    Ok(Some(match key.parse() {
        Ok(id) => id,
        Err(_) => key::connection(db, &key).await?.id,
    }))
}
