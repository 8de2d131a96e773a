//! Mail that is to be sent, and what became of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("outbox")
            .col(string("id").primary_key())
            // What the mail is for and how often it was asked for, so that it is written once.
            .col(string("topic"))
            .col(big_integer("number"))
            // A keyed hash of whom it is for, to limit how much one person is sent.
            .col(string("person_key"))
            // Address and text; empty once it is sent.
            .col(blob("sealed_letter"))
            .col(string("state"))
            .col(big_integer("attempts"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("next_attempt_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone("kept_until"))
            .to_owned();
        manager.create_table(table).await?;
        for index in [
            unique("outbox", &["topic", "number"]),
            index("outbox", &["person_key", "created_at"]),
            index("outbox", &["state", "next_attempt_at"]),
            index("outbox", &["kept_until"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("outbox").to_owned()).await
    }
}
