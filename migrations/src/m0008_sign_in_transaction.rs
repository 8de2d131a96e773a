//! Transactions in which somebody has proven something and the flow is not over.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("sign_in_transaction")
            .col(string("id").primary_key())
            .col(blob("sealed_state"))
            // Grows with each step: of two answers to one step only one advances it.
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(table).await?;
        manager
            .create_index(index("sign_in_transaction", &["expires_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("sign_in_transaction").to_owned())
            .await
    }
}
