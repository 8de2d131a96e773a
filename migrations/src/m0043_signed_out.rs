//! When everything that was opened for an account was ended at once: what was proven before counts no more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("account")
            .add_column(timestamp_with_time_zone_null("signed_out_at"))
            .to_owned();
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter().table("account").drop_column("signed_out_at").to_owned();
        manager.alter_table(table).await
    }
}
