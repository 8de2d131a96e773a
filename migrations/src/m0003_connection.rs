//! Connections to identity providers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::unique;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("connection")
            .col(string("id").primary_key())
            .col(string("handle"))
            .col(string("display_name"))
            .col(boolean("enabled"))
            .col(string("template"))
            // Everything else but the secret.
            .col(text("settings"))
            .col(blob_null("sealed_secret"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(unique("connection", &["handle"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("connection").to_owned()).await
    }
}
