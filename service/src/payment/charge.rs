//! Creating payments at gateways, after the checkout's commit.

use crate::{Actor, Ctx, Error, Result};
use domain::Locale;
use domain::id::PaymentId;
use domain::payment::{PaymentMethod, PaymentView};

/// Ways to pay that are switched on.
pub fn methods(_ctx: &Ctx, _locale: Locale) -> Vec<PaymentMethod> {
    vec![]
}

/// A payment of the buyer.
pub async fn find(_ctx: &Ctx, _actor: &Actor, _id: PaymentId) -> Result<PaymentView> {
    Err(Error::fault("pending"))
}

/// Creates the charge at the gateway if it has none yet. Failure leaves the payment `pending`.
pub async fn charge(_ctx: &Ctx, _id: PaymentId) -> Result<()> {
    Err(Error::fault("pending"))
}

/// The buyer asks for the charge again, after the gateway failed.
pub async fn retry(_ctx: &Ctx, _actor: &Actor, _id: PaymentId) -> Result<PaymentView> {
    Err(Error::fault("pending"))
}
