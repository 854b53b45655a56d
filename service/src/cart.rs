//! The cart of a user or guest.

use crate::{Actor, Ctx, Error, Result};
use domain::cart::{AddItem, CartView, ChangeItem};
use domain::id::{CartItemId, UserId};
use sea_orm::DatabaseTransaction;

pub async fn view(_ctx: &Ctx, _actor: &Actor) -> Result<CartView> {
    Err(Error::fault("pending"))
}

/// Units in the cart, for the badge: one cheap statement.
pub async fn count(_ctx: &Ctx, _actor: &Actor) -> Result<i64> {
    Err(Error::fault("pending"))
}

/// Adds to the line of the same variant. A guest must carry a cart token (the edge makes one).
pub async fn add(_ctx: &Ctx, _actor: &Actor, _input: AddItem) -> Result<CartView> {
    Err(Error::fault("pending"))
}

pub async fn change(_ctx: &Ctx, _actor: &Actor, _item: CartItemId, _input: ChangeItem) -> Result<CartView> {
    Err(Error::fault("pending"))
}

pub async fn remove(_ctx: &Ctx, _actor: &Actor, _item: CartItemId) -> Result<CartView> {
    Err(Error::fault("pending"))
}

/// Moves a guest's lines into the user's cart, at sign-in.
pub async fn merge(_ctx: &Ctx, _tx: &DatabaseTransaction, _user: UserId, _cart_token: &str) -> Result<()> {
    Err(Error::fault("pending"))
}
