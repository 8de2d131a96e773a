//! Sign-ins are found by the id of their request and, where they were refused, by the reason.
//!
//! Both stand in `detail` as well, which nobody can filter on. Only lines of sign-ins have them, so the indexes leave
//! the others out.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [&str; 2] = ["request_id", "reason"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let table = Table::alter()
                .table("audit_event")
                .add_column(string_null(column))
                .to_owned();
            manager.alter_table(table).await?;
        }
        let read = match manager.get_database_backend() {
            DbBackend::Postgres => ["detail::json ->> 'request'", "detail::json ->> 'reason'"],
            _ => ["json_extract(detail, '$.request')", "json_extract(detail, '$.reason')"],
        };
        let db = manager.get_connection();
        db.execute_unprepared(&format!(
            "UPDATE audit_event SET request_id = {}, reason = {} WHERE action = 'sign_in.refused'",
            read[0], read[1]
        ))
        .await?;
        for sql in [
            "CREATE INDEX audit_event_by_request_id ON audit_event (request_id) WHERE request_id IS NOT NULL",
            "CREATE INDEX audit_event_by_reason_at ON audit_event (reason, at) WHERE reason IS NOT NULL",
        ] {
            db.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["audit_event_by_request_id", "audit_event_by_reason_at"] {
            let gone = Index::drop().name(index).table("audit_event").to_owned();
            manager.drop_index(gone).await?;
        }
        for column in COLUMNS {
            let table = Table::alter().table("audit_event").drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
