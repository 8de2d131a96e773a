//! Keys that sign tokens.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("signing_key")
            // Thumbprint of the public key, as in `kid`.
            .col(string("kid").primary_key())
            .col(string("alg"))
            .col(blob("sealed_record"))
            .col(timestamp_with_time_zone("signs_from"))
            .col(timestamp_with_time_zone_null("published_until"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("signing_key").to_owned()).await
    }
}
