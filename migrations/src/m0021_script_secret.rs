//! Secrets that applications' scripts use by name.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("script_secret")
            .col(string("application_id"))
            .col(string("name"))
            .col(blob("sealed_value"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .primary_key(Index::create().col("application_id").col("name"))
            .foreign_key(
                ForeignKey::create()
                    .name("script_secret_of_application")
                    .from("script_secret", "application_id")
                    .to("application", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("script_secret").to_owned())
            .await
    }
}
