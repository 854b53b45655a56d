//! What kinds of letters are called.

use super::Text;
use super::text::letter as l;
use domain::letter::LetterKind as K;

pub fn letter_text(kind: K) -> Text {
    match kind {
        K::Welcome => l::WELCOME,
        K::VerifyEmail => l::VERIFY_EMAIL,
        K::ResetPassword => l::RESET_PASSWORD,
        K::RegistrationRepeated => l::REGISTRATION_REPEATED,
        K::OpenAccount => l::OPEN_ACCOUNT,
        K::PasswordChanged => l::PASSWORD_CHANGED,
        K::TwoFactorOn => l::TWO_FACTOR_ON,
        K::TwoFactorOff => l::TWO_FACTOR_OFF,
        K::OrderPlaced => l::ORDER_PLACED,
        K::PaymentReceived => l::PAYMENT_RECEIVED,
        K::NewOrder => l::NEW_ORDER,
        K::CodPlaced => l::COD_PLACED,
        K::NewCodOrder => l::NEW_COD_ORDER,
        K::PaymentDue => l::PAYMENT_DUE,
        K::CompletionDue => l::COMPLETION_DUE,
        K::OrderAccepted => l::ORDER_ACCEPTED,
        K::OrderShipped => l::ORDER_SHIPPED,
        K::OrderDelivered => l::ORDER_DELIVERED,
        K::ReviewInvitation => l::REVIEW_INVITATION,
        K::OrderCancelled => l::ORDER_CANCELLED,
        K::SaleCancelled => l::SALE_CANCELLED,
        K::RefundSent => l::REFUND_SENT,
        K::ProofRejected => l::PROOF_REJECTED,
        K::PayoutSent => l::PAYOUT_SENT,
        K::PayoutReturned => l::PAYOUT_RETURNED,
        K::PayoutAccountChanged => l::PAYOUT_ACCOUNT_CHANGED,
        K::LowStock => l::LOW_STOCK,
        K::WeeklyReport => l::WEEKLY_REPORT,
        K::BooksWrong => l::BOOKS_WRONG,
    }
}
