//! Passkeys of accounts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("passkey")
            .col(string("id").primary_key())
            .col(string("account_id"))
            // In base64url; unique among all accounts.
            .col(text("credential_id"))
            .col(string("name"))
            .col(blob("public_key"))
            .col(big_integer("counter"))
            .col(boolean("synced"))
            // The account, where a first factor alone was enough to enrol it: that happens once.
            .col(string_null("first_of"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .foreign_key(&mut of_account("passkey"))
            .to_owned();
        manager.create_table(table).await?;
        for index in [
            unique("passkey", &["credential_id"]),
            unique("passkey", &["first_of"]),
            index("passkey", &["account_id"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("passkey").to_owned()).await
    }
}
