//! Accounts: our own records of people.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("account")
            .col(string("id").primary_key())
            .col(string("sub"))
            .col(string("username"))
            .col(string("status"))
            .col(string("role"))
            // Documents are text: parsed straight into domain types, the database never looks inside.
            .col(text("attributes"))
            .col(text("origin"))
            .col(string_null("password_hash"))
            // Lower-cased username, name and address, for the search of the console.
            .col(string("search_key"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("last_sign_in_at"))
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(unique("account", &["sub"])).await?;
        // Holds all that a search reads, in the order in which a page shows it.
        manager
            .create_index(index("account", &["created_at", "id", "search_key"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("account").to_owned()).await
    }
}
