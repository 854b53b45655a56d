//! Letters: every kind of email the shop writes.

use crate::macros::{states, view};

states! {
    /// What a letter is about; its words are in `service/letters`.
    pub enum LetterKind {
        /// A new account.
        Welcome = "welcome",
        /// A link that proves the email.
        VerifyEmail = "verify_email",
        /// A link to a new password.
        ResetPassword = "reset_password",
        /// Somebody registered with an email that has an account.
        RegistrationRepeated = "registration_repeated",
        /// Somebody registered again with an email that nobody has proven: a link to a password of the
        /// reader's own, for the first one may be a stranger's.
        OpenAccount = "open_account",
        PasswordChanged = "password_changed",
        TwoFactorOn = "two_factor_on",
        TwoFactorOff = "two_factor_off",
        /// To the buyer: the order is recorded and waits for payment.
        OrderPlaced = "order_placed",
        /// To the buyer: the order is recorded, to be paid at the door.
        CodPlaced = "cod_placed",
        /// To the buyer: unpaid, and soon cancelled.
        PaymentDue = "payment_due",
        /// To the buyer.
        PaymentReceived = "payment_received",
        /// To the seller: a paid order waits.
        NewOrder = "new_order",
        /// To the seller: an order waits that is paid at the door.
        NewCodOrder = "new_cod_order",
        /// To the buyer: the seller prepares it.
        OrderAccepted = "order_accepted",
        OrderShipped = "order_shipped",
        /// To the buyer: complete tomorrow unless they complain.
        CompletionDue = "completion_due",
        OrderDelivered = "order_delivered",
        /// To the buyer, some days after delivery.
        ReviewInvitation = "review_invitation",
        /// To the buyer.
        OrderCancelled = "order_cancelled",
        /// To the seller, of an order they had heard of.
        SaleCancelled = "sale_cancelled",
        RefundSent = "refund_sent",
        ProofRejected = "proof_rejected",
        /// To the seller: the bank has sent it.
        PayoutSent = "payout_sent",
        /// To the seller: the money is in the balance again.
        PayoutReturned = "payout_returned",
        /// To the seller: payouts will go to another account.
        PayoutAccountChanged = "payout_account_changed",
        /// To the seller.
        LowStock = "low_stock",
        /// To the seller.
        WeeklyReport = "weekly_report",
        /// To who keeps the system: the nightly check found disagreements.
        BooksWrong = "books_wrong",
    }

    /// What became of a letter.
    pub enum MailState {
        /// Not sent yet, or to be tried again.
        Waiting = "waiting",
        Sent = "sent",
        /// Refused for good.
        Failed = "failed",
    }
}

impl LetterKind {
    /// Whether one may do without it: it carries a way to unsubscribe. The others belong to what
    /// the reader does in the shop.
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::ReviewInvitation | Self::LowStock | Self::WeeklyReport)
    }

    /// Whether it goes to sellers and staff ("Anda"), not to buyers ("kamu").
    pub const fn is_business(self) -> bool {
        matches!(
            self,
            Self::NewOrder
                | Self::NewCodOrder
                | Self::SaleCancelled
                | Self::PayoutSent
                | Self::PayoutReturned
                | Self::PayoutAccountChanged
                | Self::LowStock
                | Self::WeeklyReport
                | Self::BooksWrong
        )
    }
}

view! {
    /// An optional kind of letter, and whether the reader wants it.
    pub struct LetterPreference { pub kind: LetterKind, pub is_wanted: bool }
}
