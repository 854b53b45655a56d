//! FTS5: every word must match, the last one as a prefix; unknown words are replaced by the nearest
//! known ones.

use super::words;
use crate::Result;
use domain::id::ProductId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Matching products on sale, best first: a hit in the name counts ten times one in the rest.
pub(super) async fn matches(db: &impl ConnectionTrait, keywords: &str, limit: u64) -> Result<Vec<ProductId>> {
    let words = words(keywords);
    let found = run(db, &expression(words.iter().map(std::slice::from_ref)), limit).await?;
    if !found.is_empty() || words.is_empty() {
        return Ok(found);
    }
    let mut corrected = vec![];
    for word in &words {
        let near = nearest(db, word).await?;
        if near.is_empty() {
            return Ok(vec![]);
        }
        corrected.push(near);
    }
    run(db, &expression(corrected.iter().map(Vec::as_slice)), limit).await
}

/// `("sepatu" OR "sepatus") AND "lari"*`: words are alternatives within a group. Quoted, so that
/// nothing typed is an operator.
fn expression<'a>(groups: impl Iterator<Item = &'a [String]>) -> String {
    let group = |words: &[String]| {
        let words: Vec<String> = words.iter().map(|w| format!("\"{w}\"*")).collect();
        format!("({})", words.join(" OR "))
    };
    groups.map(group).collect::<Vec<_>>().join(" AND ")
}

async fn run(db: &impl ConnectionTrait, expression: &str, limit: u64) -> Result<Vec<ProductId>> {
    if expression.is_empty() {
        return Ok(vec![]);
    }
    let sql = "SELECT r.product_id FROM product_search JOIN product_search_row r ON r.id = product_search.rowid \
               JOIN product p ON p.id = r.product_id AND p.status = 'active' WHERE product_search MATCH ? ORDER BY bm25(product_search, 10, 1) LIMIT ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, [expression.into(), limit.into()])).await?;
    rows.iter().map(|row| Ok(ProductId(row.try_get_by_index(0)?))).collect()
}

/// Known words at most two edits away (one for short words), the most frequent first.
async fn nearest(db: &impl ConnectionTrait, word: &str) -> Result<Vec<String>> {
    let length = word.chars().count();
    if length < 3 {
        return Ok(vec![word.to_owned()]);
    }
    let allowed = if length < 6 { 1 } else { 2 };
    let sql = "SELECT term FROM product_search_word WHERE length(term) BETWEEN ? AND ? ORDER BY doc DESC LIMIT 20000";
    let bounds = [(length.saturating_sub(2)) as i64, (length + 2) as i64];
    let rows = db.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, bounds.map(Into::into))).await?;
    let mut near: Vec<(usize, String)> = vec![];
    for row in rows {
        let term: String = row.try_get_by_index(0)?;
        let distance = strsim::osa_distance(word, &term);
        if distance <= allowed {
            near.push((distance, term));
        }
    }
    // Stable: frequency decides among equal distances.
    near.sort_by_key(|n| n.0);
    Ok(near.into_iter().take(5).map(|n| n.1).collect())
}
