//! Places a checkout.

use crate::{Actor, Ctx, Error, Result};
use domain::checkout::{CheckoutInput, CheckoutView};

/// The answer, and whether it is a replay of the first.
#[derive(Clone, Debug)]
pub struct Placed {
    pub view: CheckoutView,
    pub is_replay: bool,
}

/// `key`: the caller's idempotency key, or the token of the page's form.
pub async fn place(_ctx: &Ctx, _actor: &Actor, _key: &str, _input: CheckoutInput) -> Result<Placed> {
    Err(Error::fault("pending"))
}
