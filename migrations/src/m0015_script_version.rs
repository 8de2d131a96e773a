//! Every version of every application's script: a running sign-in keeps the one it began with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("script_version")
            .col(string("application_id"))
            // Of the source: saving the same one again makes no other version.
            .col(string("version"))
            .col(text("source"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("application_id").col("version"))
            .foreign_key(
                ForeignKey::create()
                    .name("script_version_of_application")
                    .from("script_version", "application_id")
                    .to("application", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let by_time = index("script_version", &["application_id", "created_at"]);
        manager.create_index(by_time).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::drop().table("script_version").to_owned();
        manager.drop_table(table).await
    }
}
