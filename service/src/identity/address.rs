//! The address book.

use crate::{Actor, Ctx, Error, Result};
use domain::id::AddressId;
use domain::identity::{AddressInput, AddressView};

/// The default first.
pub async fn addresses(_ctx: &Ctx, _actor: &Actor) -> Result<Vec<AddressView>> {
    Err(Error::fault("pending"))
}

pub async fn add_address(_ctx: &Ctx, _actor: &Actor, _input: AddressInput) -> Result<AddressView> {
    Err(Error::fault("pending"))
}

pub async fn update_address(_ctx: &Ctx, _actor: &Actor, _id: AddressId, _input: AddressInput) -> Result<AddressView> {
    Err(Error::fault("pending"))
}

pub async fn remove_address(_ctx: &Ctx, _actor: &Actor, _id: AddressId) -> Result<()> {
    Err(Error::fault("pending"))
}
