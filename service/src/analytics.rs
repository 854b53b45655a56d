//! Figures of a store (ANA-1, ANA-2): read from the daily sums that [`record_delivery`] keeps.

use crate::{Actor, Ctx, Error, Result};
use domain::analytics::{SalesSummary, StatusCount, TopProduct, TrendPoint, WeeklyReport};
use domain::id::{OrderId, StoreId};
use sea_orm::DatabaseTransaction;

pub async fn summary(_ctx: &Ctx, _actor: &Actor) -> Result<SalesSummary> {
    Err(Error::fault("pending"))
}

/// The last `days` days, today included, days without sales too. 7, 30 or 90.
pub async fn trend(_ctx: &Ctx, _actor: &Actor, _days: i64) -> Result<Vec<TrendPoint>> {
    Err(Error::fault("pending"))
}

/// Of the last 30 days, by revenue.
pub async fn top_products(_ctx: &Ctx, _actor: &Actor, _limit: i64) -> Result<Vec<TopProduct>> {
    Err(Error::fault("pending"))
}

pub async fn status_counts(_ctx: &Ctx, _actor: &Actor) -> Result<Vec<StatusCount>> {
    Err(Error::fault("pending"))
}

/// The last full week before the context's present.
pub async fn weekly_report(_ctx: &Ctx, _store: StoreId) -> Result<WeeklyReport> {
    Err(Error::fault("pending"))
}

/// Adds a delivered order to the daily sums, in the transaction that delivers it.
pub async fn record_delivery(_ctx: &Ctx, _tx: &DatabaseTransaction, _order: OrderId) -> Result<()> {
    Err(Error::fault("pending"))
}
