//! Attempts: each way a buyer tries to pay has a name of its own at the gateway.

use crate::id::PaymentId;
use std::fmt;
use std::str::FromStr;

/// Times a buyer may choose a way to pay. Two digits: with a suffix of ours the name still fits into
/// the 46 characters of Midtrans' idempotency keys.
pub const MAX_ATTEMPTS: i32 = 20;

/// The n-th attempt to make a payment. Its text is what gateways know it by: the payment's id, and
/// from the second attempt on with a suffix, `<payment>-A2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attempt {
    pub payment: PaymentId,
    /// From 1.
    pub number: i32,
}

impl Attempt {
    pub const fn first(payment: PaymentId) -> Self {
        Self { payment, number: 1 }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => self.payment.fmt(f),
            number => write!(f, "{}-A{number}", self.payment),
        }
    }
}

impl FromStr for Attempt {
    type Err = ();

    /// Reads what gateways echo. Another spelling of a number (`-A02`, `-A1`) is not ours.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (payment, number) = match text.split_once("-A") {
            None => (text, 1),
            Some((payment, number)) => (payment, number.parse().map_err(|_| ())?),
        };
        let attempt = Self { payment: payment.parse().map_err(|_| ())?, number };
        let is_ours = (1..=MAX_ATTEMPTS).contains(&number) && attempt.to_string() == text;
        is_ours.then_some(attempt).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199a0b0-0000-7000-8000-000000000000";

    #[test]
    fn names_are_read_as_they_are_written() {
        for number in 1..=MAX_ATTEMPTS {
            let attempt = Attempt { payment: ID.parse().unwrap(), number };
            assert_eq!(attempt.to_string().parse(), Ok(attempt));
            assert!(format!("{attempt}-snap").len() <= 46, "Midtrans ignores longer keys");
        }
        assert_eq!(Attempt::first(ID.parse().unwrap()).to_string(), ID);
        for bad in ["-A1", "-A02", "-A21", "-A-2", "-A", "x"] {
            assert_eq!(format!("{ID}{bad}").parse::<Attempt>(), Err(()), "{bad}");
        }
        assert_eq!("payment_notif_test_1".parse::<Attempt>(), Err(()));
    }
}
