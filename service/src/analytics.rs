//! Figures of a store (ANA-1, ANA-2): read from the daily sums that [`record_delivery`] keeps.

mod record;
mod report;
mod summary;

pub use record::{record_delivery, record_refund};
pub use report::weekly_report;
pub use summary::{status_counts, summary, top_products, trend};

use crate::{Ctx, Result};
use chrono::{FixedOffset, NaiveDate};
use domain::analytics::{WIB, local_day};
use domain::id::StoreId;
use domain::{Error, Noun};
use entity::store;
use sea_orm::{ConnectionTrait, EntityTrait};

/// The store's time zone.
async fn zone(db: &impl ConnectionTrait, store: StoreId) -> Result<FixedOffset> {
    let row = store::Entity::find_by_id(store).one(db).await?.ok_or(Error::NotFound(Noun::Store))?;
    Ok(FixedOffset::east_opt(row.utc_offset_hours * 3_600).unwrap_or(WIB))
}

/// Today where the store is.
async fn today(ctx: &Ctx, store: StoreId) -> Result<NaiveDate> {
    Ok(local_day(ctx.now(), zone(&ctx.db, store).await?))
}
