//! Sessions: signed-in browsers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("session")
            // A keyed hash of the cookie, so that a copy of the database signs nobody in.
            .col(blob("key").primary_key())
            .col(string_null("account_id"))
            .col(string("sub"))
            // Who it is, for a person without an account.
            .col(blob_null("sealed_person"))
            .col(text("evidence"))
            .col(string("user_agent"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .foreign_key(&mut of_account("session"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("session", &["account_id"])).await?;
        manager.create_index(index("session", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("session").to_owned()).await
    }
}
