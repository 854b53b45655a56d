//! Stock table, stock ledger, warehouses of a store.

use crate::{Actor, Ctx, Error, Result};
use domain::id::VariantId;
use domain::inventory::{MovementView, StockRow, WarehouseView};
use domain::{Page, PageRequest};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockFilter {
    pub low_stock: bool,
    /// Product name or SKU.
    pub keywords: String,
    /// Code of a warehouse.
    pub warehouse: Option<String>,
}

pub async fn rows(_ctx: &Ctx, _actor: &Actor, _filter: &StockFilter, _page: PageRequest) -> Result<Page<StockRow>> {
    Err(Error::fault("pending"))
}

/// Newest first, with the balance after each entry.
pub async fn ledger(_ctx: &Ctx, _actor: &Actor, _variant: VariantId, _page: PageRequest) -> Result<Page<MovementView>> {
    Err(Error::fault("pending"))
}

pub async fn warehouses(_ctx: &Ctx, _actor: &Actor) -> Result<Vec<WarehouseView>> {
    Err(Error::fault("pending"))
}
