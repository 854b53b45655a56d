//! Full text with prefixes; when nothing matches, trigram similarity of the names finds the typo.

use super::words;
use crate::Result;
use domain::id::ProductId;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

/// Matching products on sale, best first.
pub(super) async fn matches(db: &impl ConnectionTrait, keywords: &str, limit: u64) -> Result<Vec<ProductId>> {
    let words = words(keywords);
    if words.is_empty() {
        return Ok(vec![]);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = words.iter().map(|w| format!("{w}:*")).collect::<Vec<_>>().join(" & ");
    let sql = "SELECT product_id FROM product_search JOIN product p ON p.id = product_id AND p.status = 'active', \
               to_tsquery('simple', $1) q WHERE document @@ q ORDER BY ts_rank(document, q) DESC, product_id DESC LIMIT $2";
    let found = run(db, sql, [query.into(), limit.into()]).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let sql = "SELECT product_id FROM product_search s JOIN product p ON p.id = product_id AND p.status = 'active' \
               WHERE $1 <% s.name ORDER BY word_similarity($1, s.name) DESC, product_id DESC LIMIT $2";
    run(db, sql, [words.join(" ").into(), limit.into()]).await
}

async fn run(db: &impl ConnectionTrait, sql: &str, values: [Value; 2]) -> Result<Vec<ProductId>> {
    let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    rows.iter().map(|row| Ok(ProductId(row.try_get_by_index(0)?))).collect()
}
