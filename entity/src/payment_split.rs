//! Table `payment_split`: share of one order in a payment.

use domain::Money;
use domain::id::{OrderId, PaymentId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_split")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: PaymentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: OrderId,
    pub amount: Money,
    pub refunded: Money,
    /// Asked for or approved, not yet sent.
    pub refund_held: Money,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
