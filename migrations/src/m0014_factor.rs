//! Factors: what an account has enrolled to confirm who it is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{of_account, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("factor")
            .col(string("id").primary_key())
            .col(string("account_id"))
            .col(string("kind"))
            .col(blob("sealed_secret"))
            // The last counter that was used, so that a code works once.
            .col(big_integer("last_counter"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .foreign_key(&mut of_account("factor"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(unique("factor", &["account_id", "kind"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("factor").to_owned()).await
    }
}
