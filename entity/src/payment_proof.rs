//! Table `payment_proof`: what a buyer shows of a bank transfer.

use domain::Money;
use domain::desk::ProofStatus;
use domain::id::{PaymentId, ProofId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_proof")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProofId,
    pub payment_id: PaymentId,
    pub file_key: String,
    pub media_type: String,
    pub sha256: String,
    /// Difference hash of a picture (64 bits); NULL for PDF.
    pub picture_hash: Option<i64>,
    /// Rupiah, as the buyer states it.
    pub amount: Money,
    pub sender_name: String,
    pub sender_bank: String,
    pub status: ProofStatus,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Rupiah that really arrived, as the desk found.
    pub received: Option<Money>,
    /// The agent who has it in hand, until when.
    pub claimed_by: Option<UserId>,
    pub claimed_until: Option<DateTimeUtc>,
    /// First of two approvals, for large amounts.
    pub half_approved_by: Option<UserId>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub submitted_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
