//! Payouts: a store asks for its money, finance approves, the bank sends it.

use crate::id::{BatchId, PayoutId};
use crate::identity::StoreRef;
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Conflict, Money, Result};
use chrono::{DateTime, TimeDelta, Utc};

/// The least a store may ask for.
pub const MINIMUM: Money = Money(50_000);

/// How long payouts wait after the bank account was changed: time for the owner to notice a theft.
pub const ACCOUNT_DELAY: TimeDelta = TimeDelta::hours(24);

/// Code at Bank Indonesia and name of the banks payouts go to.
pub const BANKS: [(&str, &str); 15] = [
    ("014", "BCA"),
    ("008", "Mandiri"),
    ("009", "BNI"),
    ("002", "BRI"),
    ("451", "BSI"),
    ("022", "CIMB Niaga"),
    ("013", "Permata"),
    ("011", "Danamon"),
    ("200", "BTN"),
    ("028", "OCBC"),
    ("016", "Maybank"),
    ("019", "Panin"),
    ("542", "Jago"),
    ("535", "SeaBank"),
    ("213", "SMBC Indonesia"),
];

states! {
    pub enum PayoutStatus {
        /// Waits for finance.
        Requested = "requested",
        /// Waits for a batch.
        Approved = "approved",
        /// In a file for the bank.
        Sent = "sent",
        /// The bank has sent it.
        Settled = "settled",
        Refused = "refused",
        /// The bank could not send it.
        Failed = "failed",
    }
    pub enum PayoutAction { Approve = "approve", Refuse = "refuse", Send = "send", Settle = "settle", Fail = "fail" }
}

impl PayoutStatus {
    /// Money is on its way; the store cannot ask for more.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved | Self::Sent)
    }
}

/// Where the action leads; `None` when it was done before. What cannot be done is a conflict.
pub fn transition(status: PayoutStatus, action: PayoutAction) -> Result<Option<PayoutStatus>> {
    use PayoutAction as A;
    use PayoutStatus as S;
    match (action, status) {
        (A::Approve, S::Requested) => Ok(Some(S::Approved)),
        (A::Refuse, S::Requested | S::Approved) => Ok(Some(S::Refused)),
        (A::Send, S::Approved) => Ok(Some(S::Sent)),
        (A::Settle, S::Sent) => Ok(Some(S::Settled)),
        // A bank may send money back days after it was sent.
        (A::Fail, S::Sent | S::Settled) => Ok(Some(S::Failed)),
        (A::Approve, S::Approved) | (A::Refuse, S::Refused) | (A::Send, S::Sent) => Ok(None),
        (A::Settle, S::Settled) | (A::Fail, S::Failed) => Ok(None),
        _ => Err(Conflict::PayoutState { status }.into()),
    }
}

view! {
    /// Where a store wants its money.
    pub struct PayoutAccount {
        pub bank: String,
        pub account_number: String,
        pub holder: String,
        pub changed_at: DateTime<Utc>,
        /// Payouts can be asked for from here on.
        pub usable_from: DateTime<Utc>,
    }
    pub struct PayoutAccountInput { pub bank: String, pub account_number: String, pub holder: String }
    /// Body of `POST /seller/payouts`.
    pub struct PayoutInput { pub amount: Money }
    /// Why a payout is refused or failed.
    pub struct PayoutReason { pub reason: String }
    /// What the bank calls the transfer.
    pub struct PayoutReference { pub reference: String }
    /// What a store has.
    pub struct SellerBalance {
        /// May be asked for; negative after refunds above the balance.
        pub available: Money,
        /// Paid by buyers, not yet delivered.
        pub pending: Money,
        /// On its way to the bank.
        pub in_transit: Money,
        /// The least that can be asked for.
        pub minimum: Money,
        pub account: Option<PayoutAccount>,
        /// A payout is under way: no other can be asked for.
        pub has_open: bool,
    }
    pub struct PayoutRow {
        pub id: PayoutId,
        pub number: String,
        pub store: StoreRef,
        pub amount: Money,
        pub status: PayoutStatus,
        pub bank: String,
        pub account_number: String,
        pub holder: String,
        pub requested_by: String,
        pub requested_at: DateTime<Utc>,
        pub decided_by: Option<String>,
        pub decided_at: Option<DateTime<Utc>>,
        /// Number of the bank file.
        pub batch: Option<String>,
        pub reference: Option<String>,
        pub reason: Option<String>,
        pub closed_at: Option<DateTime<Utc>>,
    }
    /// Body of `POST /finance/payout-batches`: the approved payouts to put into one file.
    pub struct BatchInput { pub payouts: Vec<PayoutId> }
    /// A file for the bank.
    pub struct PayoutBatch {
        pub id: BatchId,
        pub number: String,
        pub created_at: DateTime<Utc>,
        pub created_by: String,
        pub count: i64,
        pub total: Money,
        /// Payouts the bank has not yet confirmed or refused.
        pub open: i64,
    }
}

impl PayoutAccountInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let bank = checks.line("bank", &self.bank, 40);
        checks.require(BANKS.iter().any(|(_, name)| *name == bank), "bank", "unknown_value");
        let account_number: String = self.account_number.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
        checks.require((6..=20).contains(&account_number.len()), "account_number", "out_of_range");
        checks.require(account_number.bytes().all(|b| b.is_ascii_digit()), "account_number", "invalid_characters");
        let holder = checks.line("holder", &self.holder, 70);
        checks.finish(Self { bank, account_number, holder })
    }
}

impl PayoutInput {
    pub fn check(self) -> Result<Money> {
        let mut checks = Checks::new();
        checks.range("amount", self.amount.0, MINIMUM.0, Money::MAX_PRICE.0);
        checks.finish(self.amount)
    }
}

impl PayoutReason {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reason = checks.line("reason", &self.reason, 200);
        checks.finish(reason)
    }
}

impl PayoutReference {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reference = checks.foreign_code("reference", &self.reference, 100);
        checks.finish(reference)
    }
}

impl BatchInput {
    /// In a fixed order, each once.
    pub fn check(self) -> Result<Vec<PayoutId>> {
        let mut checks = Checks::new();
        checks.require(!self.payouts.is_empty(), "payouts", "required");
        checks.require(self.payouts.len() <= 500, "payouts", "too_many");
        let payouts: std::collections::BTreeSet<PayoutId> = self.payouts.into_iter().collect();
        checks.finish(payouts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accounts_are_digits_at_a_known_bank() {
        let input = |bank: &str, number: &str| PayoutAccountInput {
            bank: bank.into(),
            account_number: number.into(),
            holder: "Budi".into(),
        };
        assert_eq!(input("BCA", "123-456 7890").check().unwrap().account_number, "1234567890");
        assert!(input("Bank Antah", "1234567890").check().is_err());
        assert!(input("BCA", "=1+1234567").check().is_err());
    }

    proptest! {
        /// Money that was refused or failed never moves again, settled money only when a bank sends it back.
        #[test]
        fn closed_payouts_stay_closed(actions in prop::collection::vec(prop::sample::select(PayoutAction::ALL), 0..20)) {
            let mut status = PayoutStatus::Requested;
            for action in actions {
                let Ok(Some(next)) = transition(status, action) else { continue };
                prop_assert!(status.is_open() || (status, next) == (PayoutStatus::Settled, PayoutStatus::Failed));
                prop_assert!(next != PayoutStatus::Settled || status == PayoutStatus::Sent);
                status = next;
            }
        }
    }
}
