//! Table `variant`: one buyable combination of a product's options.

use domain::Money;
use domain::id::{ProductId, StoreId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VariantId,
    pub product_id: ProductId,
    pub store_id: StoreId,
    pub sku: String,
    pub barcode: Option<String>,
    pub price: Money,
    /// {"Warna":"Merah"}
    pub options: Json,
    pub position: i32,
    pub image_key: Option<String>,
    /// FALSE: retired, kept for old orders.
    pub is_active: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
