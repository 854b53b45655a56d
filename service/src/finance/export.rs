//! Ledger, transactions and reports for spreadsheets. The words are those of the books, in both languages
//! the same.

use super::{ledger, report, transaction};
use crate::export::{Cell, File, Format, file};
use crate::{Actor, Ctx, Result};
use chrono::{DateTime, Utc};
use domain::analytics::WIB;
use domain::finance::{Figure, FinanceFilter, LedgerQuery, MOST_EXPORTED, ReportFigures, TransactionQuery};
use domain::identity::Permission;
use domain::{Error, FieldError, Money};

/// Nothing is left out in silence: sums of the file must be those of the page.
fn whole(total: u64) -> Result<()> {
    if total <= MOST_EXPORTED {
        return Ok(());
    }
    Err(Error::Invalid(vec![FieldError::new("from", "too_many_rows").limit(MOST_EXPORTED as i64)]).into())
}

pub async fn export_transactions(ctx: &Ctx, actor: &Actor, query: &TransactionQuery, format: Format) -> Result<File> {
    actor.require(Permission::FinanceView)?;
    let rows = transaction::all(ctx, query, whole).await?;
    let header = ["Waktu (WIB)", "Jenis", "Pesanan", "Pembayaran", "Pencairan", "Toko", "Gateway", "Jumlah (Rp)", "Transaksi"];
    let rows: Vec<Vec<Cell>> = rows
        .into_iter()
        .map(|row| {
            vec![
                moment(row.at),
                row.kind.as_str().into(),
                row.order_number.unwrap_or_default().into(),
                row.payment_id.map(|id| id.to_string()).unwrap_or_default().into(),
                row.payout.map(|p| p.number).unwrap_or_default().into(),
                row.stores.join(", ").into(),
                row.gateways.join(", ").into(),
                Cell::Money(row.amount),
                row.id.to_string().into(),
            ]
        })
        .collect();
    file(format, "transaksi", "Transaksi", &header, &rows)
}

pub async fn export_ledger(ctx: &Ctx, actor: &Actor, query: &LedgerQuery, format: Format) -> Result<File> {
    actor.require(Permission::FinanceView)?;
    let rows = ledger::all(ctx, query, whole).await?;
    let header =
        ["Waktu (WIB)", "Jenis", "Akun", "Toko", "Gateway", "Pesanan", "Pembayaran", "Debit (Rp)", "Kredit (Rp)", "Transaksi"];
    let rows: Vec<Vec<Cell>> = rows
        .into_iter()
        .map(|row| {
            let (debit, credit) = (row.amount.max(Money::ZERO), Money::ZERO.checked_sub(row.amount.min(Money::ZERO))?);
            Ok(vec![
                moment(row.at),
                row.kind.as_str().into(),
                row.account.as_str().into(),
                row.store.unwrap_or_default().into(),
                row.gateway.unwrap_or_default().into(),
                row.order_number.unwrap_or_default().into(),
                row.payment_id.map(|id| id.to_string()).unwrap_or_default().into(),
                Cell::Money(debit),
                Cell::Money(credit),
                row.transaction_id.to_string().into(),
            ])
        })
        .collect::<Result<_>>()?;
    file(format, "buku-besar", "Buku besar", &header, &rows)
}

fn moment(at: DateTime<Utc>) -> Cell {
    at.with_timezone(&WIB).format("%Y-%m-%d %H:%M:%S").to_string().into()
}

pub async fn export_report(ctx: &Ctx, actor: &Actor, filter: &FinanceFilter, format: Format) -> Result<File> {
    let report = report::report(ctx, actor, filter).await?;
    let header = [
        "Tanggal",
        "Diterima",
        "Tunai COD",
        "Dikembalikan",
        "Chargeback",
        "Dilepas",
        "Komisi",
        "PPN",
        "Dicairkan",
        "Masuk bank",
        "Biaya gateway",
    ];
    let line = |name: String, figures: &ReportFigures| {
        let amounts = Figure::ALL.map(|figure| figures.of(figure));
        std::iter::once(Cell::Text(name)).chain(amounts.map(Cell::Money)).collect::<Vec<Cell>>()
    };
    let mut rows: Vec<Vec<Cell>> = report.rows.iter().map(|row| line(row.date.to_string(), &row.figures)).collect();
    rows.extend(report.gateways.iter().map(|g| line(format!("gateway {}", g.gateway), &g.figures)));
    rows.push(line("Total".to_owned(), &report.total));
    file(format, &format!("laporan-{}-{}", report.from, report.to), "Laporan", &header, &rows)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn more_than_a_file_holds_is_refused() {
        assert!(whole(50_000).is_ok());
        let refused = whole(50_001).unwrap_err().into_domain();
        assert_eq!(refused.fields()[0].limit, Some(50_000));
    }
}
