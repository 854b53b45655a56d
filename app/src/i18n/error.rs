//! Errors in words.

use super::Text;
use super::text::error as e;
use domain::{ChangedPrice, Conflict, Error, FieldError, Locale, Money, Noun, ShortLine};

/// What went wrong, in one sentence.
pub fn error_message(error: &Error, locale: Locale) -> String {
    match error {
        Error::NotFound(noun) => e::NOT_FOUND.fill(locale, &[("noun", &noun_text(*noun).get(locale))]),
        Error::RateLimited { retry_after } => e::RATE_LIMITED.fill(locale, &[("seconds", retry_after)]),
        Error::TooLarge { limit } => e::TOO_LARGE.fill(locale, &[("megabytes", &(limit / 1_048_576).max(1))]),
        Error::Internal { reference } => e::INTERNAL.fill(locale, &[("reference", reference)]),
        Error::Unavailable { reference } => e::UNAVAILABLE.fill(locale, &[("reference", reference)]),
        Error::Conflict(Conflict::AlreadyExists(noun)) => {
            e::ALREADY_EXISTS.fill(locale, &[("noun", &noun_text(*noun).get(locale))])
        }
        Error::Conflict(Conflict::InUse(noun)) => e::IN_USE.fill(locale, &[("noun", &noun_text(*noun).get(locale))]),
        Error::Conflict(Conflict::StockInsufficient(lines)) => join(lines.iter().map(|l| short_line(l, locale))),
        Error::Conflict(Conflict::PriceChanged(lines)) => join(lines.iter().map(|l| changed_price(l, locale))),
        Error::Conflict(Conflict::SkuTaken(skus)) => e::SKU_TAKEN.fill(locale, &[("skus", &skus.join(", "))]),
        Error::Conflict(Conflict::InvalidTransition { status }) => {
            e::INVALID_TRANSITION.fill(locale, &[("status", &status_text(*status).get(locale))])
        }
        Error::Conflict(Conflict::ClaimedByOther { agent }) => e::CLAIMED_BY_OTHER.fill(locale, &[("agent", agent)]),
        Error::Conflict(Conflict::RefundTooMuch { left }) => e::REFUND_TOO_MUCH.fill(locale, &[("left", left)]),
        Error::Conflict(Conflict::AmountUnclear { expected, stated }) => {
            e::AMOUNT_UNCLEAR.fill(locale, &[("expected", expected), ("stated", stated)])
        }
        Error::Conflict(Conflict::PayoutExceeds { available }) => e::PAYOUT_EXCEEDS.fill(locale, &[("available", available)]),
        Error::Conflict(Conflict::PayoutAccountFresh { until }) => {
            e::PAYOUT_ACCOUNT_FRESH.fill(locale, &[("until", &super::moment_in(*until, locale))])
        }
        Error::Conflict(Conflict::PayoutState { status }) => {
            e::PAYOUT_STATE.fill(locale, &[("status", &payout_status_text(*status).get(locale))])
        }
        other => error_title(other, locale).to_owned(),
    }
}

fn join(sentences: impl Iterator<Item = String>) -> String {
    sentences.collect::<Vec<_>>().join(" ")
}

/// The kind of error, in a few words.
pub fn error_title(error: &Error, locale: Locale) -> &'static str {
    let text = match error {
        Error::Malformed(_) => e::MALFORMED,
        Error::Unauthenticated => e::UNAUTHENTICATED,
        Error::InvalidCredentials => e::INVALID_CREDENTIALS,
        Error::TotpRequired => e::TOTP_REQUIRED,
        Error::TotpInvalid => e::TOTP_INVALID,
        Error::TwoFactorMissing => e::TWO_FACTOR_MISSING,
        Error::SessionEnded => e::SESSION_ENDED,
        Error::Forbidden => e::FORBIDDEN,
        Error::NotPurchased => e::NOT_PURCHASED,
        Error::NotFound(_) => e::NOT_FOUND_TITLE,
        Error::TooLarge { .. } => e::TOO_LARGE_TITLE,
        Error::UnsupportedType => e::UNSUPPORTED_TYPE,
        Error::MethodNotAllowed => e::METHOD_NOT_ALLOWED,
        Error::Invalid(_) => e::INVALID_INPUT,
        Error::IdempotencyMismatch => e::IDEMPOTENCY_MISMATCH,
        Error::RateLimited { .. } => e::RATE_LIMITED_TITLE,
        Error::Transport => e::TRANSPORT,
        Error::Internal { .. } => e::INTERNAL_TITLE,
        Error::Unavailable { .. } => e::UNAVAILABLE_TITLE,
        Error::Conflict(conflict) => match conflict {
            Conflict::EmailTaken => e::EMAIL_TAKEN,
            Conflict::StockInsufficient(_) => e::STOCK_INSUFFICIENT,
            Conflict::PriceChanged(_) => e::PRICE_CHANGED,
            Conflict::ProductUnavailable(_) => e::PRODUCT_UNAVAILABLE,
            Conflict::CartEmpty => e::CART_EMPTY,
            Conflict::VoucherUnavailable(_) => e::VOUCHER_UNAVAILABLE,
            Conflict::ShippingUnavailable => e::SHIPPING_UNAVAILABLE,
            Conflict::PaymentMethodUnavailable => e::PAYMENT_METHOD_UNAVAILABLE,
            Conflict::InvalidTransition { .. } => e::INVALID_TRANSITION_TITLE,
            Conflict::TooManyImages => e::TOO_MANY_IMAGES,
            Conflict::ReviewDuplicate => e::REVIEW_DUPLICATE,
            Conflict::SkuTaken(_) => e::SKU_TAKEN_TITLE,
            Conflict::AlreadyExists(_) => e::ALREADY_EXISTS_TITLE,
            Conflict::InUse(_) => e::IN_USE_TITLE,
            Conflict::ProofWaiting => e::PROOF_WAITING,
            Conflict::PaymentClosed => e::PAYMENT_CLOSED,
            Conflict::TooManyAttempts { .. } => e::TOO_MANY_ATTEMPTS,
            Conflict::ClaimedByOther { .. } => e::CLAIMED_BY_OTHER_TITLE,
            Conflict::AlreadyDecided => e::ALREADY_DECIDED,
            Conflict::AmountUnclear { .. } => e::AMOUNT_UNCLEAR_TITLE,
            Conflict::LineDoesNotFit => e::LINE_DOES_NOT_FIT,
            Conflict::RefundByGateway => e::REFUND_BY_GATEWAY,
            Conflict::RefundTooMuch { .. } => e::REFUND_TOO_MUCH_TITLE,
            Conflict::CancelInstead => e::REFUND_CANCEL_INSTEAD,
            Conflict::NotRefundable => e::REFUND_NOT_POSSIBLE,
            Conflict::RefundUnderWay => e::REFUND_UNDER_WAY,
            Conflict::OwnRequest => e::OWN_REQUEST,
            Conflict::SecondApproverNeeded => e::SECOND_APPROVER,
            Conflict::TwoFactorOn => e::TWO_FACTOR_ON,
            Conflict::TwoFactorOff => e::TWO_FACTOR_OFF,
            Conflict::PayoutOpen => e::PAYOUT_OPEN,
            Conflict::PayoutExceeds { .. } => e::PAYOUT_EXCEEDS_TITLE,
            Conflict::PayoutAccountMissing => e::PAYOUT_ACCOUNT_MISSING,
            Conflict::PayoutAccountFresh { .. } => e::PAYOUT_ACCOUNT_FRESH_TITLE,
            Conflict::PayoutState { .. } => e::PAYOUT_STATE_TITLE,
            Conflict::OwnInterest => e::OWN_INTEREST,
            Conflict::AnswerLost => e::ANSWER_LOST,
            Conflict::Busy => e::BUSY,
        },
    };
    text.get(locale)
}

/// What is wrong with a field.
pub fn field_message(error: &FieldError, locale: Locale) -> String {
    let text = match error.code.as_ref() {
        "required" => e::F_REQUIRED,
        "too_long" => e::F_TOO_LONG,
        "amount_below" => e::F_AMOUNT_BELOW,
        "amount_above" => e::F_AMOUNT_ABOVE,
        "too_small" => e::F_TOO_SMALL,
        "too_large" => e::F_TOO_LARGE,
        "out_of_range" => e::F_OUT_OF_RANGE,
        "too_many" => e::F_TOO_MANY,
        "too_many_rows" => e::F_TOO_MANY_ROWS,
        "too_many_pixels" => e::F_TOO_MANY_PIXELS,
        "below_reserved" => e::F_BELOW_RESERVED,
        "below_minimum" => e::F_BELOW_MINIMUM,
        "never_booked" => e::F_NEVER_BOOKED,
        "invalid_characters" => e::F_INVALID_CHARACTERS,
        "card_number" => e::F_CARD_NUMBER,
        "invalid_email" => e::F_INVALID_EMAIL,
        "invalid_phone" => e::F_INVALID_PHONE,
        "invalid_postal_code" => e::F_INVALID_POSTAL_CODE,
        "invalid_barcode" => e::F_INVALID_BARCODE,
        "invalid_date" => e::F_INVALID_DATE,
        "columns_missing" => e::F_COLUMNS_MISSING,
        "password_too_short" => e::F_PASSWORD_TOO_SHORT,
        "password_guessable" => e::F_PASSWORD_GUESSABLE,
        "wrong_password" => e::F_WRONG_PASSWORD,
        "wrong_code" => e::F_WRONG_CODE,
        "link_expired" => e::F_LINK_EXPIRED,
        "not_a_number" => e::F_NOT_A_NUMBER,
        "not_a_boolean" | "unknown_value" => e::F_UNKNOWN_VALUE,
        "duplicate" => e::F_DUPLICATE,
        "options_differ" => e::F_OPTIONS_DIFFER,
        _ => e::F_INVALID,
    };
    let limit = error.limit.unwrap_or_default();
    match error.code.as_ref() {
        "amount_below" | "amount_above" => text.fill(locale, &[("limit", &Money(limit))]),
        _ => text.fill(locale, &[("limit", &limit)]),
    }
}

/// `Sepatu lari: tersisa 2, kamu minta 5.`
pub fn short_line(line: &ShortLine, locale: Locale) -> String {
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("product", &line.product_name), ("available", &line.available), ("requested", &line.requested)];
    e::SHORT_LINE.fill(locale, &values)
}

pub fn changed_price(line: &ChangedPrice, locale: Locale) -> String {
    let values: [(&str, &dyn std::fmt::Display); 3] = [("product", &line.product_name), ("seen", &line.seen), ("now", &line.now)];
    e::CHANGED_PRICE.fill(locale, &values)
}

fn noun_text(noun: Noun) -> Text {
    match noun {
        Noun::User => e::NOUN_USER,
        Noun::Session => e::NOUN_SESSION,
        Noun::Address => e::NOUN_ADDRESS,
        Noun::Store => e::NOUN_STORE,
        Noun::Category => e::NOUN_CATEGORY,
        Noun::Product | Noun::Variant => e::NOUN_PRODUCT,
        Noun::Image => e::NOUN_IMAGE,
        Noun::Warehouse => e::NOUN_WAREHOUSE,
        Noun::Cart | Noun::CartItem => e::NOUN_CART_ITEM,
        Noun::Order => e::NOUN_ORDER,
        Noun::Payment => e::NOUN_PAYMENT,
        Noun::Review => e::NOUN_REVIEW,
        Noun::Refund => e::NOUN_REFUND,
        Noun::Payout => e::NOUN_PAYOUT,
        Noun::Transaction => e::NOUN_TRANSACTION,
        Noun::Import => e::NOUN_IMPORT,
        Noun::Dispute => e::NOUN_DISPUTE,
        Noun::BankStatement => e::NOUN_BANK_STATEMENT,
        Noun::Page | Noun::Job | Noun::Event | Noun::Email | Noun::Webhook => e::NOUN_PAGE,
    }
}

/// A payout's status in words.
pub fn payout_status_text(status: domain::payout::PayoutStatus) -> Text {
    use domain::payout::PayoutStatus as S;
    match status {
        S::Requested => e::PAYOUT_REQUESTED,
        S::Approved => e::PAYOUT_APPROVED,
        S::Sent => e::PAYOUT_SENT,
        S::Settled => e::PAYOUT_SETTLED,
        S::Refused => e::PAYOUT_REFUSED,
        S::Failed => e::PAYOUT_FAILED,
    }
}

/// A refund's status in words.
pub fn refund_status_text(status: domain::payment::RefundStatus) -> Text {
    use super::text::finance as f;
    use domain::payment::RefundStatus as S;
    match status {
        S::Waiting => f::WAITING,
        S::Requested => f::REQUESTED,
        S::Sending => f::SENDING,
        S::Succeeded => f::SUCCEEDED,
        S::Failed => f::FAILED,
        S::Rejected => f::REJECTED,
    }
}

/// An order's status in words.
pub fn status_text(status: domain::order::OrderStatus) -> Text {
    use domain::order::OrderStatus as S;
    match status {
        S::PendingPayment => e::STATUS_PENDING_PAYMENT,
        S::AwaitingVerification => e::STATUS_AWAITING_VERIFICATION,
        S::Pending => e::STATUS_PENDING,
        S::Processing => e::STATUS_PROCESSING,
        S::Shipped => e::STATUS_SHIPPED,
        S::Delivered => e::STATUS_DELIVERED,
        S::Cancelled => e::STATUS_CANCELLED,
    }
}
