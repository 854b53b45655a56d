//! SQL that differs between SQLite and PostgreSQL.

use sea_orm::{ConnectionTrait, DbBackend};

/// Whether the connection speaks to PostgreSQL.
pub fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}
