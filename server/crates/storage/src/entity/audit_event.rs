use doorward_domain::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub at: Timestamp,
    pub action: String,
    pub actor: String,
    pub account_id: Option<String>,
    pub application_id: Option<String>,
    pub connection_id: Option<String>,
    pub sub: Option<String>,
    pub detail: String,
    pub request_id: Option<String>,
    pub reason: Option<String>,
    /// The number of its seal; none while it waits for one.
    pub seal: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
