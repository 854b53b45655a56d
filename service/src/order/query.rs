//! Lists and details of orders.

use crate::{Actor, Ctx, Error, Result};
use domain::Page;
use domain::order::{OrderCounts, OrderQuery, OrderRow, OrderView};

/// The buyer's orders.
pub async fn mine(_ctx: &Ctx, _actor: &Actor, _query: &OrderQuery) -> Result<Page<OrderRow>> {
    Err(Error::fault("pending"))
}

pub async fn my_counts(_ctx: &Ctx, _actor: &Actor) -> Result<OrderCounts> {
    Err(Error::fault("pending"))
}

/// An order of the buyer.
pub async fn find(_ctx: &Ctx, _actor: &Actor, _number: &str) -> Result<OrderView> {
    Err(Error::fault("pending"))
}

/// Orders of the store the caller works in.
pub async fn own(_ctx: &Ctx, _actor: &Actor, _query: &OrderQuery) -> Result<Page<OrderRow>> {
    Err(Error::fault("pending"))
}

pub async fn own_counts(_ctx: &Ctx, _actor: &Actor) -> Result<OrderCounts> {
    Err(Error::fault("pending"))
}

pub async fn own_order(_ctx: &Ctx, _actor: &Actor, _number: &str) -> Result<OrderView> {
    Err(Error::fault("pending"))
}
