//! One number that grows with each change of connections, applications or keys, so that every node notices.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("configuration_version")
            .col(big_integer("id").primary_key())
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(table).await?;
        let first = Query::insert()
            .into_table("configuration_version")
            .columns(["id", "version"])
            .values_panic([1_i64.into(), 1_i64.into()])
            .to_owned();
        manager.execute(first).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("configuration_version").to_owned())
            .await
    }
}
