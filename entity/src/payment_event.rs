//! Table `payment_event`: what a gateway reported, once.

use domain::Money;
use domain::id::PaymentId;
use domain::payment::PaymentEventKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub payment_id: PaymentId,
    pub gateway: String,
    pub gateway_reference: String,
    pub kind: PaymentEventKind,
    pub amount: Money,
    /// What the event did: settled, closed, nothing, or the reason the money goes back.
    pub outcome: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
