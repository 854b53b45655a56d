//! Keeps the full-text index in step with the product, in the same transaction.

use crate::Result;
use crate::db::dialect;
use domain::id::ProductId;
use sea_orm::{ConnectionTrait, Statement};

/// Writes the product's entry anew.
pub(in crate::catalog) async fn write(tx: &impl ConnectionTrait, id: ProductId, name: &str, body: &str) -> Result<()> {
    let backend = tx.get_database_backend();
    if dialect::is_postgres(tx) {
        // Weight A for the name, D for the rest. NUL cannot be stored; the input rules refuse it.
        let sql = "INSERT INTO product_search (product_id, name, document) VALUES ($1, lower($2), \
                   setweight(to_tsvector('simple', $2), 'A') || setweight(to_tsvector('simple', $3), 'D')) \
                   ON CONFLICT (product_id) DO UPDATE SET name = excluded.name, document = excluded.document";
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [id.into(), name.into(), body.into()])).await?;
    } else {
        let row = "INSERT INTO product_search_row (product_id) VALUES (?) ON CONFLICT DO NOTHING";
        tx.execute_raw(Statement::from_sql_and_values(backend, row, [id.into()])).await?;
        let add = "INSERT OR REPLACE INTO product_search (rowid, name, body) \
                   SELECT id, ?, ? FROM product_search_row WHERE product_id = ?";
        tx.execute_raw(Statement::from_sql_and_values(backend, add, [name.into(), body.into(), id.into()])).await?;
    }
    Ok(())
}
