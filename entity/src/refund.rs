//! Table `refund`: money to be given back.

use domain::Money;
use domain::id::{OrderId, PaymentId, RefundId};
use domain::payment::RefundReason;
use domain::payment::RefundStatus;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefundId,
    pub payment_id: PaymentId,
    /// NULL: money that belongs to no order (late, double, wrong amount).
    pub order_id: Option<OrderId>,
    pub amount: Money,
    pub reason: RefundReason,
    pub status: RefundStatus,
    pub gateway_reference: Option<String>,
    /// One refund per cause: cancel of an order, or an unexpected payment event.
    pub cause: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
