//! Money: whole rupiah, checked.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of Indonesian rupiah. Whole units, no cents, no floats. May be negative in a ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "database", derive(sea_orm::DeriveValueType))]
pub struct Money(pub i64);

/// A sum that does not fit, or a share that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("money arithmetic out of range")]
pub struct MoneyError;

impl Money {
    pub const ZERO: Self = Self(0);
    /// The highest price one unit may have (one hundred billion rupiah): any quantity we accept
    /// times this price, summed over any cart we accept, fits in an `i64`.
    pub const MAX_PRICE: Self = Self(100_000_000_000);

    /// Whole rupiah.
    pub const fn rupiah(self) -> i64 {
        self.0
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_add(other.0).map(Self).ok_or(MoneyError)
    }

    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0.checked_sub(other.0).map(Self).ok_or(MoneyError)
    }

    /// Price times quantity.
    pub fn checked_mul(self, quantity: i64) -> Result<Self, MoneyError> {
        self.0.checked_mul(quantity).map(Self).ok_or(MoneyError)
    }

    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// `basis_points` ten-thousandths of the amount, rounded half up (commission, percentages).
    pub fn basis_points(self, basis_points: i64) -> Result<Self, MoneyError> {
        self.proportion(basis_points, 10_000)
    }

    /// `part / whole` of the amount, rounded half up. `whole` is positive.
    pub fn proportion(self, part: i64, whole: i64) -> Result<Self, MoneyError> {
        if whole <= 0 {
            return Err(MoneyError);
        }
        let (product, whole) = (i128::from(self.0) * i128::from(part), i128::from(whole));
        i64::try_from((product * 2 + whole).div_euclid(whole * 2)).map(Self).map_err(|_| MoneyError)
    }

    /// Splits the amount over `weights` by the largest remainder: the shares are whole rupiah,
    /// sum exactly to the amount, and each is within one rupiah of its exact proportion.
    /// Ties go to the earlier weight. Fails when a weight is negative or all are zero.
    pub fn split(self, weights: &[Self]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|w| i128::from(w.0)).sum();
        if self.0 < 0 || total <= 0 || weights.iter().any(|w| w.0 < 0) {
            return Err(MoneyError);
        }
        let exact = |w: &Self| i128::from(self.0) * i128::from(w.0);
        let mut shares = Vec::with_capacity(weights.len());
        for weight in weights {
            shares.push(i64::try_from(exact(weight) / total).map_err(|_| MoneyError)?);
        }
        let mut left = self.0 - shares.iter().sum::<i64>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(exact(&weights[i]) % total));
        for index in order {
            if left == 0 {
                break;
            }
            shares[index] += 1;
            left -= 1;
        }
        Ok(shares.into_iter().map(Self).collect())
    }
}

impl Money {
    /// `Rp 132.000` in Indonesian, `Rp 132,000` in English.
    pub fn written(self, locale: crate::Locale) -> String {
        match locale {
            crate::Locale::Id => self.to_string(),
            crate::Locale::En => self.to_string().replace('.', ","),
        }
    }
}

/// `Rp 132.000`, the way prices are written in Indonesia; `-Rp 5.000` when negative.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + 8);
        if self.0 < 0 {
            text.push('-');
        }
        text.push_str("Rp ");
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_written_as_in_indonesia() {
        assert_eq!(Money(132_000).to_string(), "Rp 132.000");
        assert_eq!(Money(0).to_string(), "Rp 0");
        assert_eq!(Money(-1_250_000).to_string(), "-Rp 1.250.000");
        assert_eq!(Money(999).to_string(), "Rp 999");
        assert_eq!(Money(-1_250_000).written(crate::Locale::En), "-Rp 1,250,000");
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert_eq!(Money(i64::MAX).checked_add(Money(1)), Err(MoneyError));
        assert_eq!(Money(i64::MAX).checked_mul(2), Err(MoneyError));
        assert_eq!(Money(5).split(&[Money(0)]), Err(MoneyError));
        assert_eq!(Money(5).split(&[Money(-1), Money(2)]), Err(MoneyError));
    }

    #[test]
    fn rounds_basis_points_half_up() {
        assert_eq!(Money(10_050).basis_points(250), Ok(Money(251)));
        assert_eq!(Money(10_000).basis_points(0), Ok(Money(0)));
    }

    #[test]
    fn gives_the_remainder_to_the_largest_fraction() {
        let shares = Money(100).split(&[Money(1), Money(1), Money(1)]);
        assert_eq!(shares, Ok(vec![Money(34), Money(33), Money(33)]));
    }

    proptest! {
        #[test]
        fn shares_always_sum_to_the_amount(
            amount in 0..i64::MAX / 2,
            weights in prop::collection::vec(0..1_000_000_000_000_i64, 1..12),
        ) {
            let weights: Vec<Money> = weights.into_iter().map(Money).collect();
            prop_assume!(weights.iter().any(|w| w.0 > 0));
            let shares = Money(amount).split(&weights).unwrap();
            prop_assert_eq!(Money::sum(shares.iter().copied()), Ok(Money(amount)));
            prop_assert!(shares.iter().all(|s| s.0 >= 0));
        }
    }
}
