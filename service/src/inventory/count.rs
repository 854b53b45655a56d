//! Quick update: the seller says what is on the shelf, the difference is booked.

use crate::{Actor, Ctx, Error, Result};
use domain::id::VariantId;
use domain::inventory::{StockCount, StockRow};

pub async fn count(_ctx: &Ctx, _actor: &Actor, _variant: VariantId, _input: StockCount) -> Result<StockRow> {
    Err(Error::fault("pending"))
}
