//! What finance did, in words.

use crate::i18n::{Text, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    PayoutApproved,
    PayoutRefused,
    PayoutSettled,
    PayoutFailed,
    BatchMade,
    BatchSettled,
    DisputeResolved,
    RateSet,
    RateRemoved,
    RefundApproved,
    RefundRetried,
    RefundByHand,
    RefundRejected,
    RefundSent,
}

impl Done {
    const ALL: [Self; 14] = [
        Self::PayoutApproved,
        Self::PayoutRefused,
        Self::PayoutSettled,
        Self::PayoutFailed,
        Self::BatchMade,
        Self::BatchSettled,
        Self::DisputeResolved,
        Self::RateSet,
        Self::RateRemoved,
        Self::RefundApproved,
        Self::RefundRetried,
        Self::RefundByHand,
        Self::RefundRejected,
        Self::RefundSent,
    ];

    /// As addresses name it, and in words.
    const fn words(self) -> (&'static str, Text) {
        use text::finance as f;
        match self {
            Self::PayoutApproved => ("payout_approved", f::DONE_PAYOUT_APPROVED),
            Self::PayoutRefused => ("payout_refused", f::DONE_PAYOUT_REFUSED),
            Self::PayoutSettled => ("payout_settled", f::DONE_PAYOUT_SETTLED),
            Self::PayoutFailed => ("payout_failed", f::DONE_PAYOUT_FAILED),
            Self::BatchMade => ("batch_made", f::DONE_BATCH_MADE),
            Self::BatchSettled => ("batch_settled", f::DONE_BATCH_SETTLED),
            Self::DisputeResolved => ("dispute_resolved", f::DONE_DISPUTE_RESOLVED),
            Self::RateSet => ("rate_set", f::DONE_RATE_SET),
            Self::RateRemoved => ("rate_removed", f::DONE_RATE_REMOVED),
            Self::RefundApproved => ("refund_approved", f::DONE_REFUND_APPROVED),
            Self::RefundRetried => ("refund_retried", f::DONE_REFUND_RETRIED),
            Self::RefundByHand => ("refund_by_hand", f::DONE_REFUND_BY_HAND),
            Self::RefundRejected => ("refund_rejected", f::DONE_REFUND_REJECTED),
            Self::RefundSent => ("refund_sent", f::DONE_REFUND_SENT),
        }
    }

    /// For what an address says.
    pub fn told(code: &str) -> Option<(&'static str, Text)> {
        Self::ALL.into_iter().map(Self::words).find(|(name, _)| *name == code).map(|(_, words)| ("success", words))
    }

    #[cfg(feature = "ssr")]
    pub fn on(self, page: &str) -> String {
        crate::ui::done_on(page, self.words().0)
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn everything_done_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Done::ALL.iter().map(|done| done.words().0).collect();
        assert_eq!(names.len(), Done::ALL.len());
    }
}
