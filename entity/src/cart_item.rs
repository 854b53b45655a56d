//! Table `cart_item`: a line of a cart.

use domain::Money;
use domain::id::{CartId, CartItemId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cart_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CartItemId,
    pub cart_id: CartId,
    pub variant_id: VariantId,
    pub quantity: i64,
    /// Price the buyer last saw and accepted.
    pub seen_price: Money,
    pub is_selected: bool,
    pub is_saved: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
