//! Table `payout`: money a store asks for.

use domain::Money;
use domain::id::{BatchId, PayoutId, StoreId, UserId};
use domain::payout::PayoutStatus;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PayoutId,
    pub number: String,
    pub store_id: StoreId,
    pub amount: Money,
    pub status: PayoutStatus,
    /// As when it was asked for.
    pub bank: String,
    pub account_number: String,
    pub holder: String,
    pub requested_by: UserId,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub batch_id: Option<BatchId>,
    /// The bank's, once it is settled.
    pub reference: Option<String>,
    /// Why it was refused or failed.
    pub reason: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
