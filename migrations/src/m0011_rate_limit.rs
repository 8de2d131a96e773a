//! Counters of attempts in a window of time.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("rate_limit")
            .col(string("key").primary_key())
            .col(timestamp_with_time_zone("window_start"))
            .col(big_integer("count"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("rate_limit", &["window_start"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("rate_limit").to_owned()).await
    }
}
