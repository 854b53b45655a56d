//! The order state machine (PRODUCT.md, "Order life cycle"). The only place that knows it.

use crate::macros::states;
use crate::{Conflict, Error, Result};

states! {
    pub enum OrderStatus {
        PendingPayment = "pending_payment",
        /// A transfer proof waits for the desk.
        AwaitingVerification = "awaiting_verification",
        /// Paid, waiting for the seller.
        Pending = "pending",
        /// Accepted, being packed.
        Processing = "processing",
        Shipped = "shipped",
        Delivered = "delivered",
        Cancelled = "cancelled",
    }
    /// What can be done to an order.
    pub enum OrderAction {
        SubmitProof = "submit_proof",
        RejectProof = "reject_proof",
        /// The payment is complete.
        Pay = "pay",
        /// The buyer will pay in cash at the door.
        PayOnDelivery = "pay_on_delivery",
        Accept = "accept",
        Ship = "ship",
        ConfirmReceipt = "confirm_receipt",
        Cancel = "cancel",
        /// Not taken at the door, or nobody there: only where the cash was still to be paid.
        Undelivered = "undelivered",
    }
    /// On whose behalf.
    pub enum Party { Buyer = "buyer", Seller = "seller", Desk = "desk", System = "system" }
}

/// Outcome of an allowed action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    To(OrderStatus),
    /// It was done before: nothing changes and the caller says so.
    Already,
}

impl OrderStatus {
    /// No action leads out of it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Cancelled)
    }

    /// Money has been received for it, or is promised at the door.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Pending | Self::Processing | Self::Shipped | Self::Delivered)
    }
}

/// Decides what `action` by `party` does to an order in `status`; a forbidden action is a conflict
/// that names the present status.
pub fn transition(status: OrderStatus, action: OrderAction, party: Party) -> Result<Transition> {
    use OrderAction as A;
    use OrderStatus as S;
    use Transition::{Already, To};
    let refused = Err(Error::Conflict(Conflict::InvalidTransition { status }));
    match (action, status) {
        (A::SubmitProof, S::PendingPayment) => Ok(To(S::AwaitingVerification)),
        (A::SubmitProof, S::AwaitingVerification) => Ok(Already),
        (A::RejectProof, S::AwaitingVerification) => Ok(To(S::PendingPayment)),
        (A::RejectProof, S::PendingPayment) => Ok(Already),
        (A::Pay, S::PendingPayment | S::AwaitingVerification) => Ok(To(S::Pending)),
        (A::Pay, S::Pending) => Ok(Already),
        (A::PayOnDelivery, S::PendingPayment) => Ok(To(S::Pending)),
        (A::PayOnDelivery, S::Pending) => Ok(Already),
        (A::Accept, S::Pending) => Ok(To(S::Processing)),
        (A::Accept, S::Processing) => Ok(Already),
        (A::Ship, S::Processing) => Ok(To(S::Shipped)),
        (A::Ship, S::Shipped) => Ok(Already),
        (A::ConfirmReceipt, S::Shipped) => Ok(To(S::Delivered)),
        (A::ConfirmReceipt, S::Delivered) => Ok(Already),
        (A::Undelivered, S::Shipped) if matches!(party, Party::Seller | Party::Desk) => Ok(To(S::Cancelled)),
        (A::Cancel | A::Undelivered, S::Cancelled) => Ok(Already),
        // Expiry: never anything that was paid.
        (A::Cancel, S::PendingPayment | S::AwaitingVerification) => Ok(To(S::Cancelled)),
        (A::Cancel, S::Pending) if party != Party::System => Ok(To(S::Cancelled)),
        (A::Cancel, S::Processing) if matches!(party, Party::Seller | Party::Desk) => Ok(To(S::Cancelled)),
        _ => refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus as S;
    use proptest::prelude::*;

    #[test]
    fn the_main_road_leads_to_delivered() {
        let mut status = S::PendingPayment;
        for (action, party) in [
            (OrderAction::Pay, Party::System),
            (OrderAction::Accept, Party::Seller),
            (OrderAction::Ship, Party::Seller),
            (OrderAction::ConfirmReceipt, Party::Buyer),
        ] {
            let Ok(Transition::To(next)) = transition(status, action, party) else { panic!("{action} refused in {status}") };
            assert_eq!(transition(next, action, party), Ok(Transition::Already), "{action} is idempotent");
            status = next;
        }
        assert_eq!(status, S::Delivered);
    }

    #[test]
    fn a_buyer_cancels_only_until_accepted() {
        let cancel = |status, party| transition(status, OrderAction::Cancel, party).is_ok();
        assert!(cancel(S::Pending, Party::Buyer) && !cancel(S::Processing, Party::Buyer));
        assert!(cancel(S::Processing, Party::Seller) && !cancel(S::Shipped, Party::Seller));
        assert!(!cancel(S::Pending, Party::System), "expiry never cancels a paid order");
    }

    proptest! {
        /// Whatever anybody does in whatever order: money received is never forgotten, shipped goods
        /// come back only as undelivered, final states are final.
        #[test]
        fn no_sequence_reaches_an_illegal_state(
            steps in prop::collection::vec((prop::sample::select(OrderAction::ALL), prop::sample::select(Party::ALL)), 0..40),
        ) {
            let mut status = S::PendingPayment;
            for (action, party) in steps {
                let Ok(Transition::To(next)) = transition(status, action, party) else { continue };
                prop_assert!(!status.is_final());
                prop_assert!(!(status == S::Shipped && next == S::Cancelled) || action == OrderAction::Undelivered);
                prop_assert!(!status.is_paid() || next.is_paid() || next == S::Cancelled);
                prop_assert!(next != S::Shipped || status == S::Processing);
                status = next;
            }
        }
    }
}
