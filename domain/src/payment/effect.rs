//! What gateways report, and what follows from it.

use super::{PaymentEventKind, PaymentStatus, RefundReason};
use crate::Money;

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
    /// A try is reported failed or ended: a reversal if it is one that paid, of no consequence if it is
    /// another. Which of them it is the caller finds out.
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
        // A card that was only captured is voided as if it had never been paid.
        (E::Failed | E::Expired, S::Paid | S::PartiallyRefunded | S::Refunded) => Effect::CheckReversal,
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
        for status in [S::Paid, S::PartiallyRefunded, S::Refunded] {
            for (event, expected) in
                [(E::Disputed, Effect::Dispute), (E::Failed, Effect::CheckReversal), (E::Expired, Effect::CheckReversal)]
            {
                assert_eq!(effect(status, event, ASKED, ASKED, true), expected);
                assert_eq!(effect(status, event, ASKED, ASKED, false), expected);
            }
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

    proptest! {
        #[test]
        fn nothing_moves_a_paid_payment_back(event in prop::sample::select(E::ALL), amount in -5_i64..200_000) {
            let result = effect(S::Paid, event, ASKED, Money(amount), true);
            prop_assert!(!matches!(result, Effect::Settle | Effect::Close(_)));
        }
    }
}
