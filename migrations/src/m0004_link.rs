//! Links: which subject of which issuer, through which connection, is which account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("link")
            .col(string("connection_id"))
            .col(string("issuer"))
            .col(string("subject"))
            .col(string("account_id"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(
                Index::create()
                    .name("link_pkey")
                    .col("connection_id")
                    .col("issuer")
                    .col("subject"),
            )
            .foreign_key(&mut of_account("link"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("link", &["account_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("link").to_owned()).await
    }
}
