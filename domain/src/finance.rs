//! What finance sees: the ledger, transactions and reports.

use crate::id::{LedgerTransactionId, PaymentId, PayoutId};
use crate::ledger::{AccountKind, LedgerKind};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{FieldError, Money, MoneyError, Page, Result};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

view! {
    /// One line of the ledger.
    pub struct LedgerRow {
        pub transaction_id: LedgerTransactionId,
        pub at: DateTime<Utc>,
        pub kind: LedgerKind,
        pub account: AccountKind,
        pub store: Option<String>,
        /// Where the money is, for clearing and fees.
        pub gateway: Option<String>,
        pub order_number: Option<String>,
        pub payment_id: Option<PaymentId>,
        /// Debit positive, credit negative.
        pub amount: Money,
    }
    /// Balance of an account.
    pub struct AccountBalance { pub account: AccountKind, pub balance: Money }
    /// A transaction in a list.
    pub struct TransactionRow {
        pub id: LedgerTransactionId,
        pub at: DateTime<Utc>,
        pub kind: LedgerKind,
        pub order_number: Option<String>,
        pub payment_id: Option<PaymentId>,
        pub payout: Option<PayoutLink>,
        pub stores: Vec<String>,
        pub gateways: Vec<String>,
        /// What was moved: the sum of its debits.
        pub amount: Money,
    }
    pub struct PayoutLink { pub id: PayoutId, pub number: String }
    /// A transaction with everything it booked.
    pub struct TransactionView { pub transaction: TransactionRow, pub entries: Vec<LedgerRow> }
    /// Sums over everything the filter finds, not only the page.
    pub struct TransactionTotals { pub count: i64, pub amount: Money }
    pub struct Transactions { pub page: Page<TransactionRow>, pub totals: TransactionTotals }
    /// Figures of a day or month.
    pub struct ReportRow {
        /// The day, or the first of the month, in WIB.
        pub date: NaiveDate,
        pub figures: ReportFigures,
    }
    /// What moved. All positive in the usual direction.
    #[derive(Default)]
    pub struct ReportFigures {
        /// Received from buyers.
        pub received: Money,
        /// Taken by stores at the door, and kept by them.
        pub cash: Money,
        /// Sent back to buyers.
        pub refunded: Money,
        /// Released to stores, before commission.
        pub released: Money,
        /// Commission earned, less what refunds took back.
        pub commission: Money,
        /// PPN on goods and commission.
        pub tax: Money,
        /// Paid out to stores by the bank.
        pub paid_out: Money,
        /// Paid out to us by gateways, after their fees.
        pub settled: Money,
        pub fees: Money,
    }
    pub struct GatewayFigures { pub gateway: String, pub figures: ReportFigures, pub clearing: Money }
    pub struct Report {
        pub period: ReportPeriod,
        pub from: NaiveDate,
        pub to: NaiveDate,
        /// Every day or month of the range, also the empty ones.
        pub rows: Vec<ReportRow>,
        pub gateways: Vec<GatewayFigures>,
        pub total: ReportFigures,
    }
}

states! {
    pub enum ReportPeriod { Day = "day", Month = "month" }
}

/// Filter of the transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionQuery {
    pub kind: Option<LedgerKind>,
    pub gateway: Option<String>,
    /// Slug.
    pub store: Option<String>,
    /// Number of an order or payout, or id of a payment.
    pub keywords: String,
    /// Days in WIB, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// URL parameters of transactions and reports, as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FinanceFilter {
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub gateway: Option<String>,
    #[serde(default)]
    pub store: Option<String>,
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    #[serde(default)]
    pub period: Option<String>,
}

/// Days of a report by day; months are ten times as many.
const MAX_DAYS: i64 = 366;

impl FinanceFilter {
    /// Empty parameters count as absent.
    pub fn transactions(&self) -> Result<TransactionQuery> {
        let mut checks = Checks::new();
        let kind =
            present(&self.kind).and_then(|t| t.parse().map_err(|()| checks.add(FieldError::new("kind", "unknown_value"))).ok());
        let (from, to) = (day(&mut checks, "from", &self.from), day(&mut checks, "to", &self.to));
        // Ids of payments may look like card numbers by chance.
        let keywords = present(&self.q).map(|q| checks.foreign_code("q", q, 100)).unwrap_or_default();
        let gateway = present(&self.gateway).map(|t| checks.optional_line("gateway", t, 60));
        let store = present(&self.store).map(|t| checks.optional_line("store", t, 100));
        checks.finish(TransactionQuery { kind, gateway, store, keywords, from, to })
    }

    /// The last 30 days, or 12 months, unless named.
    pub fn report(&self, today: NaiveDate) -> Result<(ReportPeriod, NaiveDate, NaiveDate)> {
        let mut checks = Checks::new();
        let period = present(&self.period)
            .and_then(|t| t.parse().map_err(|()| checks.add(FieldError::new("period", "unknown_value"))).ok())
            .unwrap_or(ReportPeriod::Day);
        let to = day(&mut checks, "to", &self.to).unwrap_or(today);
        let usual = match period {
            ReportPeriod::Day => to.checked_sub_days(Days::new(29)),
            ReportPeriod::Month => to.with_day(1).and_then(|first| first.checked_sub_months(Months::new(11))),
        };
        let from = day(&mut checks, "from", &self.from).or(usual).unwrap_or(to);
        let days = (to - from).num_days();
        let most = if period == ReportPeriod::Day { MAX_DAYS } else { MAX_DAYS * 10 };
        checks.require((0..most).contains(&days), "from", "out_of_range");
        checks.finish((period, from, to))
    }
}

pub(crate) fn present(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty())
}

pub(crate) fn day(checks: &mut Checks, field: &str, text: &Option<String>) -> Option<NaiveDate> {
    let day: Option<NaiveDate> =
        present(text).and_then(|t| t.parse().map_err(|_| checks.add(FieldError::new(field, "invalid_date"))).ok());
    let is_near = |d: &NaiveDate| (2000..=2200).contains(&d.year());
    checks.require(day.as_ref().is_none_or(is_near), field, "out_of_range");
    day.filter(is_near)
}

impl ReportPeriod {
    /// The day a row of the report stands for.
    pub fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    pub fn next(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => day.checked_add_days(Days::new(1)),
            Self::Month => day.checked_add_months(Months::new(1)),
        }
    }
}

impl ReportFigures {
    /// Counts entries of one kind and account. `amount`: debit positive.
    pub fn count(&mut self, kind: LedgerKind, account: AccountKind, amount: Money) -> std::result::Result<(), MoneyError> {
        use AccountKind as A;
        use LedgerKind as K;
        let (figure, is_debit) = match (account, kind) {
            (A::GatewayClearing, K::RefundPaid) => (&mut self.refunded, false),
            (A::GatewayClearing, K::Settlement) => return Ok(()),
            (A::GatewayClearing, _) => (&mut self.received, true),
            (A::CodReceivable, K::CodCollected) => (&mut self.cash, true),
            (A::Escrow, K::Release) => (&mut self.released, true),
            (A::Commission, _) => (&mut self.commission, false),
            (A::Tax | A::CommissionTax, _) => (&mut self.tax, false),
            (A::Bank, K::PayoutSettled) => (&mut self.paid_out, false),
            (A::Bank, K::Settlement) => (&mut self.settled, true),
            (A::GatewayFee, _) => (&mut self.fees, true),
            _ => return Ok(()),
        };
        *figure = if is_debit { figure.checked_add(amount)? } else { figure.checked_sub(amount)? };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_cover_a_month_or_a_year_unless_asked() {
        let today: NaiveDate = "2026-11-21".parse().unwrap();
        let filter = |period: &str, from: &str| FinanceFilter {
            period: Some(period.into()),
            from: Some(from.into()),
            ..Default::default()
        };
        let days = |f: FinanceFilter| f.report(today).map(|(_, from, to)| (from.to_string(), (to - from).num_days()));
        assert_eq!(days(filter("", "")), Ok(("2026-10-23".into(), 29)));
        assert_eq!(days(filter("month", "")).unwrap().0, "2025-12-01");
        assert!(days(filter("day", "2020-01-01")).is_err());
        assert!(days(filter("week", "")).is_err());
        assert!(days(filter("", "2026-12-01")).is_err());
    }
}
