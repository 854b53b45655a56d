//! The one error that crosses the wire.

use crate::id::{CartItemId, VariantId};
use crate::macros::{states, view};
use crate::order::OrderStatus;
use crate::payout::PayoutStatus;
use crate::{Money, MoneyError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Why a request was refused. Each case has one HTTP status and one stable code
/// (`API.md`, "Conventions"); the text is chosen by the reader's language at the edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum Error {
    /// The request cannot be read at all (400).
    #[error("malformed request: {0}")]
    Malformed(String),
    #[error("not signed in")]
    Unauthenticated,
    #[error("wrong email or password")]
    InvalidCredentials,
    /// The password is right; the account asks for a second factor too.
    #[error("second factor needed")]
    TotpRequired,
    /// The second factor is wrong, or was used before.
    #[error("wrong second factor")]
    TotpInvalid,
    /// Staff must set up the second factor before anything else (403).
    #[error("second factor not set up")]
    TwoFactorMissing,
    /// The session was revoked, expired, or its refresh token was replayed.
    #[error("session ended")]
    SessionEnded,
    #[error("not allowed")]
    Forbidden,
    #[error("only buyers of the product may review it")]
    NotPurchased,
    /// Does not exist, or belongs to somebody else: the two are never told apart.
    #[error("{} not found", .0.as_str())]
    NotFound(Noun),
    #[error("conflict: {}", .0.code())]
    Conflict(Conflict),
    /// Body or file above the limit, in bytes.
    #[error("larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("unsupported media type")]
    UnsupportedType,
    /// The resource is there, but not for this HTTP method.
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("invalid input: {}", .0.iter().map(|e| e.field.as_str()).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// An idempotency key came back with another body.
    #[error("idempotency key used with another request")]
    IdempotencyMismatch,
    #[error("too many requests, retry in {retry_after} s")]
    RateLimited { retry_after: u64 },
    /// The browser could not reach the server, or did not understand its answer.
    #[error("server not reached")]
    Transport,
    /// A fault of ours; `reference` finds the cause in the log.
    #[error("internal error, reference {reference}")]
    Internal { reference: String },
    /// Something outside does not answer: the same may work in a moment.
    #[error("outside service unavailable, reference {reference}")]
    Unavailable { reference: String },
}

/// A state that forbids what was asked (409).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "with", rename_all = "snake_case")]
pub enum Conflict {
    EmailTaken,
    /// Every line that cannot be fulfilled, not only the first.
    StockInsufficient(Vec<ShortLine>),
    /// Every line whose price differs from what the buyer saw.
    PriceChanged(Vec<ChangedPrice>),
    /// Lines whose product is no longer sold.
    ProductUnavailable(Vec<VariantId>),
    CartEmpty,
    VoucherUnavailable(Vec<String>),
    /// The store is closed or does not offer the service.
    ShippingUnavailable,
    PaymentMethodUnavailable,
    InvalidTransition {
        status: OrderStatus,
    },
    TooManyImages,
    ReviewDuplicate,
    SkuTaken(Vec<String>),
    /// A name, code or other unique value is in use.
    AlreadyExists(Noun),
    /// The object is in use and cannot go.
    InUse(Noun),
    /// A proof is with the desk already.
    ProofWaiting,
    /// The payment takes no proof and no other method (any more).
    PaymentClosed,
    /// The buyer has changed the method too often.
    TooManyAttempts {
        limit: i32,
    },
    /// Another agent has it in hand.
    ClaimedByOther {
        agent: String,
    },
    /// The desk has decided on it already.
    AlreadyDecided,
    /// The agent must say how much arrived: the buyer states another amount than was asked for.
    AmountUnclear {
        expected: Money,
        stated: Money,
    },
    /// The line of a bank statement is not what the payment waits or waited for.
    LineDoesNotFit,
    /// The gateway sends this refund, nobody else.
    RefundByGateway,
    /// More than what is left of the order's money, or of a line.
    RefundTooMuch {
        left: Money,
    },
    /// An order that was not sent yet is cancelled, not refunded as a whole.
    CancelInstead,
    /// Nothing was paid for the order, or it is not in a state to be refunded.
    NotRefundable,
    /// The gateway is sending a refund of the same money.
    RefundUnderWay,
    /// Whoever asked for it does not approve it.
    OwnRequest,
    /// Above the limit the second approval must come from somebody else.
    SecondApproverNeeded,
    /// The second factor is set up already.
    TwoFactorOn,
    /// The second factor is not set up, or its set-up was not begun.
    TwoFactorOff,
    /// A payout of the store is under way.
    PayoutOpen,
    /// More than the store has.
    PayoutExceeds {
        available: Money,
    },
    /// The store has not named a bank account.
    PayoutAccountMissing,
    /// The bank account was changed less than a day ago.
    PayoutAccountFresh {
        until: DateTime<Utc>,
    },
    PayoutState {
        status: PayoutStatus,
    },
    /// Staff do not decide on their own purchases, nor on sales of their own store.
    OwnInterest,
    /// The request with this idempotency key was carried out, its answer died with a process.
    AnswerLost,
    /// Somebody else's change won; reload and try again.
    Busy,
}

view! {
    /// A line that asks for more than there is.
    pub struct ShortLine {
        pub item_id: Option<CartItemId>,
        pub variant_id: VariantId,
        pub product_name: String,
        pub requested: i64,
        pub available: i64,
    }
    /// A line whose price changed since the buyer saw it.
    pub struct ChangedPrice {
        pub item_id: CartItemId,
        pub variant_id: VariantId,
        pub product_name: String,
        pub seen: Money,
        pub now: Money,
    }
    /// What is wrong with one field of the input.
    pub struct FieldError {
        /// Path of the field, as in the request: `variants[0].price`.
        pub field: String,
        /// Stable, lower snake case: `required`, `too_long`, `out_of_range` …
        pub code: Cow<'static, str>,
        /// The bound that was crossed, where there is one.
        pub limit: Option<i64>,
    }
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code: Cow::Borrowed(code), limit: None }
    }

    pub fn limit(mut self, limit: i64) -> Self {
        self.limit = Some(limit);
        self
    }
}

states! {
    /// What was not found, exists already or is in use.
    pub enum Noun {
        User = "user", Session = "session", Address = "address", Store = "store", Category = "category",
        Product = "product", Variant = "variant", Image = "image", Warehouse = "warehouse", Cart = "cart",
        CartItem = "cart_item", Order = "order", Payment = "payment", Review = "review", Page = "page",
        Refund = "refund", Dispute = "dispute", Payout = "payout", Transaction = "transaction", Import = "import",
        BankStatement = "bank_statement", Job = "job", Event = "event", Email = "email", Webhook = "webhook",
    }
}

impl Error {
    /// The stable code of RFC 9457 answers and of log lines.
    pub fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Malformed(_) => "request.malformed",
            Self::Unauthenticated => "auth.required",
            Self::InvalidCredentials => "auth.invalid_credentials",
            Self::TotpRequired => "auth.totp_required",
            Self::TotpInvalid => "auth.totp_invalid",
            Self::TwoFactorMissing => "auth.two_factor_missing",
            Self::SessionEnded => "auth.session_ended",
            Self::Forbidden => "auth.forbidden",
            Self::NotPurchased => "review.not_purchased",
            Self::NotFound(noun) => return Cow::Owned(format!("{noun}.not_found")),
            Self::Conflict(conflict) => return conflict.code(),
            Self::TooLarge { .. } => "request.too_large",
            Self::UnsupportedType => "request.unsupported_type",
            Self::MethodNotAllowed => "request.method_not_allowed",
            Self::Invalid(_) => "request.invalid",
            Self::IdempotencyMismatch => "idempotency.mismatch",
            Self::RateLimited { .. } => "request.rate_limited",
            Self::Transport => "server.unreachable",
            Self::Internal { .. } => "server.fault",
            Self::Unavailable { .. } => "server.unavailable",
        })
    }

    /// The HTTP status code.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthenticated | Self::InvalidCredentials | Self::TotpRequired | Self::TotpInvalid | Self::SessionEnded => 401,
            Self::Forbidden | Self::NotPurchased | Self::TwoFactorMissing => 403,
            Self::NotFound(_) => 404,
            Self::Conflict(_) => 409,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedType => 415,
            Self::MethodNotAllowed => 405,
            Self::Invalid(_) | Self::IdempotencyMismatch => 422,
            Self::RateLimited { .. } => 429,
            Self::Transport => 502,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } => 503,
        }
    }

    /// The fields this error speaks of; empty for errors that concern no field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            _ => &[],
        }
    }

    pub fn invalid(field: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError::new(field, code)])
    }
}

impl Conflict {
    pub fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::EmailTaken => "auth.email_taken",
            Self::StockInsufficient(_) => "stock.insufficient",
            Self::PriceChanged(_) => "price.changed",
            Self::ProductUnavailable(_) => "product.unavailable",
            Self::CartEmpty => "cart.empty",
            Self::VoucherUnavailable(_) => "voucher.unavailable",
            Self::ShippingUnavailable => "shipping.unavailable",
            Self::PaymentMethodUnavailable => "payment.method_unavailable",
            Self::InvalidTransition { .. } => "order.invalid_transition",
            Self::TooManyImages => "product.too_many_images",
            Self::ReviewDuplicate => "review.duplicate",
            Self::SkuTaken(_) => "product.sku_taken",
            Self::AlreadyExists(noun) => return Cow::Owned(format!("{noun}.already_exists")),
            Self::InUse(noun) => return Cow::Owned(format!("{noun}.in_use")),
            Self::ProofWaiting => "payment.proof_waiting",
            Self::PaymentClosed => "payment.closed",
            Self::TooManyAttempts { .. } => "payment.too_many_attempts",
            Self::ClaimedByOther { .. } => "desk.claimed",
            Self::AlreadyDecided => "desk.decided",
            Self::AmountUnclear { .. } => "desk.amount_unclear",
            Self::LineDoesNotFit => "statement.line_does_not_fit",
            Self::RefundByGateway => "refund.by_gateway",
            Self::RefundTooMuch { .. } => "refund.too_much",
            Self::CancelInstead => "refund.cancel_instead",
            Self::NotRefundable => "refund.not_possible",
            Self::RefundUnderWay => "refund.under_way",
            Self::OwnRequest => "request.own",
            Self::SecondApproverNeeded => "desk.second_approver",
            Self::TwoFactorOn => "two_factor.on",
            Self::TwoFactorOff => "two_factor.off",
            Self::PayoutOpen => "payout.open",
            Self::PayoutExceeds { .. } => "payout.exceeds_balance",
            Self::PayoutAccountMissing => "payout.account_missing",
            Self::PayoutAccountFresh { .. } => "payout.account_fresh",
            Self::PayoutState { .. } => "payout.invalid_state",
            Self::OwnInterest => "desk.own_interest",
            Self::AnswerLost => "idempotency.answer_lost",
            Self::Busy => "request.busy",
        })
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

/// A sum that does not fit can only come from absurd input.
impl From<MoneyError> for Error {
    fn from(_: MoneyError) -> Self {
        Self::invalid("amount", "out_of_range")
    }
}
