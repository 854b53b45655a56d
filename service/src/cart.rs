//! The cart of a user or guest.

mod change;
mod merge;
mod view;

pub use change::{add, change, remove};
pub use merge::merge;
pub use view::{count, view};

use crate::{Actor, Result};
use domain::id::{CartId, CartItemId};
use entity::cart;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// The actor's cart, if they have one yet.
pub(crate) async fn find(db: &impl ConnectionTrait, actor: &Actor) -> Result<Option<CartId>> {
    let owner = match (&actor.user, &actor.cart_token) {
        (Some(user), _) => cart::Column::UserId.eq(user.id),
        (None, Some(token)) => cart::Column::TokenHash.eq(crate::identity::token::hash(token)),
        (None, None) => return Ok(None),
    };
    Ok(cart::Entity::find().filter(owner).one(db).await?.map(|c| c.id))
}

/// Removes lines that were bought.
pub(crate) async fn clear(db: &impl ConnectionTrait, items: &[CartItemId]) -> Result<()> {
    use entity::cart_item;
    cart_item::Entity::delete_many().filter(cart_item::Column::Id.is_in(items.iter().copied())).exec(db).await?;
    Ok(())
}
