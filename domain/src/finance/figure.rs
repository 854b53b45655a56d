//! The figures of a report, each with the entries that add up to it.

use super::{FinanceFilter, ReportFigures};
use crate::ledger::{AccountKind, LedgerKind};
use crate::{Money, MoneyError};
use chrono::NaiveDate;

/// A figure of a report, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Received,
    Cash,
    Refunded,
    ChargedBack,
    Released,
    Commission,
    Tax,
    PaidOut,
    Settled,
    Fees,
}

impl Figure {
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Cash,
        Self::Refunded,
        Self::ChargedBack,
        Self::Released,
        Self::Commission,
        Self::Tax,
        Self::PaidOut,
        Self::Settled,
        Self::Fees,
    ];

    /// Those that a gateway has a part in: the others belong to stores.
    pub const OF_GATEWAYS: [Self; 5] = [Self::Received, Self::Refunded, Self::ChargedBack, Self::Settled, Self::Fees];

    /// Accounts and kinds (none: all) of the entries that make it up. No entry is in two figures.
    const fn parts(self) -> (&'static [AccountKind], &'static [LedgerKind]) {
        use AccountKind as A;
        use LedgerKind as K;
        match self {
            Self::Received => (&[A::GatewayClearing], &[K::Charge, K::UnexpectedMoney, K::Surplus]),
            Self::Cash => (&[A::CodReceivable], &[K::CodCollected]),
            // At the gateway, or from our bank when a person sent it.
            Self::Refunded => (&[A::GatewayClearing, A::Bank], &[K::RefundPaid]),
            Self::ChargedBack => (&[A::GatewayClearing], &[K::Chargeback]),
            Self::Released => (&[A::Escrow], &[K::Release]),
            Self::Commission => (&[A::Commission], &[]),
            Self::Tax => (&[A::Tax, A::CommissionTax], &[]),
            // Less what the stores' banks sent back.
            Self::PaidOut => (&[A::Bank], &[K::PayoutSettled, K::PayoutReturned]),
            Self::Settled => (&[A::Bank], &[K::Settlement]),
            Self::Fees => (&[A::GatewayFee], &[]),
        }
    }

    /// Whether debits make it more; else credits do.
    pub const fn is_debit(self) -> bool {
        matches!(self, Self::Received | Self::Cash | Self::Released | Self::Settled | Self::Fees)
    }

    /// The filter of the transactions whose sum it is, up to its sign.
    pub fn filter(self, (from, to): (NaiveDate, NaiveDate), gateway: Option<&str>) -> FinanceFilter {
        let (accounts, kinds) = self.parts();
        let list = |names: Vec<&str>| Some(names.join(",")).filter(|list| !list.is_empty());
        FinanceFilter {
            account: list(accounts.iter().map(|a| a.as_str()).collect()),
            kind: list(kinds.iter().map(|k| k.as_str()).collect()),
            gateway: gateway.map(str::to_owned),
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            ..Default::default()
        }
    }
}

impl ReportFigures {
    pub const fn of(&self, figure: Figure) -> Money {
        match figure {
            Figure::Received => self.received,
            Figure::Cash => self.cash,
            Figure::Refunded => self.refunded,
            Figure::ChargedBack => self.charged_back,
            Figure::Released => self.released,
            Figure::Commission => self.commission,
            Figure::Tax => self.tax,
            Figure::PaidOut => self.paid_out,
            Figure::Settled => self.settled,
            Figure::Fees => self.fees,
        }
    }

    const fn of_mut(&mut self, figure: Figure) -> &mut Money {
        match figure {
            Figure::Received => &mut self.received,
            Figure::Cash => &mut self.cash,
            Figure::Refunded => &mut self.refunded,
            Figure::ChargedBack => &mut self.charged_back,
            Figure::Released => &mut self.released,
            Figure::Commission => &mut self.commission,
            Figure::Tax => &mut self.tax,
            Figure::PaidOut => &mut self.paid_out,
            Figure::Settled => &mut self.settled,
            Figure::Fees => &mut self.fees,
        }
    }

    /// Counts entries of one kind and account. `amount`: debit positive.
    pub fn count(&mut self, kind: LedgerKind, account: AccountKind, amount: Money) -> Result<(), MoneyError> {
        for figure in Figure::ALL {
            let (accounts, kinds) = figure.parts();
            if accounts.contains(&account) && (kinds.is_empty() || kinds.contains(&kind)) {
                let sum = self.of_mut(figure);
                *sum = if figure.is_debit() { sum.checked_add(amount)? } else { sum.checked_sub(amount)? };
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_counts_twice() {
        for account in AccountKind::ALL {
            for kind in LedgerKind::ALL {
                let mut figures = ReportFigures::default();
                figures.count(*kind, *account, Money(1)).unwrap();
                let counted = Figure::ALL.iter().filter(|f| figures.of(**f) != Money::ZERO).count();
                assert!(counted <= 1, "{account} {kind}");
            }
        }
    }

    #[test]
    fn a_figure_is_found_again() {
        let day = "2026-11-21".parse().unwrap();
        let query = Figure::Tax.filter((day, day), None).transactions().unwrap();
        assert_eq!((query.accounts.len(), query.kinds.len(), query.from), (2, 0, Some(day)));
    }
}
