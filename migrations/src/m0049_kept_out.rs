//! Identities that were erased and are kept out (S50): a keyed hash of each, which names nobody.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("kept_out")
            .col(string("key").primary_key())
            .col(string("connection_id"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .name("kept_out_of_connection")
                    .from("kept_out", "connection_id")
                    .to("connection", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("kept_out", &["connection_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("kept_out").to_owned()).await
    }
}
