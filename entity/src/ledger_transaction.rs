//! Table `ledger_transaction`: a balanced set of ledger entries.

use domain::id::{LedgerTransactionId, OrderId, PaymentId};
use domain::ledger::LedgerKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transaction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LedgerTransactionId,
    pub kind: LedgerKind,
    /// What it records, once: payment event, order or refund id.
    pub reference: String,
    pub order_id: Option<OrderId>,
    pub payment_id: Option<PaymentId>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
