//! The one name space of usernames and owned addresses (S10): each key belongs to one account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("login_identifier")
            .col(string("key").primary_key())
            .col(string("account_id"))
            // Whether it is a verified address; otherwise it is a username, which may look like an address.
            .col(boolean("owned_address"))
            .foreign_key(&mut of_account("login_identifier"))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("login_identifier", &["account_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("login_identifier").to_owned())
            .await
    }
}
