//! Proves that the books agree: stock ledger against levels, holds against reservations, payments
//! against their splits, events, refunds and ledger. Run by `belanjain verify`, by tests after
//! every scenario, and every night.

mod books;
mod checks;
mod nightly;

pub use nightly::nightly;

use crate::db::dialect;
use crate::{Ctx, Result};
use books::BOOKS;
use checks::CHECKS;
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};

/// Disagreements reported per check: enough to see the pattern.
const SHOWN: usize = 20;

/// Every disagreement found, in words; empty when the books balance. All checks read one snapshot.
pub async fn books(ctx: &Ctx) -> Result<Vec<String>> {
    let isolation = dialect::is_postgres(&ctx.db).then_some(sea_orm::IsolationLevel::RepeatableRead);
    let tx = ctx.db.begin_with_config(isolation, None).await?;
    let mut found = vec![];
    for (rule, sql) in CHECKS.iter().chain(BOOKS) {
        let statement = Statement::from_string(tx.get_database_backend(), dialect::with_id_text(&tx, sql));
        let rows = tx.query_all_raw(statement).await?;
        for row in rows.iter().take(SHOWN) {
            found.push(format!("{rule}: {}", row.try_get_by_index::<String>(0)?));
        }
        if rows.len() > SHOWN {
            found.push(format!("{rule}: {} more", rows.len() - SHOWN));
        }
    }
    tx.rollback().await?;
    Ok(found)
}
