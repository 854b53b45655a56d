//! Table `store`: a seller's store.

use domain::id::{StoreId, UserId};
use domain::rate::TaxMode;
use domain::store::StockPolicy;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "store")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StoreId,
    pub owner_id: UserId,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub location: String,
    pub logo_key: Option<String>,
    pub banner_key: Option<String>,
    pub is_open: bool,
    pub stock_policy: StockPolicy,
    /// Hours ahead of UTC: 7 (WIB), 8 (WITA), 9 (WIT).
    pub utc_offset_hours: i32,
    pub rating_sum: i64,
    pub rating_count: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub tax_mode: TaxMode,
    /// Ten-thousandths.
    pub tax_bps: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
