//! The guarded statements that move stock. Called inside the caller's transaction.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::id::{OrderId, StoreId, UserId, VariantId, WarehouseId};
use sea_orm::DatabaseTransaction;

/// Stock wanted for one order line.
#[derive(Clone, Debug)]
pub struct Want {
    pub line: domain::id::OrderLineId,
    pub store: StoreId,
    pub variant: VariantId,
    pub quantity: i64,
    pub product_name: String,
}

/// Holds stock for all lines or for none.
pub async fn hold(_tx: &DatabaseTransaction, _now: DateTime<Utc>, _wants: &[Want], _reference: &str) -> Result<()> {
    Err(Error::fault("pending"))
}

/// Gives back what is held for an order.
pub async fn release(_tx: &DatabaseTransaction, _now: DateTime<Utc>, _order: OrderId, _reference: &str) -> Result<()> {
    Err(Error::fault("pending"))
}

/// What was held for an order leaves the warehouse.
pub async fn dispatch(_tx: &DatabaseTransaction, _now: DateTime<Utc>, _order: OrderId, _reference: &str) -> Result<()> {
    Err(Error::fault("pending"))
}

/// Goods come in; creates the stock level when the variant is new in the warehouse.
pub async fn receive(
    _tx: &DatabaseTransaction,
    _now: DateTime<Utc>,
    _variant: VariantId,
    _warehouse: WarehouseId,
    _store: StoreId,
    _quantity: i64,
    _reason: &str,
    _actor: Option<UserId>,
) -> Result<()> {
    Err(Error::fault("pending"))
}
