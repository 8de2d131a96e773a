//! Connections: rows in, domain values out. Their secrets are sealed in a column of their own.

use doorward_domain::connection::{Connection, OidcSettings};
use doorward_domain::id::ConnectionId;
use doorward_domain::jit::JitSettings;
use doorward_domain::mapping::AttributeRule;
use doorward_domain::secret::SecretText;
use doorward_domain::text::Handle;
use doorward_domain::truncate;
use doorward_vault::{Keyring, Purpose};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

use crate::configuration;
use crate::db::{Database, Sealed, Tx, document, from_word, id, parse, word};
use crate::entity::connection::{Column, Entity, Model};
use crate::error::{Contested, StorageError};
use crate::page::LIMIT;

const TABLE: &str = "connection";

/// What is kept as a document: all but the columns and the secret.
#[derive(Serialize, Deserialize)]
struct Settings {
    oidc: OidcSettings,
    attributes: Vec<AttributeRule>,
    #[serde(default)]
    username_template: Option<String>,
    jit: JitSettings,
    #[serde(default)]
    factors_without_account: bool,
    #[serde(default)]
    otp_to_asserted_email: bool,
    #[serde(default)]
    trusted_acr: Vec<String>,
    #[serde(default)]
    trusted_amr: Vec<String>,
}

fn to_model(connection: &Connection, keyring: &Keyring) -> Result<Model, StorageError> {
    let id = connection.id.as_str();
    let secret = connection.oidc.client_secret.as_ref();
    let settings = Settings {
        oidc: OidcSettings {
            client_secret: None,
            ..connection.oidc.clone()
        },
        attributes: connection.attributes.clone(),
        username_template: connection.username_template.clone(),
        jit: connection.jit,
        factors_without_account: connection.factors_without_account,
        otp_to_asserted_email: connection.otp_to_asserted_email,
        trusted_acr: connection.trusted_acr.clone(),
        trusted_amr: connection.trusted_amr.clone(),
    };
    Ok(Model {
        id: id.to_owned(),
        handle: connection.handle.to_string(),
        display_name: connection.display_name.clone(),
        enabled: connection.enabled,
        template: word(&connection.template),
        settings: document(&settings, TABLE, id)?,
        // The id is part of what is sealed: a secret copied to another row does not open there.
        sealed_secret: secret.map(|s| keyring.seal(Purpose::Secret, id.as_bytes(), s.expose().as_bytes())),
        created_at: truncate(connection.created_at),
        updated_at: truncate(connection.updated_at),
        version: connection.version,
    })
}

fn from_model(model: Model, keyring: &Keyring) -> Result<Connection, StorageError> {
    let corrupt = || StorageError::corrupt(TABLE, model.id.clone());
    let settings: Settings = parse(&model.settings, TABLE, &model.id)?;
    let client_secret = match &model.sealed_secret {
        None => None,
        Some(sealed) => {
            let opened = keyring
                .open(Purpose::Secret, model.id.as_bytes(), sealed)
                .map_err(|_| corrupt())?;
            Some(SecretText::new(String::from_utf8(opened).map_err(|_| corrupt())?))
        }
    };
    Ok(Connection {
        handle: model.handle.parse().map_err(|_| corrupt())?,
        template: from_word(model.template.clone(), TABLE, &model.id)?,
        id: id(model.id, TABLE)?,
        display_name: model.display_name,
        enabled: model.enabled,
        oidc: OidcSettings {
            client_secret,
            ..settings.oidc
        },
        attributes: settings.attributes,
        username_template: settings.username_template,
        jit: settings.jit,
        factors_without_account: settings.factors_without_account,
        otp_to_asserted_email: settings.otp_to_asserted_email,
        trusted_acr: settings.trusted_acr,
        trusted_amr: settings.trusted_amr,
        created_at: model.created_at,
        updated_at: model.updated_at,
        version: model.version,
    })
}

/// A connection by its id.
///
/// # Errors
/// `Corrupt` (also when its secret was sealed with another master secret), or those of the database.
pub async fn find(db: &impl Database, connection: &ConnectionId) -> Result<Option<Connection>, StorageError> {
    let found = Entity::find_by_id(connection.as_str()).one(&db.executor()).await?;
    found.map(|model| from_model(model, db.keyring())).transpose()
}

/// A connection by its handle.
///
/// # Errors
/// As [`find`].
pub async fn find_by_handle(db: &impl Database, handle: &Handle) -> Result<Option<Connection>, StorageError> {
    let found = Entity::find()
        .filter(Column::Handle.eq(handle.as_str()))
        .one(&db.executor())
        .await?;
    found.map(|model| from_model(model, db.keyring())).transpose()
}

/// Every connection, by display name.
///
/// # Errors
/// As [`find`].
pub async fn list(db: &impl Database) -> Result<Vec<Connection>, StorageError> {
    let models = Entity::find()
        .order_by_asc(Column::DisplayName)
        .order_by_asc(Column::Id)
        .all(&db.executor())
        .await?;
    opened(db, models)
}

fn opened(db: &impl Database, models: Vec<Model>) -> Result<Vec<Connection>, StorageError> {
    let opened = models.into_iter().map(|model| from_model(model, db.keyring()));
    opened.collect()
}

/// The connections with these ids, in no order; at most [`LIMIT`] of them.
///
/// # Errors
/// As [`find`].
pub async fn list_by_id(db: &impl Database, connections: &[ConnectionId]) -> Result<Vec<Connection>, StorageError> {
    let wanted = &connections[..connections.len().min(LIMIT as usize)];
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let models = Entity::find()
        .filter(Column::Id.is_in(wanted.iter().map(ConnectionId::as_str)))
        .all(&db.executor())
        .await?;
    opened(db, models)
}

/// Inserts a connection.
///
/// # Errors
/// `Conflict` with `ConnectionHandle`.
pub async fn insert(tx: &Tx, connection: &Connection) -> Result<(), StorageError> {
    let model = to_model(connection, tx.keyring())?;
    Entity::insert(model.into_active_model())
        .exec_without_returning(&tx.executor())
        .await?;
    configuration::bump(tx).await
}

/// Replaces a connection if the stored one still has the version before `connection.version`.
///
/// # Errors
/// `Conflict` with `Version` when somebody else saved or deleted it meanwhile.
pub async fn update(tx: &Tx, connection: &Connection) -> Result<(), StorageError> {
    let active = to_model(connection, tx.keyring())?.into_active_model().reset_all();
    let changed = Entity::update_many()
        .set(active)
        .filter(Column::Id.eq(connection.id.as_str()))
        .filter(Column::Version.eq(connection.version - 1))
        .exec(&tx.executor())
        .await?;
    if changed.rows_affected == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    configuration::bump(tx).await
}

/// Deletes a connection and its links if it still has this version.
///
/// # Errors
/// `Conflict` with `Version`.
pub async fn delete(tx: &Tx, connection: &ConnectionId, version: i64) -> Result<(), StorageError> {
    let gone = Entity::delete_many()
        .filter(Column::Id.eq(connection.as_str()))
        .filter(Column::Version.eq(version))
        .exec(&tx.executor())
        .await?;
    if gone.rows_affected == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    let links = "DELETE FROM link WHERE connection_id = $1";
    crate::db::execute(tx, links, vec![connection.as_str().into()]).await?;
    configuration::bump(tx).await
}
