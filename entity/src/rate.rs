//! Table `rate`: what the platform keeps, per category or store where they differ.

use domain::id::{CategoryId, StoreId};
use domain::rate::RateKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: RateKind,
    pub category_id: Option<CategoryId>,
    pub store_id: Option<StoreId>,
    /// Ten-thousandths.
    pub basis_points: i64,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
