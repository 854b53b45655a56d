//! Rates of the platform, and how they become whole rupiah per line.

use crate::id::{CategoryId, StoreId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Money, MoneyError, Result};

/// A hundred percent, in ten-thousandths.
pub const WHOLE: i64 = 10_000;

states! {
    pub enum RateKind {
        /// Of the price of goods, kept by the platform.
        Commission = "commission",
        /// PPN on the commission; platform only.
        CommissionTax = "commission_tax",
    }
    /// How a store treats PPN.
    pub enum TaxMode {
        None = "none",
        /// Prices contain it.
        Included = "included",
        /// It comes on top of the prices.
        Added = "added",
    }
}

impl TaxMode {
    /// What of a tax the buyer pays on top of the prices.
    pub fn on_top(self, tax: Money) -> Money {
        if self == Self::Added { tax } else { Money::ZERO }
    }
}

view! {
    /// A rate, for the platform, a category (with everything below it) or a store.
    pub struct Rate {
        pub kind: RateKind,
        pub category_id: Option<CategoryId>,
        pub store_id: Option<StoreId>,
        /// Name of the category or store.
        pub name: Option<String>,
        /// Ten-thousandths.
        pub basis_points: i64,
    }
    /// Sets a rate, or takes an override away (`basis_points: null`).
    pub struct RateInput {
        pub kind: RateKind,
        #[serde(default)]
        pub category_id: Option<CategoryId>,
        #[serde(default)]
        pub store_id: Option<StoreId>,
        #[serde(default)]
        pub basis_points: Option<i64>,
    }
    /// PPN of an order or of a part of a cart.
    pub struct Tax {
        pub mode: TaxMode,
        /// Ten-thousandths.
        pub basis_points: i64,
        /// In the prices or on top of them, as the mode says.
        pub amount: Money,
    }
    /// How a store treats PPN.
    pub struct TaxRule {
        pub mode: TaxMode,
        /// Ten-thousandths; 1100 is 11 %.
        pub basis_points: i64,
    }
}

/// PPN as the law has it in 2026.
pub const PPN: i64 = 1_100;

impl RateInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        if let Some(rate) = self.basis_points {
            checks.range("basis_points", rate, 0, WHOLE);
        }
        checks.require(self.category_id.is_none() || self.store_id.is_none(), "store_id", "invalid");
        let is_platform = self.category_id.is_none() && self.store_id.is_none();
        checks.require(!is_platform || self.basis_points.is_some(), "basis_points", "required");
        checks.require(is_platform || self.kind == RateKind::Commission, "kind", "invalid");
        checks.finish(self)
    }
}

impl Tax {
    /// 1100 is "11", 1150 is "11,5".
    pub fn percent(&self) -> String {
        let (whole, rest) = (self.basis_points / 100, self.basis_points % 100);
        if rest == 0 { whole.to_string() } else { format!("{whole},{rest:02}").trim_end_matches('0').to_owned() }
    }
}

impl TaxRule {
    pub const NONE: Self = Self { mode: TaxMode::None, basis_points: PPN };

    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        checks.range("tax_basis_points", self.basis_points, 0, WHOLE);
        checks.finish(self)
    }

    /// The tax in or on each line.
    pub fn of_lines(&self, lines: &[Money]) -> std::result::Result<Vec<Money>, MoneyError> {
        let lines: Vec<(Money, i64)> = lines.iter().map(|line| (*line, self.basis_points)).collect();
        match self.mode {
            TaxMode::None => Ok(vec![Money::ZERO; lines.len()]),
            TaxMode::Included => apportion(&lines, WHOLE + self.basis_points),
            TaxMode::Added => apportion(&lines, WHOLE),
        }
    }

    /// The tax of all lines together.
    pub fn of(&self, lines: &[Money]) -> std::result::Result<Tax, MoneyError> {
        Ok(Tax { mode: self.mode, basis_points: self.basis_points, amount: Money::sum(self.of_lines(lines)?)? })
    }
}

impl Tax {
    /// The part that comes on top of the prices.
    pub fn on_top(&self) -> Money {
        if self.mode == TaxMode::Added { self.amount } else { Money::ZERO }
    }
}

impl Default for Tax {
    fn default() -> Self {
        Self { mode: TaxMode::None, basis_points: 0, amount: Money::ZERO }
    }
}

/// Takes `rate / base` of each amount. The sum is the exact sum rounded half up; the lines share it
/// by the largest remainder (ties to the earlier line), so that each is within one rupiah of exact.
pub fn apportion(lines: &[(Money, i64)], base: i64) -> std::result::Result<Vec<Money>, MoneyError> {
    if base <= 0 || lines.iter().any(|(amount, rate)| amount.0 < 0 || *rate < 0) {
        return Err(MoneyError);
    }
    let base = i128::from(base);
    let exact: Vec<i128> = lines.iter().map(|(amount, rate)| i128::from(amount.0) * i128::from(*rate)).collect();
    let total = (exact.iter().sum::<i128>() * 2 + base) / (base * 2);
    let mut shares: Vec<i128> = exact.iter().map(|e| e / base).collect();
    let left = usize::try_from(total - shares.iter().sum::<i128>()).map_err(|_| MoneyError)?;
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(exact[i] % base));
    for index in order.into_iter().take(left) {
        shares[index] += 1;
    }
    shares.into_iter().map(|share| i64::try_from(share).map(Money).map_err(|_| MoneyError)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_share_the_rounded_sum() {
        // 2.5 % of 100 is 2.5, rounded 3.
        let lines = [(Money(33), 250), (Money(33), 250), (Money(34), 250)];
        assert_eq!(apportion(&lines, WHOLE), Ok(vec![Money(1), Money(1), Money(1)]));
        let rule = TaxRule { mode: TaxMode::Included, basis_points: PPN };
        assert_eq!(rule.of_lines(&[Money(111_000)]), Ok(vec![Money(11_000)]));
        let rule = TaxRule { mode: TaxMode::Added, basis_points: PPN };
        assert_eq!(rule.of_lines(&[Money(100_000), Money(5)]), Ok(vec![Money(11_000), Money(1)]));
    }

    proptest! {
        #[test]
        fn sums_are_rounded_once_and_lines_stay_within_a_rupiah(
            lines in prop::collection::vec((0..1_000_000_000_000_i64, 0..=WHOLE), 0..20),
            included in 0..=WHOLE,
        ) {
            for base in [WHOLE, WHOLE + included] {
                let lines: Vec<(Money, i64)> = lines.iter().map(|(a, r)| (Money(*a), *r)).collect();
                let shares = apportion(&lines, base).unwrap();
                let exact: i128 = lines.iter().map(|(a, r)| i128::from(a.0) * i128::from(*r)).sum();
                let sum: i128 = shares.iter().map(|s| i128::from(s.0)).sum();
                prop_assert!((sum * i128::from(base) - exact).abs() * 2 <= i128::from(base));
                for ((amount, rate), share) in lines.iter().zip(shares) {
                    let exact = i128::from(amount.0) * i128::from(*rate);
                    prop_assert!((i128::from(share.0) * i128::from(base) - exact).abs() < i128::from(base));
                    prop_assert!(share.0 >= 0 && share <= *amount);
                }
            }
        }
    }
}
