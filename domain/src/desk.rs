//! The desk: bank transfers, the proofs buyers send of them, and who decides.

use crate::id::{PaymentId, ProofId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Error, Money, Result, settlement};
use chrono::{DateTime, Utc};

/// Rupiah the unique amount of a transfer may lie above what is asked for.
pub const MAX_SUFFIX: i64 = 999;

states! {
    /// Life of a proof of transfer.
    pub enum ProofStatus {
        /// In the desk's queue.
        Waiting = "waiting",
        Approved = "approved",
        /// The buyer may send another one.
        Rejected = "rejected",
    }
    /// Part of the desk's queue.
    pub enum QueueState {
        Open = "open",
        /// Claimed by the reader.
        Mine = "mine",
        Approved = "approved",
        Rejected = "rejected",
    }
    /// How two proofs resemble each other.
    pub enum Likeness {
        /// The same file.
        Same = "same",
        /// Nearly the same picture: cropped, compressed or scaled anew.
        Similar = "similar",
    }
}

view! {
    /// Where transfers go.
    pub struct BankAccount { pub bank: String, pub number: String, pub holder: String }
    /// What the buyer is to transfer.
    pub struct TransferView {
        pub account: BankAccount,
        /// With the suffix that tells this transfer from all others open on the account.
        pub amount: Money,
    }
    /// A proof as its buyer sees it.
    pub struct ProofView {
        pub status: ProofStatus,
        pub amount: Money,
        pub sender_name: String,
        pub sender_bank: String,
        /// Why it was rejected.
        pub reason: Option<String>,
        pub submitted_at: DateTime<Utc>,
    }
    /// What the buyer says about the transfer.
    pub struct ProofInput { pub amount: Money, pub sender_name: String, pub sender_bank: String }
    /// A proof in the queue.
    pub struct DeskRow {
        pub payment_id: PaymentId,
        pub buyer: String,
        /// What was to be transferred.
        pub expected: Money,
        /// What the buyer says to have transferred.
        pub stated: Money,
        pub sender_name: String,
        pub sender_bank: String,
        pub status: ProofStatus,
        pub submitted_at: DateTime<Utc>,
        /// Name of the agent who has it in hand.
        pub claimed_by: Option<String>,
        pub is_mine: bool,
        /// One agent has approved it; another one must.
        pub is_half_approved: bool,
    }
    /// A proof in full, beside what it should show.
    pub struct DeskPayment {
        #[serde(flatten)]
        pub row: DeskRow,
        /// Sum of the orders, without the suffix.
        pub amount: Money,
        pub account: Option<BankAccount>,
        pub orders: Vec<String>,
        /// The newest one.
        pub proof_id: ProofId,
        pub proof_url: String,
        /// `image/webp`, `application/pdf`, or text: the line of a bank statement.
        pub media_type: String,
        pub reason: Option<String>,
        /// Proofs of this payment or others that are the same or nearly the same.
        pub duplicates: Vec<DuplicateProof>,
        /// What was sent for this payment before, the newest first.
        #[serde(default)]
        pub earlier: Vec<EarlierProof>,
    }
    pub struct DuplicateProof {
        pub payment_id: PaymentId,
        pub proof_url: String,
        pub likeness: Likeness,
        pub status: ProofStatus,
        pub submitted_at: DateTime<Utc>,
    }
    /// A proof of the payment that another one has followed.
    pub struct EarlierProof {
        pub proof_url: String,
        pub media_type: String,
        /// What the buyer said to have transferred.
        pub stated: Money,
        pub status: ProofStatus,
        pub reason: Option<String>,
        pub submitted_at: DateTime<Utc>,
    }
    /// Length and age of a queue, and how fast it moved in the last 24 hours: proofs from their arrival to
    /// the decision, orders from one status to the next.
    pub struct QueueFigures {
        pub waiting: i64,
        /// Minutes the oldest one waits.
        pub oldest_minutes: i64,
        /// What the reader did.
        pub decided_by_me: i64,
        /// Median of everybody's minutes.
        pub median_minutes: Option<i64>,
        /// Whoever did something, the busiest first.
        pub agents: Vec<AgentFigures>,
    }
    /// What one agent did in the last 24 hours.
    pub struct AgentFigures {
        pub agent: String,
        pub decided: i64,
        /// Median of their minutes.
        pub median_minutes: Option<i64>,
    }
    /// Body of `POST …/approve`.
    pub struct Approval {
        /// Rupiah on the bank's statement. Needed when the buyer states another amount than was asked for.
        #[serde(default)]
        pub amount: Option<Money>,
        /// The proof the agent saw, where it is known: another one is not decided on unseen.
        #[serde(default)]
        pub proof_id: Option<ProofId>,
    }
    /// Body of `POST …/reject`.
    pub struct Rejection {
        pub reason: String,
        /// As in [`Approval`].
        #[serde(default)]
        pub proof_id: Option<ProofId>,
    }
}

impl BankAccount {
    /// Reads `BCA:1234567890:PT Contoh`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':').map(str::trim);
        let (bank, number, holder) = (parts.next()?, parts.next()?, parts.next()?);
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let account = Self { bank: bank.to_owned(), number: number.to_owned(), holder: holder.to_owned() };
        (is_number && !bank.is_empty() && !holder.is_empty()).then_some(account)
    }
}

impl std::fmt::Display for BankAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} a.n. {}", self.bank, self.number, self.holder)
    }
}

impl ProofInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let amount = checks.price("amount", self.amount);
        let sender_name = checks.line("sender_name", &self.sender_name, 100);
        let sender_bank = checks.line("sender_bank", &self.sender_bank, 60);
        checks.finish(Self { amount, sender_name, sender_bank })
    }
}

impl DeskPayment {
    /// Whether the agent must enter the amount found.
    pub fn wants_amount(&self) -> bool {
        !is_as_asked(self.row.stated, self.amount, self.row.expected)
    }
}

impl Approval {
    /// With the amount as an agent types or copies it: `100123`, `100.123`, `Rp 100.123`. Empty is none.
    pub fn typed(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self { amount: None, proof_id: None });
        }
        // `100.00` is a slip of `100.000`: nobody transfers a hundred rupiah.
        let is_meant = |money: &Money| money.0 >= 1_000 || !text.contains(['.', ',']);
        let amount = settlement::amount(text).filter(is_meant).ok_or_else(|| Error::invalid("amount", "not_a_number"))?;
        Ok(Self { amount: Some(amount), proof_id: None })
    }

    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let amount = self.amount.map(|amount| checks.price("amount", amount));
        checks.finish(Self { amount, ..self })
    }
}

impl Rejection {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let reason = checks.text("reason", &self.reason, 300);
        checks.finish(reason)
    }
}

/// Whether the buyer states what was asked for, with the suffix or without. Nothing else is believed:
/// a claimed surplus would be "owed back".
pub fn is_as_asked(stated: Money, amount: Money, expected: Money) -> bool {
    stated == expected || stated == amount
}

/// Money that was really transferred, against what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Less than asked for: the orders are not paid, the money goes back.
    Short,
    /// At least what was asked for; `surplus` may be zero.
    Enough { surplus: Money, keep: bool },
}

/// `keep`: a surplus that is no more than the suffix we asked for ourselves stays in the house, if
/// that is the policy. Everything above goes back.
pub fn received(amount: Money, suffix: Money, received: Money, keeps_suffix: bool) -> Received {
    if received < amount {
        return Received::Short;
    }
    let surplus = Money(received.0.saturating_sub(amount.0));
    Received::Enough { surplus, keep: keeps_suffix && surplus <= suffix }
}

/// Bits in which two pictures' hashes may differ and still show the same thing.
const SIMILAR_BITS: u32 = 6;

/// Whether two difference hashes (64 bits) belong to nearly the same picture.
pub fn looks_alike(one: i64, other: i64) -> bool {
    (one ^ other).count_ones() <= SIMILAR_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_accounts() {
        let account = BankAccount::parse("BCA: 123-456 :PT Contoh: Cabang").unwrap();
        assert_eq!(account.to_string(), "BCA 123-456 a.n. PT Contoh: Cabang");
        for bad in ["", "BCA", "BCA:12", "BCA:x:PT", ":1:PT", "BCA:1:"] {
            assert_eq!(BankAccount::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_amounts_as_agents_type_them() {
        for text in ["100123", "100.123", "Rp 100.123", "Rp100.123", "Rp. 100.123", " 100,123.00 ", "Rp 100.123,00"] {
            assert_eq!(Approval::typed(text), Ok(Approval { amount: Some(Money(100_123)), proof_id: None }), "{text}");
        }
        assert_eq!(Approval::typed(" "), Ok(Approval { amount: None, proof_id: None }));
        for bad in ["100.00", "100.12", "100.1234", "seratus", "Rp", "1e5", "-100.123"] {
            assert_eq!(Approval::typed(bad), Err(Error::invalid("amount", "not_a_number")), "{bad}");
        }
    }

    #[test]
    fn only_our_own_suffix_stays_in_the_house() {
        let asked = |money| received(Money(100_000), Money(123), Money(money), true);
        assert_eq!(asked(99_999), Received::Short);
        assert_eq!(asked(100_000), Received::Enough { surplus: Money(0), keep: true });
        assert_eq!(asked(100_123), Received::Enough { surplus: Money(123), keep: true });
        assert_eq!(asked(100_124), Received::Enough { surplus: Money(124), keep: false });
        let returned = received(Money(100_000), Money(123), Money(100_123), false);
        assert_eq!(returned, Received::Enough { surplus: Money(123), keep: false });
    }

    proptest! {
        #[test]
        fn no_rupiah_is_lost(amount in 1_i64..1_000_000, suffix in 0_i64..=MAX_SUFFIX, money in 1_i64..2_000_000, keeps: bool) {
            match received(Money(amount), Money(suffix), Money(money), keeps) {
                Received::Short => prop_assert!(money < amount),
                Received::Enough { surplus, .. } => prop_assert_eq!(amount + surplus.0, money),
            }
        }
    }
}
