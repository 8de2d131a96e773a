//! A session remembers, as a keyed hash, which session of the provider it began in: a provider that logs somebody out may
//! name no more than that (OpenID Connect Back-Channel Logout 1.0 §2.4).
//!
//! Whoever has no account is found by their `sub`. Most sessions have an account, and some no such hash, so both indexes
//! leave out what is never looked for in them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("session")
            .add_column(string_null("upstream_session"))
            .to_owned();
        manager.alter_table(table).await?;
        let db = manager.get_connection();
        for sql in [
            "CREATE INDEX session_by_upstream_session ON session (upstream_session) WHERE upstream_session IS NOT NULL",
            "CREATE INDEX session_by_sub ON session (sub) WHERE account_id IS NULL",
        ] {
            db.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["session_by_upstream_session", "session_by_sub"] {
            let gone = Index::drop().name(index).table("session").to_owned();
            manager.drop_index(gone).await?;
        }
        let table = Table::alter()
            .table("session")
            .drop_column("upstream_session")
            .to_owned();
        manager.alter_table(table).await
    }
}
