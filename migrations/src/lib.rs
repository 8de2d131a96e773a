//! The schema, one file per change, for SQLite and PostgreSQL alike.
//!
//! Owns tables, columns, indexes and constraints. Must not know domain types: a migration that has shipped never
//! changes, while they do. A change expands first and contracts in a later release, so that the version before can
//! run beside the new one; every `up` has a tested `down`.

use sea_orm_migration::prelude::*;

mod m0001_account;
mod m0002_login_identifier;
mod m0003_connection;
mod m0004_link;
mod m0005_application;
mod m0006_session;
mod m0007_sign_in_grant;
mod m0008_sign_in_transaction;
mod m0009_audit_event;
mod m0010_signing_key;
mod m0011_rate_limit;
mod m0012_used_token;
mod m0013_configuration_version;
mod m0014_factor;
mod m0015_script_version;
mod m0016_outbox;
mod m0021_script_secret;
mod m0023_flow_version;
mod m0025_passkey;
mod m0027_factor_holder;
mod m0035_attempt;
mod m0043_signed_out;
mod m0047_audit_seal;
mod m0048_upstream_session;
mod m0049_kept_out;
mod parts;

/// Brings a database to the schema of this version.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let all: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m0001_account::Migration),
            Box::new(m0002_login_identifier::Migration),
            Box::new(m0003_connection::Migration),
            Box::new(m0004_link::Migration),
            Box::new(m0005_application::Migration),
            Box::new(m0006_session::Migration),
            Box::new(m0007_sign_in_grant::Migration),
            Box::new(m0008_sign_in_transaction::Migration),
            Box::new(m0009_audit_event::Migration),
            Box::new(m0010_signing_key::Migration),
            Box::new(m0011_rate_limit::Migration),
            Box::new(m0012_used_token::Migration),
            Box::new(m0013_configuration_version::Migration),
            Box::new(m0014_factor::Migration),
            Box::new(m0015_script_version::Migration),
            Box::new(m0016_outbox::Migration),
            Box::new(m0021_script_secret::Migration),
            Box::new(m0023_flow_version::Migration),
            Box::new(m0025_passkey::Migration),
            Box::new(m0027_factor_holder::Migration),
            Box::new(m0035_attempt::Migration),
            Box::new(m0043_signed_out::Migration),
            Box::new(m0047_audit_seal::Migration),
            Box::new(m0048_upstream_session::Migration),
            Box::new(m0049_kept_out::Migration),
        ];
        all.into_iter().map(|one| Box::new(Whole(one)) as _).collect()
    }
}

/// A migration that happens whole or not at all, on SQLite too: a process may be killed in the middle of one (F31).
struct Whole(Box<dyn MigrationTrait>);

impl MigrationName for Whole {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f31_each_change_happens_whole_or_not_at_all() {
        for migration in Migrator::migrations() {
            assert_eq!(migration.use_transaction(), Some(true), "{}", migration.name());
        }
    }
}
