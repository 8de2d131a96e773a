//! Applications that ask for sign-in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::unique;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("application")
            .col(string("id").primary_key())
            .col(string("handle"))
            .col(string("client_id"))
            .col(string("name"))
            .col(boolean("enabled"))
            // Protocol settings and the sign-in flow.
            .col(text("settings"))
            .col(blob_null("client_secret_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(unique("application", &["handle"])).await?;
        manager.create_index(unique("application", &["client_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("application").to_owned()).await
    }
}
