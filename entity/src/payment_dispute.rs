//! Table `payment_dispute`: money a gateway or bank took away, or gave back by itself.

use domain::Money;
use domain::id::{DisputeId, PaymentId, UserId};
use domain::payment::PaymentEventKind;
use domain::refund::DisputeOutcome;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_dispute")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisputeId,
    pub payment_id: PaymentId,
    /// What reported it.
    pub event_id: Uuid,
    /// The attempt the money had come in.
    pub attempt: i32,
    pub kind: PaymentEventKind,
    pub amount: Money,
    pub opened_at: DateTimeUtc,
    pub resolved_by: Option<UserId>,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolution: Option<String>,
    pub outcome: Option<DisputeOutcome>,
    /// What was booked against the orders of the payment.
    pub booked: Money,
    /// What no order had left: the platform's loss.
    pub loss: Money,
    /// The line of a gateway's report that took it off what was paid out.
    pub settlement_line_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
