//! Table `ledger_entry`: one side of a ledger transaction.

use domain::Money;
use domain::id::{LedgerTransactionId, StoreId};
use domain::ledger::AccountKind;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub transaction_id: LedgerTransactionId,
    pub account: AccountKind,
    pub store_id: Option<StoreId>,
    /// Debit positive, credit negative.
    pub amount: Money,
    pub created_at: DateTimeUtc,
    /// Where the money is, for clearing and fees.
    pub gateway: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
