//! Second factors without an account: what they are bound to, and factors and passkeys that belong to either.
//!
//! Owners of a factor were always accounts. SQLite cannot let a column be empty afterwards, so the two tables are built
//! anew with what is in them; their names, columns and constraints stay, and one column is added.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use crate::parts::{index, of_account, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

const FACTOR: &str = "id, account_id, kind, sealed_secret, last_counter, created_at, last_used_at";
const PASSKEY: &str =
    "id, account_id, credential_id, name, public_key, counter, synced, first_of, created_at, last_used_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(holder()).await?;
        manager.create_index(unique("factor_holder", &["sub"])).await?;
        for columns in [&["connection_id"][..], &["last_used_at"]] {
            manager.create_index(index("factor_holder", columns)).await?;
        }
        rebuild(manager, "factor", factor("factor_next", true), FACTOR).await?;
        manager.create_index(unique("factor", &["account_id", "kind"])).await?;
        manager.create_index(unique("factor", &["holder_id", "kind"])).await?;
        rebuild(manager, "passkey", passkey("passkey_next", true), PASSKEY).await?;
        passkey_indexes(manager).await?;
        manager.create_index(index("passkey", &["holder_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild(manager, "factor", factor("factor_next", false), FACTOR).await?;
        manager.create_index(unique("factor", &["account_id", "kind"])).await?;
        rebuild(manager, "passkey", passkey("passkey_next", false), PASSKEY).await?;
        passkey_indexes(manager).await?;
        manager
            .drop_table(Table::drop().table("factor_holder").to_owned())
            .await
    }
}

fn holder() -> TableCreateStatement {
    Table::create()
        .table("factor_holder")
        // The id that an account takes which is made for the person later.
        .col(string("id").primary_key())
        .col(string("connection_id"))
        .col(string("sub"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("last_used_at"))
        .foreign_key(
            ForeignKey::create()
                .name("factor_holder_of_connection")
                .from("factor_holder", "connection_id")
                .to("connection", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

/// Its columns for the owner: one of them is empty.
fn owned(table: &'static str, with_holder: bool) -> TableCreateStatement {
    let mut create = Table::create();
    create.table(table).col(string("id").primary_key());
    if with_holder {
        create.col(string_null("account_id"));
        create.col(string_null("holder_id"));
        create.check(Expr::cust("(account_id IS NULL) <> (holder_id IS NULL)"));
        create.foreign_key(
            ForeignKey::create()
                .name(format!("{table}_of_holder"))
                .from(table, "holder_id")
                .to("factor_holder", "id")
                .on_delete(ForeignKeyAction::Cascade),
        );
    } else {
        create.col(string("account_id"));
    }
    create.foreign_key(&mut of_account(table)).to_owned()
}

fn factor(table: &'static str, with_holder: bool) -> TableCreateStatement {
    owned(table, with_holder)
        .col(string("kind"))
        .col(blob("sealed_secret"))
        .col(big_integer("last_counter"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .to_owned()
}

fn passkey(table: &'static str, with_holder: bool) -> TableCreateStatement {
    owned(table, with_holder)
        .col(text("credential_id"))
        .col(string("name"))
        .col(blob("public_key"))
        .col(big_integer("counter"))
        .col(boolean("synced"))
        .col(string_null("first_of"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .to_owned()
}

async fn passkey_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for index in [
        unique("passkey", &["credential_id"]),
        unique("passkey", &["first_of"]),
        index("passkey", &["account_id"]),
    ] {
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Puts a new table in the place of one, with the rows that belong to an account.
async fn rebuild(
    manager: &SchemaManager<'_>,
    table: &'static str,
    next: TableCreateStatement,
    columns: &str,
) -> Result<(), DbErr> {
    manager.create_table(next).await?;
    let copy =
        format!("INSERT INTO {table}_next ({columns}) SELECT {columns} FROM {table} WHERE account_id IS NOT NULL");
    manager.get_connection().execute_unprepared(&copy).await?;
    manager.drop_table(Table::drop().table(table).to_owned()).await?;
    let renamed = Table::rename().table(format!("{table}_next"), table).to_owned();
    manager.rename_table(renamed).await
}
