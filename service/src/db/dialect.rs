//! SQL that differs between SQLite and PostgreSQL.

use sea_orm::sea_query::LikeExpr;
use sea_orm::{ConnectionTrait, DbBackend};

/// Whether the connection speaks to PostgreSQL.
pub fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

/// Replaces `{id:column}` by the column's id as readable text.
pub fn with_id_text(db: &impl ConnectionTrait, sql: &str) -> String {
    let (before, after) = if is_postgres(db) { ("CAST(", " AS TEXT)") } else { ("lower(hex(", "))") };
    let mut parts = sql.split("{id:");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (column, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(&format!("{before}{column}{after}{rest}"));
    }
    text
}

/// The day in WIB of a moment in the column, as `2026-11-21`.
pub fn day_in_jakarta(db: &impl ConnectionTrait, column: &str) -> String {
    if is_postgres(db) {
        format!("to_char({column} AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM-DD')")
    } else {
        format!("date({column}, '+7 hours')")
    }
}

/// A pattern that finds the text itself, in lower case: `%` and `_` of the user mean themselves.
pub fn contains(text: &str) -> LikeExpr {
    let text = text.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{text}%")).escape('\\')
}
