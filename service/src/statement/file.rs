//! The statement as a file.

use super::{find, of_store, pdf};
use crate::export::{Cell, File, Format, file};
use crate::{Actor, Ctx, Result};
use domain::Locale;
use domain::analytics::WIB;
use domain::statement::{Statement, StatementKind};

/// What a statement is downloaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Table(Format),
}

impl std::str::FromStr for Kind {
    type Err = domain::Error;
    fn from_str(text: &str) -> std::result::Result<Self, domain::Error> {
        if text == "pdf" { Ok(Self::Pdf) } else { text.parse().map(Self::Table) }
    }
}

/// Of the store the caller works in.
pub async fn download(ctx: &Ctx, actor: &Actor, month: Option<&str>, kind: Kind) -> Result<File> {
    draw(&find(ctx, actor, month).await?, actor.locale, kind)
}

/// Of any store, for finance.
pub async fn download_of_store(ctx: &Ctx, actor: &Actor, slug: &str, month: Option<&str>, kind: Kind) -> Result<File> {
    draw(&of_store(ctx, actor, slug, month).await?, actor.locale, kind)
}

fn draw(statement: &Statement, locale: Locale, kind: Kind) -> Result<File> {
    let name = format!("laporan-{}-{}", domain::store::slug(&statement.store), statement.month);
    match kind {
        Kind::Pdf => {
            let bytes = pdf::draw(statement, locale);
            Ok(File { name: format!("{name}.pdf"), media_type: "application/pdf", bytes })
        }
        Kind::Table(format) => table(statement, locale, format, &name),
    }
}

fn table(statement: &Statement, locale: Locale, format: Format, name: &str) -> Result<File> {
    let header = locale.choose(
        ["Waktu (WIB)", "Keterangan", "Pesanan", "Pencairan", "Jumlah (Rp)", "Saldo (Rp)"],
        ["Time (WIB)", "What", "Order", "Payout", "Amount (Rp)", "Balance (Rp)"],
    );
    let blank = || Cell::from("");
    let mut rows = vec![vec![blank(), opening(locale).into(), blank(), blank(), blank(), Cell::Money(statement.opening)]];
    rows.extend(statement.lines.iter().map(|line| {
        vec![
            line.at.with_timezone(&WIB).format("%Y-%m-%d %H:%M").to_string().into(),
            kind_name(line.kind, locale).into(),
            line.order_number.clone().unwrap_or_default().into(),
            line.payout_number.clone().unwrap_or_default().into(),
            Cell::Money(line.amount),
            Cell::Money(line.balance),
        ]
    }));
    rows.push(vec![blank(), closing(locale).into(), blank(), blank(), blank(), Cell::Money(statement.closing)]);
    file(format, name, &statement.month, &header, &rows)
}

pub(super) fn opening(locale: Locale) -> &'static str {
    locale.choose("Saldo awal", "Opening balance")
}

pub(super) fn closing(locale: Locale) -> &'static str {
    locale.choose("Saldo akhir", "Closing balance")
}

pub(super) fn kind_name(kind: StatementKind, locale: Locale) -> &'static str {
    let (indonesian, english) = match kind {
        StatementKind::Sale => ("Penjualan", "Sale"),
        StatementKind::Shipping => ("Ongkos kirim", "Shipping"),
        StatementKind::Voucher => ("Voucher dari Belanjain", "Voucher paid by Belanjain"),
        StatementKind::Commission => ("Komisi", "Commission"),
        StatementKind::CommissionTax => ("PPN atas komisi", "VAT on commission"),
        StatementKind::Tax => ("PPN dipungut", "VAT withheld"),
        StatementKind::Refund => ("Pengembalian dana", "Refund"),
        StatementKind::CashKept => ("Tunai COD diterima toko", "COD cash kept by the store"),
        StatementKind::Payout => ("Pencairan", "Payout"),
        StatementKind::Other => ("Lain-lain", "Other"),
    };
    locale.choose(indonesian, english)
}
