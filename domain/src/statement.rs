//! A store's statement of a month.

use crate::analytics::WIB;
use crate::ledger::AccountKind;
use crate::macros::{states, view};
use crate::{Error, Money, Result};
use chrono::{DateTime, Datelike, Months, NaiveDate, TimeZone, Utc};

states! {
    pub enum StatementKind {
        /// Goods, with the tax on them.
        Sale = "sale",
        Shipping = "shipping",
        Voucher = "voucher",
        Commission = "commission",
        CommissionTax = "commission_tax",
        /// PPN on goods, withheld.
        Tax = "tax",
        Refund = "refund",
        /// Cash of buyers that the store's courier took, and the store keeps.
        CashKept = "cash_kept",
        Payout = "payout",
        Other = "other",
    }
}

view! {
    pub struct Statement {
        pub store: String,
        /// `2026-11`.
        pub month: String,
        pub opening: Money,
        pub lines: Vec<StatementLine>,
        pub closing: Money,
        /// Sum per kind, in the order of the kinds; without zeros.
        pub sums: Vec<StatementSum>,
    }
    pub struct StatementLine {
        pub at: DateTime<Utc>,
        pub kind: StatementKind,
        pub order_number: Option<String>,
        /// Number of the payout.
        pub payout_number: Option<String>,
        /// Positive: to the store.
        pub amount: Money,
        /// After this line.
        pub balance: Money,
    }
    pub struct StatementSum { pub kind: StatementKind, pub amount: Money }
}

impl StatementKind {
    /// What a line of a store's transaction on another account means to the store. `amount`: debit
    /// positive. The turnover of shipping is taken out of the sale and shown by itself.
    pub const fn of(account: AccountKind, amount: Money) -> Self {
        match account {
            AccountKind::Escrow => Self::Sale,
            AccountKind::Shipping if amount.0 < 0 => Self::Sale,
            AccountKind::Shipping => Self::Shipping,
            AccountKind::VoucherFunding => Self::Voucher,
            AccountKind::Commission => Self::Commission,
            AccountKind::CommissionTax => Self::CommissionTax,
            AccountKind::Tax => Self::Tax,
            AccountKind::RefundPayable => Self::Refund,
            AccountKind::CodReceivable => Self::CashKept,
            // From the bank: it came back days after it was sent.
            AccountKind::PayoutTransit | AccountKind::Bank => Self::Payout,
            _ => Self::Other,
        }
    }
}

/// A calendar month in WIB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month(NaiveDate);

impl Month {
    /// Reads `2026-11`.
    pub fn parse(text: &str) -> Result<Self> {
        let first = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten();
        let first: NaiveDate = first.ok_or_else(|| Error::invalid("month", "invalid_date"))?;
        if (2000..=2200).contains(&first.year()) { Ok(Self(first)) } else { Err(Error::invalid("month", "out_of_range")) }
    }

    /// The month a moment falls in.
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = crate::analytics::local_day(at, WIB);
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Its first moment and that of the next month.
    pub fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let next = self.0.checked_add_months(Months::new(1)).unwrap_or(self.0);
        (midnight(self.0), midnight(next))
    }

    pub fn previous(self) -> Self {
        Self(self.0.checked_sub_months(Months::new(1)).unwrap_or(self.0))
    }

    pub fn next(self) -> Self {
        Self(self.0.checked_add_months(Months::new(1)).unwrap_or(self.0))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// The moment a day begins in WIB.
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = WIB.from_local_datetime(&day.and_time(chrono::NaiveTime::MIN)).single();
    local.map(|at| at.with_timezone(&Utc)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_in_jakarta() {
        let month = Month::parse("2026-12").unwrap();
        let (from, to) = month.bounds();
        assert_eq!(
            (from.to_rfc3339(), to.to_rfc3339()),
            ("2026-11-30T17:00:00+00:00".into(), "2026-12-31T17:00:00+00:00".into())
        );
        assert_eq!(Month::of(from).to_string(), "2026-12");
        assert_eq!(month.next().to_string(), "2027-01");
        for bad in ["2026-13", "2026-1", "", "20261-1", "1026-01", "2026-11-01"] {
            assert!(Month::parse(bad).is_err(), "{bad}");
        }
    }
}
