//! Payments: what was asked for, what gateways say, and what follows from it.

use crate::desk::{ProofView, TransferView};
use crate::id::{GroupId, PaymentId};
use crate::macros::{states, view};
use crate::{Locale, Money};
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
    }
    /// Life of a refund.
    pub enum RefundStatus {
        /// Waiting to be carried out.
        Requested = "requested",
        Succeeded = "succeeded",
        Failed = "failed",
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
        pub paid_at: Option<DateTime<Utc>>,
        /// Numbers of the orders it pays.
        pub orders: Vec<String>,
    }
    /// A way to pay.
    pub struct PaymentMethod {
        /// Sent back at checkout.
        pub code: String,
        pub name: String,
        pub description: String,
        pub kind: ChannelKind,
        /// Who handles it.
        pub gateway: String,
    }
}

/// A way to pay at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: ChannelKind,
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

/// Code of the method, and its name where gateways have theirs.
pub const MANUAL_TRANSFER: &str = "manual_transfer";

impl PaymentMethod {
    /// The sandbox gateway of demos and tests.
    pub fn sandbox(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Gateway Sandbox", "Pembayaran uji coba; tidak ada uang sungguhan."),
            Locale::En => ("Sandbox gateway", "Test payments; no real money moves."),
        };
        let (code, gateway) = ("sandbox".into(), "sandbox".into());
        Self { code, name: name.into(), description: description.into(), kind: ChannelKind::Sandbox, gateway }
    }

    /// Bank transfer, proven by a picture and verified by the desk.
    pub fn manual_transfer(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Transfer bank", "Transfer ke rekening kami, lalu unggah buktinya."),
            Locale::En => ("Bank transfer", "Transfer to our account, then upload the proof."),
        };
        let (code, gateway) = (MANUAL_TRANSFER.into(), MANUAL_TRANSFER.into());
        Self { code, name: name.into(), description: description.into(), kind: ChannelKind::BankTransfer, gateway }
    }

    /// A channel of a gateway; its code is `<gateway>:<channel>`.
    pub fn of_channel(gateway: &str, channel: Channel, locale: Locale) -> Self {
        let description = match (channel.kind, locale) {
            (ChannelKind::Qris, Locale::Id) => "Pindai dengan aplikasi bank atau dompet digital apa pun.",
            (ChannelKind::Qris, Locale::En) => "Scan with any banking or wallet app.",
            (ChannelKind::VirtualAccount, Locale::Id) => "Bayar lewat ATM, internet, atau mobile banking.",
            (ChannelKind::VirtualAccount, Locale::En) => "Pay by ATM, internet or mobile banking.",
            (ChannelKind::Wallet, Locale::Id) => "Bayar dari saldo dompet digital.",
            (ChannelKind::Wallet, Locale::En) => "Pay from your wallet's balance.",
            (ChannelKind::Card, Locale::Id) => "Data kartu diisi di halaman gateway, tidak pernah di sini.",
            (ChannelKind::Card, Locale::En) => "The card is entered on the gateway's page, never here.",
            (ChannelKind::Retail, Locale::Id) => "Bayar tunai di kasir.",
            (ChannelKind::Retail, Locale::En) => "Pay cash at the counter.",
            (ChannelKind::BankTransfer | ChannelKind::Sandbox, _) => "",
        };
        Self {
            code: format!("{gateway}:{}", channel.code),
            name: channel.name.into(),
            description: description.into(),
            kind: channel.kind,
            gateway: gateway.into(),
        }
    }
}

/// What an incoming event means for a payment. Monotonic: nothing ever moves a paid payment back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The awaited money is here: orders become `pending`.
    Settle,
    /// Money that nobody waits for (late, double, wrong amount): it must go back.
    ReturnMoney(RefundReason),
    /// The attempt ended without money: holds are released.
    Close(PaymentStatus),
    /// Known already, or of no consequence.
    Nothing,
}

/// Decides the effect of an event that was *not seen before* on a payment in `status`.
///
/// `expected` and `amount` are rupiah. A gateway that reports another amount than was asked for is
/// never treated as paid (payments-wire.md, common rules).
pub fn effect(status: PaymentStatus, event: PaymentEventKind, expected: Money, amount: Money) -> Effect {
    use PaymentEventKind as E;
    use PaymentStatus as S;
    match (event, status) {
        (E::Created | E::Refunded | E::Disputed, _) => Effect::Nothing,
        (E::Paid, _) if amount.0 <= 0 => Effect::Nothing,
        (E::Paid, S::Pending | S::AwaitingVerification) if amount == expected => Effect::Settle,
        (E::Paid, S::Pending | S::AwaitingVerification) => Effect::ReturnMoney(RefundReason::AmountMismatch),
        (E::Paid, S::Expired | S::Failed) => Effect::ReturnMoney(RefundReason::LatePayment),
        (E::Paid, S::Paid | S::PartiallyRefunded | S::Refunded) => Effect::ReturnMoney(RefundReason::DoublePayment),
        // A failed try at the gateway's page does not end the payment: the buyer may try again
        // until it expires.
        (E::Failed, _) => Effect::Nothing,
        (E::Expired, S::Pending) => Effect::Close(S::Expired),
        (E::Expired, _) => Effect::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentEventKind as E;
    use PaymentStatus as S;
    use proptest::prelude::*;

    const ASKED: Money = Money(100_000);

    #[test]
    fn only_the_exact_amount_settles() {
        assert_eq!(effect(S::Pending, E::Paid, ASKED, ASKED), Effect::Settle);
        for wrong in [Money(99_999), Money(100_001)] {
            assert_eq!(effect(S::Pending, E::Paid, ASKED, wrong), Effect::ReturnMoney(RefundReason::AmountMismatch));
        }
        assert_eq!(effect(S::Pending, E::Paid, ASKED, Money(-1)), Effect::Nothing);
    }

    #[test]
    fn late_money_goes_back() {
        assert_eq!(effect(S::Expired, E::Paid, ASKED, ASKED), Effect::ReturnMoney(RefundReason::LatePayment));
        assert_eq!(effect(S::Paid, E::Paid, ASKED, ASKED), Effect::ReturnMoney(RefundReason::DoublePayment));
    }

    proptest! {
        #[test]
        fn nothing_moves_a_paid_payment_back(event in prop::sample::select(E::ALL), amount in -5_i64..200_000) {
            let result = effect(S::Paid, event, ASKED, Money(amount));
            prop_assert!(matches!(result, Effect::Nothing | Effect::ReturnMoney(_)));
        }
    }
}
