//! What several migrations share.

use sea_orm_migration::prelude::*;

/// An index named `<table>_by_<columns>`.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    build(format!("{table}_by_{}", columns.join("_")), table, columns)
}

/// A unique index named `<table>_unique_<columns>`. The storage crate recognises a conflict by this name.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    build(format!("{table}_unique_{}", columns.join("_")), table, columns)
        .unique()
        .to_owned()
}

fn build(name: String, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// A reference to an account that goes when the account goes.
pub fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_of_account"))
        .from(table, "account_id")
        .to("account", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
