//! What a checkout would cost.

use crate::{Actor, Ctx, Error, Result};
use domain::checkout::CheckoutQuote;
use domain::id::AddressId;
use domain::identity::Address;
use domain::shipping::StoreRates;

/// Everything the checkout page shows; rates are for the given or default address.
pub async fn quote(_ctx: &Ctx, _actor: &Actor, _address: Option<AddressId>) -> Result<CheckoutQuote> {
    Err(Error::fault("pending"))
}

/// Services per store of the selected lines, to an address of the book or a new one.
pub async fn rates(_ctx: &Ctx, _actor: &Actor, _saved: Option<AddressId>, _new: Option<&Address>) -> Result<Vec<StoreRates>> {
    Err(Error::fault("pending"))
}
