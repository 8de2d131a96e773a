//! The sign-in flows an application had: steps and script together, with who saved them.
//!
//! Not the same as `script_version`: that one holds what running sign-ins still need, by the hash of the source.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("flow_version")
            .col(string("application_id"))
            // The application's version when the flow was saved.
            .col(big_integer("version"))
            .col(text("flow"))
            // Missing where the flow was saved before versions were kept.
            .col(text_null("actor"))
            .col(timestamp_with_time_zone("saved_at"))
            .primary_key(Index::create().col("application_id").col("version"))
            .foreign_key(
                ForeignKey::create()
                    .name("flow_version_of_application")
                    .from("flow_version", "application_id")
                    .to("application", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::drop().table("flow_version").to_owned();
        manager.drop_table(table).await
    }
}
