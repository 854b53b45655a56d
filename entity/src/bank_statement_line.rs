//! Table `bank_statement_line`: money that came in, as the bank says.

use domain::Money;
use domain::bank::LineStatus;
use domain::id::{BankLineId, BankStatementId, PaymentId, ProofId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bank_statement_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BankLineId,
    pub statement_id: BankStatementId,
    pub position: i32,
    pub booked_on: Date,
    pub amount: Money,
    pub description: String,
    /// Names the line however often it is uploaded.
    pub hash: String,
    pub status: LineStatus,
    /// What it is for.
    pub payment_id: Option<PaymentId>,
    /// The proof whose decision it stands behind; `None` while it is open, and for none of ours.
    pub proof_id: Option<ProofId>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
