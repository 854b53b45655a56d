//! Moves orders through their machine.

use crate::{Actor, Ctx, Error, Result};
use domain::order::{CancelInput, OrderView, ShipInput};

/// By the seller.
pub async fn accept(_ctx: &Ctx, _actor: &Actor, _number: &str) -> Result<OrderView> {
    Err(Error::fault("pending"))
}

/// By the seller.
pub async fn ship(_ctx: &Ctx, _actor: &Actor, _number: &str, _input: ShipInput) -> Result<OrderView> {
    Err(Error::fault("pending"))
}

/// By the seller.
pub async fn cancel_own(_ctx: &Ctx, _actor: &Actor, _number: &str, _input: CancelInput) -> Result<OrderView> {
    Err(Error::fault("pending"))
}

/// By the buyer.
pub async fn cancel(_ctx: &Ctx, _actor: &Actor, _number: &str, _input: CancelInput) -> Result<OrderView> {
    Err(Error::fault("pending"))
}

/// By the buyer.
pub async fn confirm_receipt(_ctx: &Ctx, _actor: &Actor, _number: &str) -> Result<OrderView> {
    Err(Error::fault("pending"))
}
