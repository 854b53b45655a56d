//! At sign-in a guest's cart becomes the user's.

use crate::db::Tx;
use crate::{Ctx, Result, identity};
use domain::cart::MAX_QUANTITY;
use domain::id::UserId;
use entity::{cart, cart_item};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use std::collections::BTreeMap;

/// Moves a guest's lines into the user's cart. A variant in both keeps the larger quantity: the
/// sum would surprise somebody who put the same thing in twice. Without lines nothing happens.
pub async fn merge(ctx: &Ctx, tx: &Tx, user: UserId, cart_token: &str) -> Result<()> {
    let hash = identity::token::hash(cart_token);
    let Some(guest) = cart::Entity::find().filter(cart::Column::TokenHash.eq(hash)).one(&**tx).await? else { return Ok(()) };
    let Some(own) = cart::Entity::find().filter(cart::Column::UserId.eq(user)).one(&**tx).await? else {
        // The first cart of this user: the guest's cart changes hands as it is.
        let mut row = guest.into_active_model();
        row.user_id = Set(Some(user));
        row.token_hash = Set(None);
        row.updated_at = Set(ctx.now());
        row.update(&**tx).await?;
        return Ok(());
    };
    let lines = |cart| cart_item::Entity::find().filter(cart_item::Column::CartId.eq(cart)).all(&**tx);
    let mut present: BTreeMap<_, _> = lines(own.id).await?.into_iter().map(|l| (l.variant_id, l)).collect();
    for line in lines(guest.id).await? {
        let mut row = match present.remove(&line.variant_id) {
            Some(mine) => {
                let quantity = mine.quantity.max(line.quantity).min(MAX_QUANTITY);
                let mut row = mine.into_active_model();
                row.quantity = Set(quantity);
                row.is_saved = Set(false);
                row
            }
            None => {
                let mut row = line.into_active_model();
                row.cart_id = Set(own.id);
                row
            }
        };
        row.is_selected = Set(true);
        row.update(&**tx).await?;
    }
    cart::Entity::delete_by_id(guest.id).exec(&**tx).await?;
    Ok(())
}
