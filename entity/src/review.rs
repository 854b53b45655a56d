//! Table `review`: a buyer's review of one order line.

use domain::id::{OrderLineId, ProductId, ReviewId, StoreId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReviewId,
    pub order_line_id: OrderLineId,
    pub product_id: ProductId,
    pub store_id: StoreId,
    pub user_id: UserId,
    pub author: String,
    pub variant: String,
    pub rating: i32,
    pub comment: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
