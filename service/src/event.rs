//! Domain events and their outbox. An event is written in the transaction that caused it; the
//! server's relay hands it to the job queue, whose worker calls [`crate::notification::handle`].

use crate::Result;
use crate::port::EndedCharge;
use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{
    EventId, GroupId, LinkId, OrderId, PaymentId, PayoutId, RefundId, ReviewId, StoreId, UserId, VariantId, WarehouseId,
};
use entity::outbox;
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use serde::{Deserialize, Serialize};

/// What happened. Payloads are ids: a handler reads the present state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// An account is open: in a demo at once, else when its email is proven.
    UserRegistered {
        user: UserId,
    },
    /// Somebody asks for a link that proves the email. Whether it has an account is not known yet.
    EmailVerificationRequested {
        link: LinkId,
        email: String,
    },
    /// Somebody asks for a link to a new password. Whether the email has an account is not known yet.
    PasswordResetRequested {
        link: LinkId,
        email: String,
    },
    /// Somebody registered with an email that has an account.
    RegistrationRepeated {
        email: String,
    },
    PasswordChanged {
        user: UserId,
    },
    /// The second factor was switched on or off.
    TwoFactorChanged {
        user: UserId,
        is_on: bool,
    },
    /// A checkout was placed and waits for payment.
    CheckoutPlaced {
        group: GroupId,
    },
    /// Unpaid, and soon at its end.
    PaymentDue {
        payment: PaymentId,
    },
    /// Shipped, and soon complete by itself.
    CompletionDue {
        order: OrderId,
    },
    /// To be paid in cash: the seller can accept it.
    CodPlaced {
        order: OrderId,
    },
    /// Paid: the seller can accept it.
    OrderPaid {
        order: OrderId,
    },
    OrderAccepted {
        order: OrderId,
    },
    OrderShipped {
        order: OrderId,
    },
    OrderDelivered {
        order: OrderId,
    },
    OrderCancelled {
        order: OrderId,
    },
    /// Its gateway is to be told, whatever the payment has become.
    ChargeEnded {
        charge: EndedCharge,
    },
    /// Money must go back to a buyer.
    RefundRequested {
        refund: RefundId,
    },
    RefundSucceeded {
        refund: RefundId,
    },
    /// The desk could not accept a proof of transfer.
    ProofRejected {
        payment: PaymentId,
    },
    /// The bank has sent it, or the money is in the store's balance again.
    PayoutClosed {
        payout: PayoutId,
    },
    /// A store wants its money at another account.
    PayoutAccountChanged {
        store: StoreId,
    },
    /// Available stock fell to the threshold.
    StockLow {
        variant: VariantId,
        warehouse: WarehouseId,
    },
    /// The buyer is asked for a review of what arrived some days ago.
    ReviewInvited {
        order: OrderId,
    },
    /// A store's report of the last full week before `at`.
    WeeklyReportDue {
        store: StoreId,
        at: DateTime<Utc>,
    },
    /// The nightly check of that day (Asia/Jakarta) found disagreements.
    BooksWrong {
        day: NaiveDate,
    },
    /// Somebody wants a job to run now.
    JobRequested {
        job: String,
        tick: String,
    },
    ReviewWritten {
        review: ReviewId,
    },
    StoreChanged {
        store: StoreId,
    },
}

impl Event {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UserRegistered { .. } => "user_registered",
            Self::EmailVerificationRequested { .. } => "email_verification_requested",
            Self::PasswordResetRequested { .. } => "password_reset_requested",
            Self::RegistrationRepeated { .. } => "registration_repeated",
            Self::PasswordChanged { .. } => "password_changed",
            Self::TwoFactorChanged { .. } => "two_factor_changed",
            Self::CheckoutPlaced { .. } => "checkout_placed",
            Self::PaymentDue { .. } => "payment_due",
            Self::CompletionDue { .. } => "completion_due",
            Self::CodPlaced { .. } => "cod_placed",
            Self::OrderPaid { .. } => "order_paid",
            Self::OrderAccepted { .. } => "order_accepted",
            Self::OrderShipped { .. } => "order_shipped",
            Self::OrderDelivered { .. } => "order_delivered",
            Self::OrderCancelled { .. } => "order_cancelled",
            Self::ChargeEnded { .. } => "charge_ended",
            Self::RefundRequested { .. } => "refund_requested",
            Self::RefundSucceeded { .. } => "refund_succeeded",
            Self::ProofRejected { .. } => "proof_rejected",
            Self::PayoutClosed { .. } => "payout_closed",
            Self::PayoutAccountChanged { .. } => "payout_account_changed",
            Self::StockLow { .. } => "stock_low",
            Self::ReviewInvited { .. } => "review_invited",
            Self::WeeklyReportDue { .. } => "weekly_report_due",
            Self::BooksWrong { .. } => "books_wrong",
            Self::JobRequested { .. } => "job_requested",
            Self::ReviewWritten { .. } => "review_written",
            Self::StoreChanged { .. } => "store_changed",
        }
    }
}

/// Writes the event in the caller's transaction.
pub async fn emit(tx: &impl ConnectionTrait, now: DateTime<Utc>, event: Event) -> Result<EventId> {
    let id: EventId = crate::db::new_id();
    let row = outbox::ActiveModel {
        id: Set(id),
        kind: Set(event.name().to_owned()),
        payload: Set(serde_json::to_value(&event)?),
        created_at: Set(now),
        due_at: Set(now),
        done_at: Set(None),
        attempts: Set(0),
        last_error: Set(None),
        dead_at: Set(None),
        handed_at: Set(None),
    };
    outbox::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(id)
}
