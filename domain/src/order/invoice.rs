//! The invoice of an order.

use crate::Money;
use crate::macros::{states, view};
use crate::order::{OrderPayment, OrderStatus, OrderView};
use crate::payment::{COD, PaymentStatus};

states! {
    pub enum InvoiceStatus {
        Unpaid = "unpaid",
        Paid = "paid",
        PartiallyRefunded = "partially_refunded",
        Refunded = "refunded",
        /// The order ended unpaid.
        Void = "void",
    }
}

view! {
    /// What was sold to whom, as at the sale, and what was paid of it.
    pub struct Invoice {
        pub number: String,
        pub status: InvoiceStatus,
        /// How it is paid, in words.
        pub payment_method: String,
        pub order: OrderView,
    }
}

impl Invoice {
    /// `payment_method`: in words.
    pub fn of(order: OrderView, payment_method: String) -> Self {
        let status = InvoiceStatus::of(order.status, &order.payment);
        Self { number: invoice_number(&order.number), status, payment_method, order }
    }
}

/// One sale, one invoice: they share what makes the number unique.
fn invoice_number(order: &str) -> String {
    order.replacen("BLJ-", "INV-", 1)
}

impl InvoiceStatus {
    fn of(order: OrderStatus, payment: &OrderPayment) -> Self {
        use PaymentStatus as P;
        // Every store's courier brings its own cash, whatever the others of the payment do.
        let is_paid = match payment.status {
            _ if payment.method == COD => order == OrderStatus::Delivered,
            P::Paid | P::PartiallyRefunded | P::Refunded => true,
            P::Pending | P::AwaitingVerification | P::Expired | P::Failed => false,
        };
        match order {
            _ if is_paid && payment.refunded == Money::ZERO => Self::Paid,
            _ if is_paid && payment.refunded < payment.amount => Self::PartiallyRefunded,
            _ if is_paid => Self::Refunded,
            OrderStatus::Cancelled => Self::Void,
            _ => Self::Unpaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PaymentId;

    #[test]
    fn says_what_became_of_the_money() {
        use OrderStatus as O;
        use PaymentStatus as P;
        for (order, method, status, refunded, expected) in [
            (O::PendingPayment, "midtrans:qris", P::Pending, 0, InvoiceStatus::Unpaid),
            (O::AwaitingVerification, "manual_transfer", P::AwaitingVerification, 0, InvoiceStatus::Unpaid),
            (O::Cancelled, "midtrans:qris", P::Expired, 0, InvoiceStatus::Void),
            (O::Pending, "midtrans:qris", P::Paid, 0, InvoiceStatus::Paid),
            // Another order of the same payment was refunded.
            (O::Pending, "midtrans:qris", P::PartiallyRefunded, 0, InvoiceStatus::Paid),
            (O::Delivered, "midtrans:qris", P::PartiallyRefunded, 40_000, InvoiceStatus::PartiallyRefunded),
            (O::Cancelled, "midtrans:qris", P::Refunded, 100_000, InvoiceStatus::Refunded),
            (O::Shipped, COD, P::Pending, 0, InvoiceStatus::Unpaid),
            (O::Delivered, COD, P::Pending, 0, InvoiceStatus::Paid),
            (O::Cancelled, COD, P::Pending, 0, InvoiceStatus::Void),
        ] {
            let payment = OrderPayment {
                id: PaymentId(uuid::Uuid::nil()),
                method: method.into(),
                status,
                amount: Money(100_000),
                refunded: Money(refunded),
            };
            assert_eq!(InvoiceStatus::of(order, &payment), expected, "{order} {method} {status} {refunded}");
        }
    }

    #[test]
    fn has_a_number_of_its_own() {
        assert_eq!(invoice_number("BLJ-261121-7KQ2M9XA"), "INV-261121-7KQ2M9XA");
    }
}
