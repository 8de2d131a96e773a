//! The sign-in flows an application had, the newest few of each.

use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::audit::Actor;
use doorward_domain::flow::{SignInFlow, VERSION_LIMIT};
use doorward_domain::id::ApplicationId;

use crate::db::{Database, Row, Tx, document, execute, parse, query_all, time};
use crate::error::StorageError;

const TABLE: &str = "flow_version";

/// A flow an application had.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowVersion {
    /// The application's version when it was saved.
    pub version: i64,
    pub flow: SignInFlow,
    /// `None` where it was saved before versions were kept.
    pub by: Option<Actor>,
    pub saved_at: Timestamp,
}

fn from_row(row: &Row, application: &ApplicationId) -> Result<FlowVersion, StorageError> {
    let read = |text: String| parse(&text, TABLE, application.as_str());
    Ok(FlowVersion {
        version: row.get("version")?,
        flow: parse(&row.get::<String>("flow")?, TABLE, application.as_str())?,
        by: row.get::<Option<String>>("actor")?.map(read).transpose()?,
        saved_at: row.get("saved_at")?,
    })
}

/// Keeps the flow an application has now, unless it is the newest one kept. Part of the transaction that saves it.
pub(crate) async fn keep(tx: &Tx, application: &Application, by: Option<&Actor>) -> Result<(), StorageError> {
    let id = application.id.as_str();
    let newest = list_some(tx, &application.id, 1).await?;
    if newest.first().is_some_and(|newest| newest.flow == application.flow) {
        return Ok(());
    }
    let actor = by.map(|by| document(by, TABLE, id)).transpose()?;
    let sql = "INSERT INTO flow_version (application_id, version, flow, actor, saved_at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        id.into(),
        application.version.into(),
        document(&application.flow, TABLE, id)?.into(),
        actor.into(),
        time(application.updated_at),
    ];
    execute(tx, sql, values).await?;
    let sql = "DELETE FROM flow_version WHERE application_id = $1 AND version <= (SELECT version FROM flow_version \
               WHERE application_id = $1 ORDER BY version DESC LIMIT 1 OFFSET $2)";
    execute(tx, sql, vec![id.into(), i64::from(VERSION_LIMIT).into()])
        .await
        .map(|_| ())
}

/// Every version kept, newest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list(db: &impl Database, application: &ApplicationId) -> Result<Vec<FlowVersion>, StorageError> {
    list_some(db, application, i64::from(VERSION_LIMIT)).await
}

async fn list_some(
    db: &impl Database,
    application: &ApplicationId,
    limit: i64,
) -> Result<Vec<FlowVersion>, StorageError> {
    let sql = "SELECT version, flow, actor, saved_at FROM flow_version WHERE application_id = $1 \
               ORDER BY version DESC LIMIT $2";
    let rows = query_all(db, sql, vec![application.as_str().into(), limit.into()]).await?;
    rows.iter().map(|row| from_row(row, application)).collect()
}
