//! Figures by day, month and gateway, straight from the ledger: every figure is a sum of entries.

use crate::db::dialect;
use crate::{Actor, Ctx, Error, Result};
use chrono::NaiveDate;
use domain::Money;
use domain::analytics::{WIB, local_day};
use domain::finance::{FinanceFilter, GatewayFigures, Report, ReportFigures, ReportPeriod, ReportRow};
use domain::identity::Permission;
use domain::ledger::{AccountKind, LedgerKind};
use domain::statement::midnight;
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeMap;

/// One statement, whatever the range.
pub async fn report(ctx: &Ctx, actor: &Actor, filter: &FinanceFilter) -> Result<Report> {
    actor.require(Permission::FinanceView)?;
    let (period, from, to) = filter.report(local_day(ctx.now(), WIB))?;
    let mut days: BTreeMap<NaiveDate, ReportFigures> = empty(period, from, to);
    let mut gateways: BTreeMap<String, (ReportFigures, Money)> = BTreeMap::new();
    let mut total = ReportFigures::default();
    for sum in sums(ctx, from, to).await? {
        let figures = days.entry(period.start(sum.day)).or_default();
        figures.count(sum.kind, sum.account, sum.amount)?;
        total.count(sum.kind, sum.account, sum.amount)?;
        if let Some(gateway) = sum.gateway {
            let (figures, clearing) = gateways.entry(gateway).or_default();
            figures.count(sum.kind, sum.account, sum.amount)?;
            if sum.account == AccountKind::GatewayClearing {
                *clearing = clearing.checked_add(sum.amount)?;
            }
            // What the bank got is what left the gateway, less the fee.
            if sum.kind == LedgerKind::Settlement {
                figures.settled = figures.settled.checked_sub(sum.amount)?;
            }
        }
    }
    let rows = days.into_iter().map(|(date, figures)| ReportRow { date, figures }).collect();
    let gateways =
        gateways.into_iter().map(|(gateway, (figures, clearing))| GatewayFigures { gateway, figures, clearing }).collect();
    Ok(Report { period, from, to, rows, gateways, total })
}

/// Every day or month of the range, so that an empty one shows as such.
fn empty(period: ReportPeriod, from: NaiveDate, to: NaiveDate) -> BTreeMap<NaiveDate, ReportFigures> {
    let first = Some(period.start(from));
    std::iter::successors(first, |day| period.next(*day))
        .take_while(|day| *day <= to)
        .map(|d| (d, ReportFigures::default()))
        .collect()
}

struct Sum {
    day: NaiveDate,
    kind: LedgerKind,
    account: AccountKind,
    gateway: Option<String>,
    amount: Money,
}

async fn sums(ctx: &Ctx, from: NaiveDate, to: NaiveDate) -> Result<Vec<Sum>> {
    let db = &ctx.db;
    let day = dialect::day_in_jakarta(db, "e.created_at");
    let sql = format!(
        "SELECT {day} AS day, t.kind, e.account, e.gateway, CAST(SUM(e.amount) AS BIGINT) AS amount
         FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id
         WHERE e.created_at >= $1 AND e.created_at < $2 GROUP BY 1, 2, 3, 4"
    );
    let end = to.succ_opt().unwrap_or(to);
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [midnight(from).into(), midnight(end).into()]);
    let text = |what: &str, text: String| Error::fault(format!("{what} {text} in the ledger"));
    db.query_all_raw(statement)
        .await?
        .into_iter()
        .map(|row| {
            let (day, kind, account): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            Ok(Sum {
                day: day.parse().map_err(|_| text("day", day))?,
                kind: kind.parse().map_err(|()| text("kind", kind))?,
                account: account.parse().map_err(|()| text("account", account))?,
                gateway: row.try_get_by_index(3)?,
                amount: Money(row.try_get_by_index(4)?),
            })
        })
        .collect()
}
