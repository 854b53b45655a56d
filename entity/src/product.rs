//! Table `product`: a product of one store.

use domain::Money;
use domain::catalog::ProductStatus;
use domain::id::{CategoryId, ProductId, StoreId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub store_id: StoreId,
    pub category_id: CategoryId,
    pub slug: String,
    pub name: String,
    /// Markdown.
    pub description: String,
    pub status: ProductStatus,
    pub weight_grams: i64,
    pub length_mm: Option<i64>,
    pub width_mm: Option<i64>,
    pub height_mm: Option<i64>,
    /// [{"label","value"}]
    pub specifications: Json,
    /// [{"name","values":[]}]
    pub options: Json,
    pub tags: Json,
    /// Over the active variants.
    pub price_min: Money,
    pub price_max: Money,
    /// Storage key of the first picture.
    pub image_key: Option<String>,
    /// Kept by the review and inventory features for sorting and filtering.
    pub rating_sum: i64,
    pub rating_count: i64,
    /// Average stars in hundredths, 0 without reviews.
    pub rating_avg: i32,
    pub sold_count: i64,
    pub view_count: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
