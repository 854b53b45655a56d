//! Table `payment_dispute`: money a gateway or bank took away, or gave back by itself.

use domain::Money;
use domain::id::{DisputeId, PaymentId, UserId};
use domain::payment::PaymentEventKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_dispute")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DisputeId,
    pub payment_id: PaymentId,
    /// What reported it.
    pub event_id: Uuid,
    pub kind: PaymentEventKind,
    pub amount: Money,
    pub opened_at: DateTimeUtc,
    pub resolved_by: Option<UserId>,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolution: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
