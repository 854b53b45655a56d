//! What became of the last decision, told on the page that follows it.

use crate::i18n::{Text, text};
#[cfg(feature = "ssr")]
use domain::desk::{DeskPayment, ProofStatus};

/// As `done` in the address says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Approved,
    HalfApproved,
    /// Too little came: the proof was rejected, the money goes back.
    Short,
    Rejected,
    /// By another agent.
    AlreadyDecided,
    /// A line of a statement is money that was counted, money nobody waits for, or none of ours.
    Counted,
    Unexpected,
    Dismissed,
    /// A line that was put aside is looked at again.
    Reopened,
}

const ALL: [(Done, &str); 9] = [
    (Done::Approved, "approved"),
    (Done::HalfApproved, "half_approved"),
    (Done::Short, "short"),
    (Done::Rejected, "rejected"),
    (Done::AlreadyDecided, "already_decided"),
    (Done::Counted, "counted"),
    (Done::Unexpected, "unexpected"),
    (Done::Dismissed, "dismissed"),
    (Done::Reopened, "reopened"),
];

impl Done {
    fn read(code: &str) -> Option<Self> {
        ALL.iter().find(|(_, known)| *known == code).map(|(done, _)| *done)
    }

    /// The kind of alert and the words for what an address says.
    pub fn told(code: &str) -> Option<(&'static str, Text)> {
        Self::read(code).map(Self::words)
    }

    fn words(self) -> (&'static str, Text) {
        use text::desk as d;
        match self {
            Self::Approved => ("success", d::DONE_APPROVED),
            Self::HalfApproved => ("success", d::DONE_HALF_APPROVED),
            Self::Short => ("warning", d::DONE_SHORT),
            Self::Rejected => ("success", d::DONE_REJECTED),
            Self::AlreadyDecided => ("warning", d::DONE_ALREADY_DECIDED),
            Self::Counted => ("success", d::DONE_COUNTED),
            Self::Unexpected => ("success", d::DONE_UNEXPECTED),
            Self::Dismissed => ("success", d::DONE_DISMISSED),
            Self::Reopened => ("success", d::DONE_REOPENED),
        }
    }
}

#[cfg(feature = "ssr")]
impl Done {
    fn code(self) -> &'static str {
        ALL.iter().find(|(done, _)| *done == self).map_or("", |(_, code)| code)
    }

    /// What an agent's decision made of a payment's proof.
    pub fn of(payment: &DeskPayment) -> Self {
        use domain::order::SystemNote;
        let is_short = payment.reason.as_deref().and_then(SystemNote::read) == Some(SystemNote::ShortTransfer);
        match payment.row.status {
            ProofStatus::Approved => Self::Approved,
            ProofStatus::Waiting if payment.row.is_half_approved => Self::HalfApproved,
            ProofStatus::Rejected if is_short => Self::Short,
            // Waiting: the buyer was faster than this answer, and has sent another one.
            ProofStatus::Rejected | ProofStatus::Waiting => Self::Rejected,
        }
    }

    /// The address of a page that tells it.
    pub fn on(self, page: &str) -> String {
        crate::ui::done_on(page, self.code())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_read_as_it_was_written() {
        for (done, code) in ALL {
            assert_eq!((done.code(), Done::read(code)), (code, Some(done)));
        }
        assert_eq!(Done::read("lain"), None);
    }
}
