//! Which part of the books is asked for, as the address has it.

use super::ReportPeriod;
use crate::ledger::{AccountKind, LedgerKind};
use crate::validate::Checks;
use crate::{FieldError, Result};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Filter of the transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionQuery {
    /// Of any of these kinds; empty: of all.
    pub kinds: Vec<LedgerKind>,
    /// That moved any of these accounts, and how much of them; empty: of all.
    pub accounts: Vec<AccountKind>,
    /// With money at this gateway.
    pub gateway: Option<String>,
    /// Slug.
    pub store: Option<String>,
    /// Number of an order or payout, or id of a payment.
    pub keywords: String,
    /// Days in WIB, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Filter of the ledger's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerQuery {
    /// On any of these accounts; empty: on all.
    pub accounts: Vec<AccountKind>,
    pub gateway: Option<String>,
    /// Slug.
    pub store: Option<String>,
    /// Days in WIB, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Filter of the balances per store and gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BalanceQuery {
    /// Of these accounts; empty: of all.
    pub accounts: Vec<AccountKind>,
    /// Only those on the wrong side.
    pub is_negative: bool,
}

/// URL parameters of ledger, transactions and reports, as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FinanceFilter {
    /// Several by commas.
    #[serde(default)]
    pub kind: Option<String>,
    /// Several by commas.
    #[serde(default)]
    pub account: Option<String>,
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
        let (kinds, accounts) = (all_of(&mut checks, "kind", &self.kind), all_of(&mut checks, "account", &self.account));
        let (from, to) = (day(&mut checks, "from", &self.from), day(&mut checks, "to", &self.to));
        // Ids of payments may look like card numbers by chance.
        let keywords = present(&self.q).map(|q| checks.foreign_code("q", q, 100)).unwrap_or_default();
        let (gateway, store) = self.whose(&mut checks);
        checks.finish(TransactionQuery { kinds, accounts, gateway, store, keywords, from, to })
    }

    /// Kind and keywords do not count.
    pub fn ledger(&self) -> Result<LedgerQuery> {
        let mut checks = Checks::new();
        let accounts = all_of(&mut checks, "account", &self.account);
        let (from, to) = (day(&mut checks, "from", &self.from), day(&mut checks, "to", &self.to));
        let (gateway, store) = self.whose(&mut checks);
        checks.finish(LedgerQuery { accounts, gateway, store, from, to })
    }

    /// Only the accounts count.
    pub fn balances(&self, is_negative: bool) -> Result<BalanceQuery> {
        let mut checks = Checks::new();
        let accounts = all_of(&mut checks, "account", &self.account);
        checks.finish(BalanceQuery { accounts, is_negative })
    }

    /// Gateway and slug of the store.
    fn whose(&self, checks: &mut Checks) -> (Option<String>, Option<String>) {
        let gateway = present(&self.gateway).map(|t| checks.optional_line("gateway", t, 60));
        (gateway, present(&self.store).map(|t| checks.optional_line("store", t, 100)))
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

/// The names between commas, each once.
fn all_of<T: FromStr<Err = ()> + Ord>(checks: &mut Checks, field: &str, text: &Option<String>) -> Vec<T> {
    let names: Option<BTreeSet<T>> =
        present(text).into_iter().flat_map(|t| t.split(',')).map(|t| t.trim().parse().ok()).collect();
    checks.require(names.is_some(), field, "unknown_value");
    names.into_iter().flatten().collect()
}

pub(crate) fn day(checks: &mut Checks, field: &str, text: &Option<String>) -> Option<NaiveDate> {
    let day: Option<NaiveDate> =
        present(text).and_then(|t| t.parse().map_err(|_| checks.add(FieldError::new(field, "invalid_date"))).ok());
    let is_near = |d: &NaiveDate| (2000..=2200).contains(&d.year());
    checks.require(day.as_ref().is_none_or(is_near), field, "out_of_range");
    day.filter(is_near)
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

    #[test]
    fn several_kinds_and_accounts_are_named_by_commas() {
        let filter = |kind: &str, account: &str| FinanceFilter {
            kind: Some(kind.into()),
            account: Some(account.into()),
            ..Default::default()
        };
        let query = filter("charge, surplus,charge", "tax").transactions().unwrap();
        assert_eq!((query.kinds, query.accounts), (vec![LedgerKind::Charge, LedgerKind::Surplus], vec![AccountKind::Tax]));
        assert!(filter("", "").transactions().unwrap().kinds.is_empty());
        let fields =
            |f: FinanceFilter| f.transactions().unwrap_err().fields().iter().map(|f| f.field.clone()).collect::<Vec<_>>();
        assert_eq!(fields(filter("charge,", "kas")), ["kind", "account"]);
    }
}
