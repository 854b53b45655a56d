//! Stores: the public page and the seller's settings.

use crate::{Actor, Ctx, Error, Result};
use domain::store::{StoreInput, StoreView};

pub async fn find(_ctx: &Ctx, _slug: &str) -> Result<StoreView> {
    Err(Error::fault("pending"))
}

/// The store the caller works in.
pub async fn own(_ctx: &Ctx, _actor: &Actor) -> Result<StoreView> {
    Err(Error::fault("pending"))
}

pub async fn update(_ctx: &Ctx, _actor: &Actor, _input: StoreInput) -> Result<StoreView> {
    Err(Error::fault("pending"))
}
