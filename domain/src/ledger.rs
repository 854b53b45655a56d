//! The money trail: double entry, append-only. An entry's amount is positive for debit, negative
//! for credit; every transaction sums to zero.

use crate::id::StoreId;
use crate::macros::states;
use crate::{Money, MoneyError};

states! {
    /// Kinds of account. One account exists per kind and, where it concerns a store, per store.
    pub enum AccountKind {
        /// Asset: money a gateway holds for us (per gateway name).
        GatewayClearing = "gateway_clearing",
        /// Liability: buyers' money for orders not yet delivered.
        Escrow = "escrow",
        /// Liability: what a store may draw.
        SellerPayable = "seller_payable",
        /// Income of the platform.
        Commission = "commission",
        /// Liability: money that must go back to buyers.
        RefundPayable = "refund_payable",
        /// Income: suffixes of transfers that stay in the house.
        Rounding = "rounding",
    }
    /// What a ledger transaction records.
    pub enum LedgerKind {
        /// Buyer paid: clearing ↔ escrow.
        Charge = "charge",
        /// Order delivered: escrow ↔ seller and commission.
        Release = "release",
        /// Paid order cancelled: escrow ↔ refund payable.
        RefundDue = "refund_due",
        /// Money nobody waited for: clearing ↔ refund payable.
        UnexpectedMoney = "unexpected_money",
        /// Suffix of a transfer that stays in the house: clearing ↔ rounding.
        Surplus = "surplus",
        /// Refund carried out: refund payable ↔ clearing.
        RefundPaid = "refund_paid",
    }
}

/// One line of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub account: AccountKind,
    pub store: Option<StoreId>,
    /// Debit positive, credit negative.
    pub amount: Money,
}

/// Lines that sum to zero; cannot be built otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balanced(Vec<Entry>);

impl Balanced {
    /// Moves `amount` from the credit account to the debit account.
    pub fn transfer(
        debit: (AccountKind, Option<StoreId>),
        credit: (AccountKind, Option<StoreId>),
        amount: Money,
    ) -> Result<Self, MoneyError> {
        let negative = Money::ZERO.checked_sub(amount)?;
        Self::new(vec![
            Entry { account: debit.0, store: debit.1, amount },
            Entry { account: credit.0, store: credit.1, amount: negative },
        ])
    }

    pub fn new(entries: Vec<Entry>) -> Result<Self, MoneyError> {
        let entries: Vec<Entry> = entries.into_iter().filter(|e| e.amount != Money::ZERO).collect();
        if Money::sum(entries.iter().map(|e| e.amount))? == Money::ZERO { Ok(Self(entries)) } else { Err(MoneyError) }
    }

    /// Release of a delivered order: escrow to the seller, less the commission.
    pub fn release(store: StoreId, total: Money, commission: Money) -> Result<Self, MoneyError> {
        let to_seller = total.checked_sub(commission)?;
        Self::new(vec![
            Entry { account: AccountKind::Escrow, store: Some(store), amount: total },
            Entry { account: AccountKind::SellerPayable, store: Some(store), amount: Money::ZERO.checked_sub(to_seller)? },
            Entry { account: AccountKind::Commission, store: Some(store), amount: Money::ZERO.checked_sub(commission)? },
        ])
    }

    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn refuses_what_does_not_balance() {
        let entry = |amount| Entry { account: AccountKind::Escrow, store: None, amount: Money(amount) };
        assert!(Balanced::new(vec![entry(5), entry(-4)]).is_err());
        assert!(Balanced::new(vec![entry(5), entry(-5)]).is_ok());
    }

    #[test]
    fn release_pays_the_seller_less_commission() {
        let store = StoreId(Uuid::from_u128(1));
        let balanced = Balanced::release(store, Money(100_000), Money(2_500)).unwrap();
        let amounts: Vec<i64> = balanced.entries().iter().map(|e| e.amount.0).collect();
        assert_eq!(amounts, [100_000, -97_500, -2_500]);
    }
}
