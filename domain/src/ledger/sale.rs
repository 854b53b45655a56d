//! What a sale gives to whom, frozen when it was made.

use crate::{Money, MoneyError};

/// Amounts of an order. `total` is what the buyer pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sale {
    pub total: Money,
    pub shipping: Money,
    /// Paid by the platform, not by the buyer.
    pub discount: Money,
    /// PPN on the goods, part of the total.
    pub tax: Money,
    pub commission: Money,
    /// PPN on the commission.
    pub commission_tax: Money,
}

impl Sale {
    /// What the store gets.
    pub fn to_seller(self) -> Result<Money, MoneyError> {
        let kept = Money::sum([self.commission, self.commission_tax, self.tax])?;
        self.total.checked_add(self.discount)?.checked_sub(kept)
    }

    /// The sale when only `held` of its total is left: every part in proportion, rounded half up.
    pub fn of(self, held: Money) -> Result<Self, MoneyError> {
        if held == self.total {
            return Ok(self);
        }
        let part = |amount: Money| amount.proportion(held.0, self.total.0.max(1));
        Ok(Self {
            total: held,
            shipping: part(self.shipping)?,
            discount: part(self.discount)?,
            tax: part(self.tax)?,
            commission: part(self.commission)?,
            commission_tax: part(self.commission_tax)?,
        })
    }

    /// What is undone when what is left sinks from `before` to `after`. Differences of [`Self::of`]:
    /// whatever the steps, together they undo the whole sale to the rupiah.
    pub fn undone(self, before: Money, after: Money) -> Result<Self, MoneyError> {
        let (before, after) = (self.of(before)?, self.of(after)?);
        Ok(Self {
            total: before.total.checked_sub(after.total)?,
            shipping: before.shipping.checked_sub(after.shipping)?,
            discount: before.discount.checked_sub(after.discount)?,
            tax: before.tax.checked_sub(after.tax)?,
            commission: before.commission.checked_sub(after.commission)?,
            commission_tax: before.commission_tax.checked_sub(after.commission_tax)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StoreId;
    use crate::ledger::Balanced;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn sales() -> impl Strategy<Value = Sale> {
        (1_i64..1_000_000_000, 0..10_000_i64, 0..10_000_i64, 0..10_000_i64).prop_map(|(total, shipping, tax, commission)| {
            let part = |bps: i64| Money(total).proportion(bps, 30_000).unwrap();
            let commission = part(commission);
            let commission_tax = commission.basis_points(1_100).unwrap();
            Sale {
                total: Money(total),
                shipping: part(shipping),
                discount: Money::ZERO,
                tax: part(tax),
                commission,
                commission_tax,
            }
        })
    }

    proptest! {
        /// However a sale is undone, in whatever steps: every step balances and nothing is left over.
        #[test]
        fn refunds_in_any_steps_undo_the_whole_sale(sale in sales(), mut cuts in prop::collection::vec(0..=10_000_i64, 0..6)) {
            cuts.sort_unstable_by(|a, b| b.cmp(a));
            let mut left: Vec<Money> = cuts.iter().map(|c| sale.total.proportion(*c, 10_000).unwrap()).collect();
            left.push(Money::ZERO);
            let store = StoreId(Uuid::from_u128(1));
            prop_assert!(Balanced::release(store, sale).is_ok());
            let (mut before, mut sum) = (sale.total, Sale::default());
            for after in left {
                let step = sale.undone(before, after).unwrap();
                prop_assert!(Balanced::take_back(store, step).is_ok());
                sum.total.0 += step.total.0;
                sum.commission.0 += step.commission.0;
                sum.tax.0 += step.tax.0;
                sum.commission_tax.0 += step.commission_tax.0;
                sum.shipping.0 += step.shipping.0;
                before = after;
            }
            prop_assert_eq!(sum, sale);
        }
    }
}
