//! Table `refund`: money to be given back.

use domain::Money;
use domain::id::{OrderId, PaymentId, RefundId, UserId};
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
    /// Which attempt's money goes back.
    pub attempt: i32,
    /// NULL: the system asked for it.
    pub requested_by: Option<UserId>,
    pub note: Option<String>,
    /// Shipping cost contained in the amount.
    pub shipping: Money,
    /// Whether the goods go back on the shelf.
    pub restock: bool,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    /// A person sends it from our bank: instead of the gateway, or because none can.
    pub is_by_hand: bool,
    /// Picture or PDF of the bank transfer that carried it out.
    pub evidence_key: Option<String>,
    pub evidence_type: Option<String>,
    /// The line of a gateway's report that took it off what was paid out.
    pub settlement_line_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
