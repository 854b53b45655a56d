//! Table `order_line`: a line of an order, as sold.

use domain::Money;
use domain::id::{OrderId, OrderLineId, ProductId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub position: i32,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub product_slug: String,
    pub product_name: String,
    pub options: Json,
    pub sku: String,
    pub image_key: Option<String>,
    pub unit_price: Money,
    pub quantity: i64,
    pub line_total: Money,
    pub weight_grams: i64,
    pub tax: Money,
    /// Frozen at the sale; the order's is the sum.
    pub commission: Money,
    /// Ten-thousandths of the line.
    pub commission_bps: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
