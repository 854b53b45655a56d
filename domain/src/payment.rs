//! Payments: what was asked for, what gateways say, and what follows from it.

mod attempt;
mod effect;
mod method;

pub use attempt::{Attempt, MAX_ATTEMPTS};
pub use effect::{Effect, effect};
pub use method::{COD, Channel, MANUAL_TRANSFER, MethodInput, PaymentMethod, Refunds};

use crate::Money;
use crate::desk::{ProofView, TransferView};
use crate::id::{GroupId, PaymentId};
use crate::macros::{states, view};
use chrono::{DateTime, Utc};

states! {
    pub enum PaymentStatus {
        /// Waiting for the buyer.
        Pending = "pending",
        /// A transfer proof waits for the desk.
        AwaitingVerification = "awaiting_verification",
        Paid = "paid",
        Expired = "expired",
        Failed = "failed",
        PartiallyRefunded = "partially_refunded",
        Refunded = "refunded",
    }
    /// What happened at a gateway; the sum of these is the payment's status.
    pub enum PaymentEventKind {
        /// Created at the gateway.
        Created = "created",
        Paid = "paid",
        Failed = "failed",
        Expired = "expired",
        Refunded = "refunded",
        /// The buyer's bank takes the money back: a person must look.
        Disputed = "disputed",
    }
    /// What kind of thing a buyer pays with.
    pub enum ChannelKind {
        Qris = "qris",
        VirtualAccount = "virtual_account",
        Wallet = "wallet",
        Card = "card",
        /// Over the counter.
        Retail = "retail",
        BankTransfer = "bank_transfer",
        /// Of demos and tests.
        Sandbox = "sandbox",
        /// At the door.
        Cash = "cash",
    }
    /// Life of a refund.
    pub enum RefundStatus {
        /// Somebody asked for it; finance has not decided.
        Waiting = "waiting",
        /// Approved, waiting to be carried out.
        Requested = "requested",
        /// The gateway has taken it on, and says later what became of it.
        Sending = "sending",
        Succeeded = "succeeded",
        /// The gateway refused it again and again: finance tries once more, or sends it by hand.
        Failed = "failed",
        /// Finance declined; nothing goes back.
        Rejected = "rejected",
    }
    /// Why money goes back.
    pub enum RefundReason {
        OrderCancelled = "order_cancelled",
        /// Money arrived for an order that was cancelled or had expired.
        LatePayment = "late_payment",
        /// The same payment was paid twice.
        DoublePayment = "double_payment",
        /// The amount was not the one asked for.
        AmountMismatch = "amount_mismatch",
        /// Too little stock when the payment was verified.
        StockInsufficient = "stock_insufficient",
        /// Asked for by the store or the desk.
        OnRequest = "on_request",
        /// The gateway gave it back by itself.
        ByGateway = "by_gateway",
        /// The buyer's bank took it back, and we lost the dispute.
        Chargeback = "chargeback",
    }
}

impl PaymentStatus {
    /// Whether nobody waits for its money any more: what still comes goes back.
    pub const fn has_ended(self) -> bool {
        !matches!(self, Self::Pending | Self::AwaitingVerification)
    }
}

view! {
    /// A payment as its buyer sees it.
    pub struct PaymentView {
        pub id: PaymentId,
        pub group_id: GroupId,
        pub method: String,
        pub amount: Money,
        pub status: PaymentStatus,
        /// The gateway's hosted page, while the payment can be made there.
        pub redirect_url: Option<String>,
        /// What to do, for methods without a hosted page.
        pub instructions: Option<String>,
        /// What to pay with, where the gateway has no page of its own for it.
        pub pay_with: Option<PayWith>,
        /// In a demo: where the simulated bank or wallet takes the payment.
        pub simulator_url: Option<String>,
        /// For bank transfers.
        pub transfer: Option<TransferView>,
        /// The latest proof of a bank transfer.
        pub proof: Option<ProofView>,
        pub expires_at: DateTime<Utc>,
        /// Seconds left to pay, as the server's clock sees it; zero when it is too late or settled.
        pub expires_in: i64,
        pub paid_at: Option<DateTime<Utc>>,
        /// Numbers of the orders it pays.
        pub orders: Vec<String>,
        /// Whether another method can be chosen now.
        pub can_change_method: bool,
        /// Whether the present try has failed, so that a new one by the same method can be made.
        #[serde(default)]
        pub can_renew: bool,
        /// What was tried before the present method, oldest first.
        #[serde(default)]
        pub attempts: Vec<AttemptView>,
    }
    /// A way to pay that the buyer left for another one. Money that still comes this way counts.
    pub struct AttemptView {
        pub number: i32,
        pub method: String,
        pub created_at: DateTime<Utc>,
        pub ended_at: DateTime<Utc>,
    }
}

/// What a buyer needs to pay.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PayWith {
    VirtualAccount {
        bank: String,
        number: String,
    },
    Bill {
        biller_code: String,
        bill_key: String,
    },
    /// The text of a QRIS code; we draw it.
    Qris {
        qr_string: String,
    },
    /// A code the gateway has drawn.
    QrPicture {
        url: String,
    },
}

impl std::fmt::Display for PayWith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::VirtualAccount { bank, number } => write!(f, "{bank} {number}"),
            Self::Bill { biller_code, bill_key } => write!(f, "{biller_code} {bill_key}"),
            Self::Qris { qr_string } => f.write_str(qr_string),
            Self::QrPicture { url } => f.write_str(url),
        }
    }
}
