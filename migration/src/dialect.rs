//! Fills in what differs between the databases and runs a script.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

/// Runs a whole script; `{uuid}`, `{time}`, `{date}` and `{json}` stand for the database's types.
pub async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let types = match connection.get_database_backend() {
        DatabaseBackend::Postgres => [("{uuid}", "uuid"), ("{time}", "timestamptz"), ("{date}", "date"), ("{json}", "jsonb")],
        _ => [("{uuid}", "BLOB"), ("{time}", "TEXT"), ("{date}", "TEXT"), ("{json}", "TEXT")],
    };
    let script = types.iter().fold(script.to_owned(), |script, (name, sql_type)| script.replace(name, sql_type));
    connection.execute_unprepared(&script).await.map(drop)
}

/// Runs the script of the database in use.
pub async fn run_either(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DatabaseBackend::Postgres => run(manager, postgres).await,
        _ => run(manager, sqlite).await,
    }
}
