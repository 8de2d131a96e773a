//! Tokens that work once and have been used (S24).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("used_token")
            .col(string("key").primary_key())
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("used_token", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("used_token").to_owned()).await
    }
}
