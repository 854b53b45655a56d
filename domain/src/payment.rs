//! Payments: what was asked for, what gateways say, and what follows from it.

mod attempt;

pub use attempt::{Attempt, MAX_ATTEMPTS};

use crate::desk::{ProofView, TransferView};
use crate::id::{GroupId, PaymentId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Error, FieldError, Locale, Money, Result};
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
    /// Body of `POST /payments/{id}/method`.
    pub struct MethodInput {
        /// As listed by `/payment-methods`.
        pub payment_method: String,
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
        /// The most that can be paid this way.
        #[serde(default)]
        pub limit: Option<Money>,
        /// The least that can be paid this way.
        #[serde(default)]
        pub least: Option<Money>,
    }
}

/// A way to pay at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: ChannelKind,
    /// The least and the most it takes.
    pub least: Option<Money>,
    pub most: Option<Money>,
    pub refunds: Refunds,
}

/// What a gateway sends back by itself; the rest goes by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunds {
    Nothing,
    /// The whole payment only.
    Whole,
    /// Any part of it.
    Parts,
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

impl MethodInput {
    pub fn check(self) -> Result<String> {
        let mut checks = Checks::new();
        let method = checks.line("payment_method", &self.payment_method, 60);
        checks.finish(method)
    }
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
/// Cash on delivery: code of the method, and its name where gateways have theirs.
pub const COD: &str = "cod";

impl PaymentMethod {
    /// Whether it takes such an amount.
    pub fn takes(&self, amount: Money) -> bool {
        self.check(amount).is_ok()
    }

    /// Fails when it does not take such an amount, with the bound.
    pub fn check(&self, amount: Money) -> Result<()> {
        let (code, bound) = match (self.least, self.limit) {
            (Some(least), _) if amount < least => ("amount_below", least),
            (_, Some(most)) if amount > most => ("amount_above", most),
            _ => return Ok(()),
        };
        Err(Error::Invalid(vec![FieldError::new("payment_method", code).limit(bound.0)]))
    }

    /// The sandbox gateway of demos and tests.
    pub fn sandbox(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Gateway Sandbox", "Pembayaran uji coba; tidak ada uang sungguhan."),
            Locale::En => ("Sandbox gateway", "Test payments; no real money moves."),
        };
        let (code, gateway) = ("sandbox".into(), "sandbox".into());
        Self {
            code,
            name: name.into(),
            description: description.into(),
            kind: ChannelKind::Sandbox,
            gateway,
            limit: None,
            least: None,
        }
    }

    /// Bank transfer, proven by a picture and verified by the desk.
    pub fn manual_transfer(locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Transfer bank", "Transfer ke rekening kami, lalu unggah buktinya."),
            Locale::En => ("Bank transfer", "Transfer to our account, then upload the proof."),
        };
        let (code, gateway) = (MANUAL_TRANSFER.into(), MANUAL_TRANSFER.into());
        Self {
            code,
            name: name.into(),
            description: description.into(),
            kind: ChannelKind::BankTransfer,
            gateway,
            limit: None,
            least: None,
        }
    }

    /// Cash, handed over when the goods arrive.
    pub fn cod(limit: Money, locale: Locale) -> Self {
        let (name, description) = match locale {
            Locale::Id => ("Bayar di tempat (COD)", format!("Bayar tunai saat barang tiba, hingga {limit}.")),
            Locale::En => ("Cash on delivery", format!("Pay cash when the goods arrive, up to {limit}.")),
        };
        let (code, gateway) = (COD.into(), COD.into());
        Self { code, name: name.into(), description, kind: ChannelKind::Cash, gateway, limit: Some(limit), least: None }
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
            (ChannelKind::BankTransfer | ChannelKind::Sandbox | ChannelKind::Cash, _) => "",
        };
        Self {
            code: format!("{gateway}:{}", channel.code),
            name: channel.name.into(),
            description: description.into(),
            kind: channel.kind,
            gateway: gateway.into(),
            limit: channel.most,
            least: channel.least,
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
    /// The gateway gave money back; how much of it we know of the caller finds out.
    CheckRefund,
    /// The money was here, all of it or a part went back, and we hear of it only now.
    SettleThenCheckRefund,
    /// A try is reported failed: a reversal if it is one that paid, of no consequence if it is another.
    /// Which of them it is the caller finds out.
    CheckReversal,
    /// Money that was here is taken away (chargeback, reversal), or went back when nobody expected it:
    /// a person must look.
    Dispute,
    /// Known already, or of no consequence.
    Nothing,
}

/// Decides the effect of an event that was *not seen before* on a payment in `status`.
///
/// `expected` and `amount` are rupiah. A gateway that reports another amount than was asked for is
/// never treated as paid (payments-wire.md, common rules). `is_present`: the event is about the
/// attempt the buyer is making now, not about one left before.
pub fn effect(status: PaymentStatus, event: PaymentEventKind, expected: Money, amount: Money, is_present: bool) -> Effect {
    use PaymentEventKind as E;
    use PaymentStatus as S;
    match (event, status) {
        (E::Created, _) => Effect::Nothing,
        (E::Refunded | E::Disputed, _) if amount.0 <= 0 => Effect::Nothing,
        (E::Refunded, S::Paid | S::PartiallyRefunded | S::Refunded) => Effect::CheckRefund,
        // What goes back was here before.
        (E::Refunded, S::Pending | S::AwaitingVerification) if amount <= expected => Effect::SettleThenCheckRefund,
        (E::Refunded | E::Disputed, _) => Effect::Dispute,
        (E::Failed, S::Paid | S::PartiallyRefunded | S::Refunded) => Effect::CheckReversal,
        (E::Paid, _) if amount.0 <= 0 => Effect::Nothing,
        (E::Paid, S::Pending | S::AwaitingVerification) if amount == expected => Effect::Settle,
        (E::Paid, S::Pending | S::AwaitingVerification) => Effect::ReturnMoney(RefundReason::AmountMismatch),
        (E::Paid, S::Expired | S::Failed) => Effect::ReturnMoney(RefundReason::LatePayment),
        (E::Paid, S::Paid | S::PartiallyRefunded | S::Refunded) => Effect::ReturnMoney(RefundReason::DoublePayment),
        // A failed try at the gateway's page does not end the payment: the buyer may try again
        // until it expires.
        (E::Failed, _) => Effect::Nothing,
        // The end of an attempt that was left for another one ends nothing.
        (E::Expired, S::Pending) if is_present => Effect::Close(S::Expired),
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
        assert_eq!(effect(S::Pending, E::Paid, ASKED, ASKED, true), Effect::Settle);
        for wrong in [Money(99_999), Money(100_001)] {
            assert_eq!(effect(S::Pending, E::Paid, ASKED, wrong, true), Effect::ReturnMoney(RefundReason::AmountMismatch));
        }
        assert_eq!(effect(S::Pending, E::Paid, ASKED, Money(-1), true), Effect::Nothing);
    }

    #[test]
    fn late_money_goes_back() {
        assert_eq!(effect(S::Expired, E::Paid, ASKED, ASKED, true), Effect::ReturnMoney(RefundReason::LatePayment));
        assert_eq!(effect(S::Paid, E::Paid, ASKED, ASKED, true), Effect::ReturnMoney(RefundReason::DoublePayment));
    }

    #[test]
    fn an_attempt_left_behind_pays_but_does_not_end_anything() {
        assert_eq!(effect(S::Pending, E::Paid, ASKED, ASKED, false), Effect::Settle);
        assert_eq!(effect(S::Pending, E::Expired, ASKED, ASKED, false), Effect::Nothing);
        assert_eq!(effect(S::Pending, E::Expired, ASKED, ASKED, true), Effect::Close(S::Expired));
    }

    #[test]
    fn a_reversal_of_money_that_was_here_is_looked_at() {
        for (event, expected) in [(E::Disputed, Effect::Dispute), (E::Failed, Effect::CheckReversal)] {
            assert_eq!(effect(S::Paid, event, ASKED, ASKED, true), expected);
        }
        assert_eq!(effect(S::Pending, E::Failed, ASKED, ASKED, true), Effect::Nothing);
        assert_eq!(effect(S::Paid, E::Refunded, ASKED, ASKED, true), Effect::CheckRefund);
    }

    #[test]
    fn money_that_went_again_before_it_was_reported_is_not_overlooked() {
        for status in [S::Pending, S::AwaitingVerification] {
            for amount in [ASKED, Money(1)] {
                assert_eq!(effect(status, E::Refunded, ASKED, amount, false), Effect::SettleThenCheckRefund);
            }
            assert_eq!(effect(status, E::Refunded, ASKED, Money(100_001), true), Effect::Dispute);
        }
        for status in [S::Expired, S::Failed] {
            assert_eq!(effect(status, E::Refunded, ASKED, ASKED, true), Effect::Dispute);
        }
        for status in S::ALL {
            assert_eq!(effect(*status, E::Disputed, ASKED, ASKED, false), Effect::Dispute);
        }
    }

    #[test]
    fn a_method_takes_amounts_within_its_bounds() {
        let channel = Channel {
            code: "bca_va",
            name: "BCA",
            kind: ChannelKind::VirtualAccount,
            least: Some(Money(10_000)),
            most: Some(Money(50_000_000)),
            refunds: Refunds::Nothing,
        };
        let method = PaymentMethod::of_channel("xendit", channel, Locale::Id);
        assert!(method.takes(Money(10_000)) && method.takes(Money(50_000_000)));
        let refused = method.check(Money(9_999)).unwrap_err();
        assert_eq!((&*refused.fields()[0].code, refused.fields()[0].limit), ("amount_below", Some(10_000)));
        let refused = method.check(Money(50_000_001)).unwrap_err();
        assert_eq!((&*refused.fields()[0].code, refused.fields()[0].limit), ("amount_above", Some(50_000_000)));
    }

    proptest! {
        #[test]
        fn nothing_moves_a_paid_payment_back(event in prop::sample::select(E::ALL), amount in -5_i64..200_000) {
            let result = effect(S::Paid, event, ASKED, Money(amount), true);
            prop_assert!(!matches!(result, Effect::Settle | Effect::Close(_)));
        }
    }
}
