//! Table `payment`: what a buyer pays for one checkout.

use domain::Money;
use domain::id::{GroupId, PaymentId, UserId};
use domain::payment::PaymentStatus;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub group_id: GroupId,
    pub buyer_id: UserId,
    pub method: String,
    pub gateway: String,
    pub amount: Money,
    pub status: PaymentStatus,
    /// What the gateway calls the payment; NULL until it answered.
    pub gateway_reference: Option<String>,
    pub redirect_url: Option<String>,
    pub instructions: Option<String>,
    /// For bank transfers: number of the account, and the amount with its suffix.
    pub transfer_account: Option<String>,
    pub transfer_amount: Option<Money>,
    /// Number of the present attempt, from 1.
    pub attempt: i32,
    /// When it began; NULL: with the payment.
    pub attempted_at: Option<DateTimeUtc>,
    pub expires_at: DateTimeUtc,
    /// When the buyer was reminded to pay.
    pub reminded_at: Option<DateTimeUtc>,
    /// When gateways are next asked what became of it; NULL: not any more.
    pub ask_at: Option<DateTimeUtc>,
    pub paid_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
