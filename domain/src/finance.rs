//! What finance sees and does: refunds made by hand, and the ledger.

use crate::id::{PaymentId, RefundId};
use crate::ledger::{AccountKind, LedgerKind};
use crate::macros::view;
use crate::payment::{RefundReason, RefundStatus};
use crate::validate::Checks;
use crate::{Money, Result};
use chrono::{DateTime, Utc};

view! {
    /// Money to be given back.
    pub struct RefundRow {
        pub id: RefundId,
        pub payment_id: PaymentId,
        /// Empty for money that belongs to no order.
        pub order_number: Option<String>,
        pub buyer: String,
        pub method: String,
        pub amount: Money,
        pub reason: RefundReason,
        pub status: RefundStatus,
        /// No gateway can send it: somebody must.
        pub is_by_hand: bool,
        /// Bank and name of the sender, where a proof tells.
        pub sender: Option<String>,
        /// The gateway's, or that of the bank transfer.
        pub reference: Option<String>,
        pub last_error: Option<String>,
        pub created_at: DateTime<Utc>,
    }
    /// Body of `POST …/complete`: the bank's reference of the transfer made.
    pub struct RefundProof { pub reference: String }
    /// One line of the ledger.
    pub struct LedgerRow {
        pub at: DateTime<Utc>,
        pub kind: LedgerKind,
        pub account: AccountKind,
        pub store: Option<String>,
        pub order_number: Option<String>,
        pub payment_id: Option<PaymentId>,
        /// Debit positive, credit negative.
        pub amount: Money,
    }
    /// Balance of an account.
    pub struct AccountBalance { pub account: AccountKind, pub balance: Money }
}

impl RefundProof {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reference = checks.line("reference", &self.reference, 100);
        checks.finish(reference)
    }
}
