//! The audit log. Refers to nothing by foreign key: it outlives what it tells of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("audit_event")
            .col(string("id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(string("action"))
            .col(text("actor"))
            .col(string_null("account_id"))
            .col(string_null("application_id"))
            .col(string_null("connection_id"))
            .col(string_null("sub"))
            .col(text("detail"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("audit_event", &["at", "id"])).await?;
        for about in ["connection_id", "application_id", "account_id"] {
            manager.create_index(index("audit_event", &[about, "at"])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_event").to_owned()).await
    }
}
