//! Places a checkout: all of it in one transaction, then the charge at the gateway.

use super::{basket, replay, write};
use crate::db::{Tx, transact};
use crate::idempotency::Claim;
use crate::{Actor, Ctx, Result, payment};
use domain::checkout::{Checkout, CheckoutInput, CheckoutView, Destination};
use domain::identity::{Address, Permission};
use domain::{Conflict, Noun};
use entity::address;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The answer, and whether it is a replay of the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub view: CheckoutView,
    pub is_replay: bool,
}

/// `key`: the caller's idempotency key, or the token of the page's form. The same key and input
/// give the same answer; another input is refused.
pub async fn place(ctx: &Ctx, actor: &Actor, key: &str, input: CheckoutInput) -> Result<Placed> {
    let user = actor.require(Permission::Shop)?;
    let claim = &Claim::new(user.id, key, &serde_json::to_string(&input)?)?;
    // First of all: the stored answer holds whatever has changed since.
    if let Some(view) = replay::answer(ctx, claim).await? {
        return Ok(Placed { view, is_replay: true });
    }
    let checkout = &input.check()?;
    // The amount is not known yet; whether the method takes it is asked again then.
    payment::method(ctx, &checkout.payment_method)?;
    let written = transact(ctx, |tx| async move { write_all(ctx, &tx, actor, claim, checkout).await }).await?;
    match written {
        Some(view) => Ok(Placed { view: replay::finish(ctx, claim, view).await?, is_replay: false }),
        // Another request with this key was faster.
        None => {
            let view = replay::answer(ctx, claim).await?.ok_or(Conflict::Busy)?;
            Ok(Placed { view, is_replay: true })
        }
    }
}

/// Everything the checkout writes; `None` when the key is taken.
async fn write_all(ctx: &Ctx, tx: &Tx, actor: &Actor, claim: &Claim, checkout: &Checkout) -> Result<Option<CheckoutView>> {
    if !claim.take(ctx, tx).await? {
        return Ok(None);
    }
    if !checkout.vouchers.is_empty() {
        return Err(Conflict::VoucherUnavailable(checkout.vouchers.clone()).into());
    }
    let user = actor.user()?;
    let address = destination(tx, user.id, &checkout.address).await?;
    let lines = basket::lines(tx, actor, checkout).await?;
    let parts = basket::parts(tx, lines, checkout, &address).await?;
    let view = write::checkout(ctx, tx, user, &address, parts, &checkout.payment_method).await?;
    replay::keep(tx, claim, &view).await?;
    Ok(Some(view))
}

async fn destination(tx: &Tx, user: domain::id::UserId, destination: &Destination) -> Result<Address> {
    match destination {
        Destination::New(address) => Ok(address.clone()),
        Destination::Saved(id) => {
            let row = address::Entity::find_by_id(*id).filter(address::Column::UserId.eq(user)).one(&**tx).await?;
            let row = row.ok_or(domain::Error::NotFound(Noun::Address))?;
            Ok(Address {
                recipient: row.recipient,
                phone: row.phone,
                street: row.street,
                district: row.district,
                regency: row.regency,
                province: row.province,
                postal_code: row.postal_code,
            })
        }
    }
}
