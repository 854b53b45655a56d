//! Table `orders`: one order of one store.

use domain::Money;
use domain::id::{GroupId, OrderId, StoreId, UserId};
use domain::order::OrderStatus;
use domain::rate::TaxMode;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub number: String,
    pub group_id: GroupId,
    pub store_id: StoreId,
    pub buyer_id: UserId,
    pub buyer_name: String,
    pub status: OrderStatus,
    pub items_total: Money,
    pub shipping_cost: Money,
    pub discount: Money,
    pub total: Money,
    pub item_count: i64,
    /// Commission of the platform, frozen at the sale.
    pub commission: Money,
    pub shipping_service: String,
    pub courier: String,
    pub shipping_name: String,
    pub eta_days: String,
    pub tracking_number: Option<String>,
    pub recipient: String,
    pub phone: String,
    pub street: String,
    pub district: String,
    pub regency: String,
    pub province: String,
    pub postal_code: String,
    pub note: String,
    /// Lower case: number, buyer and product names.
    pub search_text: String,
    /// Name and picture of the first line, for lists.
    pub first_item: String,
    pub first_image_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub shipped_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub tax_mode: TaxMode,
    /// Ten-thousandths, as at the sale.
    pub tax_bps: i64,
    /// PPN on the goods; part of the total when it is added, of the prices when it is included.
    pub tax: Money,
    /// PPN on the commission.
    pub commission_tax: Money,
    /// When the buyer was reminded that it completes by itself.
    pub reminded_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
