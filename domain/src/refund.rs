//! Refunds: who asks for what, who decides, and how it is sent.

use crate::id::{DisputeId, OrderLineId, PaymentId, RefundId};
use crate::macros::{states, view};
use crate::payment::{PaymentEventKind, RefundReason, RefundStatus};
use crate::validate::Checks;
use crate::{FieldError, Money, Result};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

view! {
    /// Money to be given back.
    pub struct RefundRow {
        pub id: RefundId,
        pub payment_id: PaymentId,
        /// Empty for money that belongs to no order.
        pub order_number: Option<String>,
        pub buyer: String,
        /// How the money came.
        pub method: String,
        pub amount: Money,
        pub reason: RefundReason,
        /// What whoever asked for it says.
        pub note: Option<String>,
        /// Who asked for it; empty for the system.
        pub requested_by: Option<String>,
        pub status: RefundStatus,
        /// No gateway can or will send it: somebody must.
        pub is_by_hand: bool,
        /// Bank and name of the sender, where a proof tells. Only finance reads it.
        pub sender: Option<String>,
        /// The gateway's, or that of the bank transfer.
        pub reference: Option<String>,
        /// The gateway was asked and did not send it; why is in the log. Only finance reads it.
        pub has_failed: bool,
        pub created_at: DateTime<Utc>,
    }
    /// A refund in full.
    pub struct RefundView {
        #[serde(flatten)]
        pub row: RefundRow,
        pub lines: Vec<RefundLineView>,
        /// Shipping cost contained in the amount.
        pub shipping: Money,
        pub restock: bool,
        /// What the order's money was, and what is left of it.
        pub order_paid: Option<Money>,
        pub order_left: Option<Money>,
        /// Picture or PDF of the bank transfer.
        pub evidence_url: Option<String>,
        pub timeline: Vec<RefundStep>,
        /// Whether the reader may approve or reject it.
        pub can_decide: bool,
    }
    pub struct RefundLineView { pub product_name: String, pub quantity: i64, pub amount: Money }
    pub struct RefundStep {
        pub status: RefundStatus,
        pub at: DateTime<Utc>,
        /// Empty for the system.
        pub by: Option<String>,
        pub note: Option<String>,
    }
    /// Body of `POST …/orders/{number}/refunds`: asks finance to give money back.
    pub struct RefundInput {
        #[serde(default)]
        pub lines: Vec<RefundLineInput>,
        /// Rupiah of the shipping cost.
        #[serde(default)]
        pub shipping: Money,
        pub note: String,
        /// Whether the goods go back on the shelf.
        #[serde(default)]
        pub restock: bool,
    }
    pub struct RefundLineInput {
        pub line_id: OrderLineId,
        pub quantity: i64,
        /// Rupiah; the price of the quantity when absent.
        #[serde(default)]
        pub amount: Option<Money>,
    }
    /// Body of `POST …/reject`.
    pub struct RefundRejection { pub reason: String }
    /// Body of `POST …/complete`: the bank's reference of the transfer made.
    pub struct RefundProof { pub reference: String }
    /// Money a gateway or bank took away, or gave back by itself.
    pub struct DisputeRow {
        pub id: DisputeId,
        pub payment_id: PaymentId,
        pub orders: Vec<String>,
        pub method: String,
        pub kind: PaymentEventKind,
        pub amount: Money,
        pub opened_at: DateTime<Utc>,
        pub resolved_at: Option<DateTime<Utc>>,
        pub resolution: Option<String>,
        pub outcome: Option<DisputeOutcome>,
        /// What was booked against the orders.
        pub booked: Money,
        /// What no order had left: the platform's loss.
        pub loss: Money,
    }
    /// Body of `POST …/resolve`: what came of it, and what was done.
    pub struct DisputeResolution {
        pub resolution: String,
        pub outcome: DisputeOutcome,
        /// Rupiah that are gone; all of the disputed amount when absent.
        #[serde(default)]
        pub amount: Option<Money>,
        /// Number of the order it is about; all orders of the payment, one after the other, when absent.
        #[serde(default)]
        pub order: Option<String>,
    }
}

states! {
    /// What came of a dispute.
    pub enum DisputeOutcome {
        /// No loss, or booked before: nothing is booked.
        Nothing = "nothing",
        /// The bank keeps the money. What the orders have left of it pays: escrow before the release,
        /// after it the seller, the commission and the taxes in proportion. The rest is our loss.
        ChargebackLost = "chargeback_lost",
        /// Somebody sent a refund on the gateway's own pages: booked, and not sent again.
        RefundSent = "refund_sent",
    }
}

impl RefundInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let note = checks.text("note", &self.note, 300);
        checks.range("shipping", self.shipping.0, 0, Money::MAX_PRICE.0);
        let mut seen = BTreeSet::new();
        for (index, line) in self.lines.iter().enumerate() {
            checks.range(&format!("lines[{index}].quantity"), line.quantity, 1, 1_000_000);
            if let Some(amount) = line.amount {
                checks.range(&format!("lines[{index}].amount"), amount.0, 0, Money::MAX_PRICE.0);
            }
            if !seen.insert(line.line_id) {
                checks.add(FieldError::new(format!("lines[{index}].line_id"), "duplicate"));
            }
        }
        checks.require(self.lines.len() <= 500, "lines", "too_many");
        checks.require(!self.lines.is_empty() || self.shipping.0 > 0, "lines", "required");
        checks.finish(Self { note, ..self })
    }
}

impl RefundRejection {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reason = checks.text("reason", &self.reason, 300);
        checks.finish(reason)
    }
}

impl DisputeResolution {
    /// `disputed`: nothing above it can be gone.
    pub fn check(self, disputed: Money) -> Result<Self> {
        let mut checks = Checks::new();
        let resolution = checks.text("resolution", &self.resolution, 300);
        if let Some(amount) = self.amount {
            checks.range("amount", amount.0, 1, disputed.0);
        }
        let order = self.order.map(|number| checks.optional_line("order", &number, 60)).filter(|number| !number.is_empty());
        checks.finish(Self { resolution, order, ..self })
    }
}

impl RefundProof {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reference = checks.line("reference", &self.reference, 100);
        checks.finish(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(lines: Vec<RefundLineInput>, shipping: i64) -> RefundInput {
        RefundInput { lines, shipping: Money(shipping), note: "rusak".into(), restock: false }
    }

    #[test]
    fn a_request_says_what_and_why() {
        let line = |quantity| RefundLineInput { line_id: OrderLineId(uuid::Uuid::from_u128(1)), quantity, amount: None };
        assert!(input(vec![line(1)], 0).check().is_ok());
        assert!(input(vec![], 5_000).check().is_ok());
        let fields = |input: RefundInput| -> Vec<String> {
            input.check().unwrap_err().fields().iter().map(|f| format!("{}:{}", f.field, f.code)).collect()
        };
        assert_eq!(fields(input(vec![], 0)), ["lines:required"]);
        assert_eq!(
            fields(input(vec![line(0), line(1)], -1)),
            ["shipping:too_small", "lines[0].quantity:too_small", "lines[1].line_id:duplicate"]
        );
        assert_eq!(fields(RefundInput { note: " ".into(), ..input(vec![line(1)], 0) }), ["note:required"]);
    }
}
