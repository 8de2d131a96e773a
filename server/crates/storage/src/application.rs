//! Applications: rows in, domain values out.

use doorward_domain::application::{Application, ProtocolSettings};
use doorward_domain::audit::Actor;
use doorward_domain::expectation::Expectation;
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::ApplicationId;
use doorward_domain::text::Handle;
use doorward_domain::truncate;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::configuration;
use crate::db::{Database, Sealed, Tx, document, id, parse};
use crate::entity::application::{Column, Entity, Model};
use crate::error::{Contested, StorageError};
use crate::{flow_version, script};

const TABLE: &str = "application";

/// What is kept as a document.
#[derive(Serialize, Deserialize)]
struct Settings {
    protocol: ProtocolSettings,
    flow: SignInFlow,
    // Rows of the version before have none.
    #[serde(default)]
    expectations: Vec<Expectation>,
}

fn to_model(application: &Application) -> Result<Model, StorageError> {
    let id = application.id.as_str();
    let settings = Settings {
        protocol: application.protocol.clone(),
        flow: application.flow.clone(),
        expectations: application.expectations.clone(),
    };
    Ok(Model {
        id: id.to_owned(),
        handle: application.handle.to_string(),
        client_id: application.client_id.clone(),
        name: application.name.clone(),
        enabled: application.enabled,
        settings: document(&settings, TABLE, id)?,
        client_secret_hash: application.client_secret_hash.clone(),
        created_at: truncate(application.created_at),
        updated_at: truncate(application.updated_at),
        version: application.version,
    })
}

fn from_model(model: Model) -> Result<Application, StorageError> {
    let settings: Settings = parse(&model.settings, TABLE, &model.id)?;
    Ok(Application {
        handle: model
            .handle
            .parse()
            .map_err(|_| StorageError::corrupt(TABLE, model.id.clone()))?,
        id: id(model.id, TABLE)?,
        name: model.name,
        client_id: model.client_id,
        client_secret_hash: model.client_secret_hash,
        enabled: model.enabled,
        protocol: settings.protocol,
        flow: settings.flow,
        expectations: settings.expectations,
        created_at: model.created_at,
        updated_at: model.updated_at,
        version: model.version,
    })
}

/// An application by its id.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database, application: &ApplicationId) -> Result<Option<Application>, StorageError> {
    Entity::find_by_id(application.as_str())
        .one(&db.executor())
        .await?
        .map(from_model)
        .transpose()
}

/// An application by its handle.
///
/// # Errors
/// As [`find`].
pub async fn find_by_handle(db: &impl Database, handle: &Handle) -> Result<Option<Application>, StorageError> {
    let found = Entity::find()
        .filter(Column::Handle.eq(handle.as_str()))
        .one(&db.executor())
        .await?;
    found.map(from_model).transpose()
}

/// Every application, by name.
///
/// # Errors
/// As [`find`].
pub async fn list(db: &impl Database) -> Result<Vec<Application>, StorageError> {
    let models = Entity::find()
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id)
        .all(&db.executor())
        .await?;
    models.into_iter().map(from_model).collect()
}

/// Inserts an application. `by` stands beside its flow in the list of versions.
///
/// # Errors
/// `Conflict` with `ApplicationHandle` or `ClientId`.
pub async fn insert(tx: &Tx, application: &Application, by: &Actor) -> Result<(), StorageError> {
    Entity::insert(to_model(application)?.into_active_model())
        .exec_without_returning(&tx.executor())
        .await?;
    script::keep(tx, application).await?;
    flow_version::keep(tx, application, Some(by)).await?;
    configuration::bump(tx).await
}

/// Replaces an application if the stored one still has the version before `application.version`. `by` stands beside
/// its flow in the list of versions, where that is another one than before.
///
/// # Errors
/// `Conflict` with `Version` when somebody else saved or deleted it meanwhile, or with `ClientId`.
pub async fn update(tx: &Tx, application: &Application, by: &Actor) -> Result<(), StorageError> {
    let before = find(tx, &application.id).await?;
    let active = to_model(application)?.into_active_model().reset_all();
    let changed = Entity::update_many()
        .set(active)
        .filter(Column::Id.eq(application.id.as_str()))
        .filter(Column::Version.eq(application.version - 1))
        .exec(&tx.executor())
        .await?;
    if changed.rows_affected == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    if let Some(before) = before.filter(|before| before.flow != application.flow) {
        // It may have been saved by a program that kept no versions.
        flow_version::keep(tx, &before, None).await?;
        flow_version::keep(tx, application, Some(by)).await?;
    }
    script::keep(tx, application).await?;
    configuration::bump(tx).await
}

/// Deletes an application if it still has this version. Its grants are ended by [`crate::grant::revoke_of_application`].
///
/// # Errors
/// `Conflict` with `Version`.
pub async fn delete(tx: &Tx, application: &ApplicationId, version: i64) -> Result<(), StorageError> {
    let gone = Entity::delete_many()
        .filter(Column::Id.eq(application.as_str()))
        .filter(Column::Version.eq(version))
        .exec(&tx.executor())
        .await?;
    if gone.rows_affected == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    configuration::bump(tx).await
}
