//! The audit log.

use std::collections::HashMap;

use doorward_domain::attempt::Reason;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::id::{AccountId, ApplicationId, AuditEventId, ConnectionId};
use doorward_domain::{Timestamp, truncate};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};

use crate::db::{Database, Tx, document, execute, from_word, id, optional_id, parse, query_all, query_one, time};
use crate::entity::audit_event::{Column, Entity, Model};
use crate::error::StorageError;
use crate::page::{Cursor, Page, bounded};

const TABLE: &str = "audit_event";
pub(crate) const COLUMNS: &str =
    "id, at, action, actor, account_id, application_id, connection_id, sub, detail, request_id, reason";

/// Most deleted things whose names are looked up at once.
const DELETED_LIMIT: usize = 100;

/// Which events to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub account: Option<AccountId>,
    pub application: Option<ApplicationId>,
    pub connection: Option<ConnectionId>,
    /// Any of these; empty means every action.
    pub actions: Vec<AuditAction>,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// The request that ended a sign-in.
    pub request: Option<String>,
    /// Refused for one of these; empty means that the reason does not matter.
    pub reasons: Vec<Reason>,
    /// What a text to search for may mean.
    pub search: Option<Search>,
}

/// Lines that one text finds: all of them by an index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Search {
    /// A request's id or a `sub`, whole.
    pub text: String,
    pub reasons: Vec<Reason>,
    pub applications: Vec<ApplicationId>,
    pub connections: Vec<ConnectionId>,
}

impl Search {
    fn condition(&self) -> Condition {
        let text = self.text.as_str();
        let mut any = of_request(text).add(Column::Sub.eq(text));
        if !self.reasons.is_empty() {
            any = any.add(Column::Reason.is_in(self.reasons.iter().map(|reason| reason.as_str())));
        }
        if !self.applications.is_empty() {
            any = any.add(Column::ApplicationId.is_in(self.applications.iter().map(ApplicationId::as_str)));
        }
        if !self.connections.is_empty() {
            any = any.add(Column::ConnectionId.is_in(self.connections.iter().map(ConnectionId::as_str)));
        }
        any
    }
}

/// Lines of a request: its own, and those that stand for several ends alike and name it. Those have one of few reasons,
/// by whose index they are found; no other line is looked into.
fn of_request(id: &str) -> Condition {
    let any = Condition::any().add(Column::RequestId.eq(id));
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
    if !id.starts_with("req_") || id.len() > 80 || !id.bytes().all(plain) {
        return any;
    }
    // An underline stands for any one character here: numbers are random, so none is like another but for that.
    let named = Column::Detail.like(format!("%\"{id}\"%"));
    let noted = Column::Reason.is_in(Reason::NOTED.iter().map(|reason| reason.as_str()));
    any.add(Condition::all().add(noted).add(named))
}

pub(crate) fn row(event: &AuditEvent) -> Result<Vec<Value>, StorageError> {
    let id = event.id.as_str();
    Ok(vec![
        id.into(),
        time(event.at),
        event.action.as_str().into(),
        document(&event.actor, TABLE, id)?.into(),
        event.account.as_ref().map(ToString::to_string).into(),
        event.application.as_ref().map(ToString::to_string).into(),
        event.connection.as_ref().map(ToString::to_string).into(),
        event.sub.clone().into(),
        document(&event.detail, TABLE, id)?.into(),
        of_sign_in(event, "request").into(),
        of_sign_in(event, "reason").into(),
    ])
}

/// What attempts are found by: a text that the line of a sign-in tells.
fn of_sign_in(event: &AuditEvent, name: &str) -> Option<String> {
    let is_sign_in = matches!(event.action, AuditAction::SignedIn | AuditAction::SignInRefused);
    let text = event.detail.get(name).filter(|_| is_sign_in)?;
    text.as_str().map(str::to_owned)
}

fn from_model(model: Model) -> Result<AuditEvent, StorageError> {
    Ok(AuditEvent {
        at: model.at,
        action: from_word(model.action, TABLE, &model.id)?,
        actor: parse(&model.actor, TABLE, &model.id)?,
        account: optional_id(model.account_id, TABLE)?,
        application: optional_id(model.application_id, TABLE)?,
        connection: optional_id(model.connection_id, TABLE)?,
        sub: model.sub,
        detail: parse(&model.detail, TABLE, &model.id)?,
        id: id(model.id, TABLE)?,
    })
}

/// Adds an event; in the same transaction as what it tells of.
///
/// # Errors
/// Those of the database.
pub async fn insert(tx: &Tx, event: &AuditEvent) -> Result<(), StorageError> {
    let sql = format!("INSERT INTO audit_event ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    execute(tx, &sql, row(event)?).await.map(|_| ())
}

/// One event.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database, event: &AuditEventId) -> Result<Option<AuditEvent>, StorageError> {
    let found = Entity::find_by_id(event.as_str()).one(&db.executor()).await?;
    found.map(from_model).transpose()
}

/// A page of events, newest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list(
    db: &impl Database,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<AuditEvent>, StorageError> {
    let limit = bounded(limit);
    let models = Entity::find()
        .filter(condition(filter, after))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(u64::from(limit) + 1)
        .all(&db.executor())
        .await?;
    let events: Vec<AuditEvent> = models.into_iter().map(from_model).collect::<Result<_, _>>()?;
    Ok(Page::cut(events, limit, |event| (event.at, event.id.to_string())))
}

/// What deleted connections and applications were called, by id, as the line of the deletion tells it: by name, or by
/// handle where it has none. One statement, which finds each line by an index, from the newest of the thing.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn names_of_deleted(
    db: &impl Database,
    connections: &[ConnectionId],
    applications: &[ApplicationId],
) -> Result<HashMap<String, String>, StorageError> {
    let connections = connections.iter().map(|id| ("connection", id.as_str()));
    let applications = applications.iter().map(|id| ("application", id.as_str()));
    let wanted: Vec<(&str, &str)> = connections.chain(applications).take(DELETED_LIMIT).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let mut lines: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    for (kind, id) in wanted {
        values.push(id.into());
        lines.push(format!(
            "(SELECT id FROM audit_event WHERE {kind}_id = ${} AND action = '{kind}.deleted' ORDER BY at DESC LIMIT 1)",
            values.len()
        ));
    }
    let sql = format!(
        "SELECT id, action, connection_id, application_id, detail FROM audit_event WHERE id IN ({})",
        lines.join(", ")
    );
    let mut names = HashMap::new();
    for row in query_all(db, &sql, values).await? {
        let event: String = row.get("id")?;
        let detail: serde_json::Value = parse(&row.get::<String>("detail")?, TABLE, &event)?;
        let is_connection = row.get::<String>("action")? == AuditAction::ConnectionDeleted.as_str();
        let column = if is_connection {
            "connection_id"
        } else {
            "application_id"
        };
        let name = ["name", "handle"]
            .into_iter()
            .find_map(|field| detail.get(field)?.as_str());
        if let (Some(thing), Some(name)) = (row.get::<Option<String>>(column)?, name) {
            names.insert(thing, name.to_owned());
        }
    }
    Ok(names)
}

fn condition(filter: &Filter, after: Option<&Cursor>) -> Condition {
    let mut all = Condition::all()
        .add_option(filter.account.as_ref().map(|id| Column::AccountId.eq(id.as_str())))
        .add_option(
            filter
                .application
                .as_ref()
                .map(|id| Column::ApplicationId.eq(id.as_str())),
        )
        .add_option(
            filter
                .connection
                .as_ref()
                .map(|id| Column::ConnectionId.eq(id.as_str())),
        )
        .add_option(filter.since.map(|at| Column::At.gte(truncate(at))))
        .add_option(filter.until.map(|at| Column::At.lt(truncate(at))))
        .add_option(filter.request.as_deref().map(of_request))
        .add_option(filter.search.as_ref().map(Search::condition));
    if !filter.reasons.is_empty() {
        all = all.add(Column::Reason.is_in(filter.reasons.iter().map(|reason| reason.as_str())));
    }
    if !filter.actions.is_empty() {
        all = all.add(Column::Action.is_in(filter.actions.iter().map(|action| action.as_str())));
    }
    if let Some(Cursor { at, id }) = after {
        // The plain bound lets the index find the place.
        let behind = Condition::any().add(Column::At.lt(*at)).add(Column::Id.lt(id.as_str()));
        all = all.add(Column::At.lte(*at)).add(behind);
    }
    all
}

/// How many different people signed in through a connection since then, to one application or to any. For the warning
/// that says who a change would affect.
///
/// # Errors
/// Those of the database.
pub async fn sign_ins_through(
    db: &impl Database,
    connection: &ConnectionId,
    application: Option<&ApplicationId>,
    since: Timestamp,
) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(DISTINCT sub) AS n FROM audit_event WHERE connection_id = $1 AND at >= $2 \
               AND action = 'sign_in.succeeded' AND ($3 IS NULL OR application_id = $3)";
    let application: Option<String> = application.map(ToString::to_string);
    let values = vec![connection.as_str().into(), time(since), application.into()];
    query_one(db, sql, values).await?.map_or(Ok(0), |row| row.get("n"))
}

/// How many events of one kind there were since then.
///
/// # Errors
/// Those of the database.
pub async fn count_since(db: &impl Database, action: AuditAction, since: Timestamp) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM audit_event WHERE at >= $1 AND action = $2";
    query_one(db, sql, vec![time(since), action.as_str().into()])
        .await?
        .map_or(Ok(0), |row| row.get("n"))
}
