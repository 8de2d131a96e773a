//! The audit log is sealed: a chain of hashes over its events (S46).
//!
//! An event is written without a seal and gets one later. One index serves both, finding what waits and reading what a
//! seal holds: entries without a seal stand together in it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("audit_seal")
            // Of two nodes that seal at once, one finds it taken.
            .col(big_integer("number").primary_key())
            .col(string("previous"))
            .col(timestamp_with_time_zone("sealed_at"))
            .col(text("events"))
            .col(string("hash"))
            .to_owned();
        manager.create_table(table).await?;
        let table = Table::alter()
            .table("audit_event")
            .add_column(big_integer_null("seal"))
            .to_owned();
        manager.alter_table(table).await?;
        manager.create_index(index("audit_event", &["seal", "at", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let gone = Index::drop()
            .name("audit_event_by_seal_at_id")
            .table("audit_event")
            .to_owned();
        manager.drop_index(gone).await?;
        let table = Table::alter().table("audit_event").drop_column("seal").to_owned();
        manager.alter_table(table).await?;
        manager.drop_table(Table::drop().table("audit_seal").to_owned()).await
    }
}
