//! Lines that sum to zero.

use super::{Account, AccountKind, Sale};
use crate::id::StoreId;
use crate::{Money, MoneyError};

/// One line of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub account: Account,
    /// Debit positive, credit negative.
    pub amount: Money,
}

impl Entry {
    pub fn debit(account: impl Into<Account>, amount: Money) -> Self {
        Self { account: account.into(), amount }
    }

    /// Fails when the amount has no negative.
    pub fn credit(account: impl Into<Account>, amount: Money) -> Result<Self, MoneyError> {
        Ok(Self { account: account.into(), amount: Money::ZERO.checked_sub(amount)? })
    }
}

/// Lines that sum to zero; cannot be built otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balanced(Vec<Entry>);

impl Balanced {
    /// Moves `amount` from the credit account to the debit account.
    pub fn transfer(debit: impl Into<Account>, credit: impl Into<Account>, amount: Money) -> Result<Self, MoneyError> {
        Self::new(vec![Entry::debit(debit, amount), Entry::credit(credit, amount)?])
    }

    pub fn new(entries: Vec<Entry>) -> Result<Self, MoneyError> {
        let entries: Vec<Entry> = entries.into_iter().filter(|e| e.amount != Money::ZERO).collect();
        if Money::sum(entries.iter().map(|e| e.amount))? == Money::ZERO { Ok(Self(entries)) } else { Err(MoneyError) }
    }

    /// Release of a delivered order: what is left of it in escrow goes to the seller, less commission
    /// and taxes. Shipping passes through an account of its own: its turnover stays visible.
    pub fn release(store: StoreId, sale: Sale) -> Result<Self, MoneyError> {
        use AccountKind as A;
        let of = |kind| Account::from((kind, Some(store)));
        Self::new(vec![
            Entry::debit(of(A::Escrow), sale.total),
            Entry::debit(of(A::VoucherFunding), sale.discount),
            Entry::credit(of(A::Shipping), sale.shipping)?,
            Entry::debit(of(A::Shipping), sale.shipping),
            Entry::credit(of(A::Commission), sale.commission)?,
            Entry::credit(of(A::CommissionTax), sale.commission_tax)?,
            Entry::credit(of(A::Tax), sale.tax)?,
            Entry::credit(of(A::SellerPayable), sale.to_seller()?)?,
        ])
    }

    /// A refund after the release: the seller, the commission and the taxes each give back their part.
    /// `back` is the part of the sale that is undone ([`Sale::undone`]). The seller's balance may
    /// become negative; later releases fill it up.
    pub fn take_back(store: StoreId, back: Sale) -> Result<Self, MoneyError> {
        use AccountKind as A;
        let of = |kind| Account::from((kind, Some(store)));
        Self::new(vec![
            Entry::debit(of(A::SellerPayable), back.to_seller()?),
            Entry::debit(of(A::Commission), back.commission),
            Entry::debit(of(A::CommissionTax), back.commission_tax),
            Entry::debit(of(A::Tax), back.tax),
            Entry::credit(of(A::VoucherFunding), back.discount)?,
            Entry::credit(A::RefundPayable, back.total)?,
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
        let entry = |amount| Entry::debit(AccountKind::Escrow, Money(amount));
        assert!(Balanced::new(vec![entry(5), entry(-4)]).is_err());
        assert!(Balanced::new(vec![entry(5), entry(-5)]).is_ok());
    }

    #[test]
    fn release_pays_the_seller_less_commission_and_taxes() {
        let store = StoreId(Uuid::from_u128(1));
        let sale = Sale {
            total: Money(129_000),
            shipping: Money(18_000),
            discount: Money::ZERO,
            tax: Money(11_000),
            commission: Money(2_500),
            commission_tax: Money(275),
        };
        let balanced = Balanced::release(store, sale).unwrap();
        let amounts: Vec<i64> = balanced.entries().iter().map(|e| e.amount.0).collect();
        assert_eq!(amounts, [129_000, -18_000, 18_000, -2_500, -275, -11_000, -115_225]);
        assert_eq!(Balanced::take_back(store, sale).unwrap().entries().last().unwrap().amount, Money(-129_000));
    }
}
