//! Grants: what a sign-in allowed one application; its code and its refresh tokens.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("sign_in_grant")
            .col(string("id").primary_key())
            // Each run of a flow ends in one grant at most: this makes a sign-in single use (S24).
            .col(string("transaction_id"))
            .col(string("application_id"))
            .col(blob_null("session_key"))
            .col(string_null("account_id"))
            .col(string("sub"))
            .col(blob_null("code_hash"))
            .col(timestamp_with_time_zone_null("code_expires_at"))
            .col(timestamp_with_time_zone_null("code_redeemed_at"))
            // What was asked and achieved: scope, nonce, challenge, redirect URI, time and kind of authentication.
            .col(text("request"))
            // The claims of a person without an account.
            .col(blob_null("sealed_claims"))
            .col(big_integer("refresh_generation"))
            .col(timestamp_with_time_zone_null("refresh_rotated_at"))
            .col(boolean("refresh_grace_used"))
            .col(timestamp_with_time_zone_null("refresh_expires_at"))
            // From then on nothing can be done with the row.
            .col(timestamp_with_time_zone("ends_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut of_account("sign_in_grant"))
            .to_owned();
        manager.create_table(table).await?;
        for columns in [["transaction_id"], ["code_hash"]] {
            manager.create_index(unique("sign_in_grant", &columns)).await?;
        }
        for columns in [["account_id"], ["session_key"], ["ends_at"]] {
            manager.create_index(index("sign_in_grant", &columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table("sign_in_grant").to_owned())
            .await
    }
}
