//! The statement as PDF.

use super::file::{closing, kind_name, opening};
use crate::pdf::{HEIGHT, LINE, MARGIN, SIZE, Sheet, WIDTH, assemble};
use domain::analytics::WIB;
use domain::statement::{Statement, StatementLine};
use domain::{Locale, Money};

/// Left edges of time, kind and document; right edges of amount and balance.
const COLUMNS: [f32; 3] = [MARGIN, 138.0, 258.0];
const AMOUNT: f32 = 468.0;
const BALANCE: f32 = WIDTH - MARGIN;
/// Rows of a page below its head.
const ROWS: usize = 44;

enum Row<'a> {
    Line(&'a StatementLine),
    /// A sum: what, and how much in which column.
    Sum(&'static str, f32, Money),
}

pub(super) fn draw(statement: &Statement, locale: Locale) -> Vec<u8> {
    let mut rows = vec![Row::Sum(opening(locale), BALANCE, statement.opening)];
    rows.extend(statement.lines.iter().map(Row::Line));
    rows.push(Row::Sum(closing(locale), BALANCE, statement.closing));
    rows.push(Row::Sum("", BALANCE, Money::ZERO));
    rows.extend(statement.sums.iter().map(|sum| Row::Sum(kind_name(sum.kind, locale), AMOUNT, sum.amount)));
    assemble(rows.chunks(ROWS).enumerate().map(|(index, rows)| page(statement, locale, index, rows)).collect())
}

fn page(statement: &Statement, locale: Locale, index: usize, rows: &[Row<'_>]) -> Sheet {
    let mut sheet = Sheet::default();
    let title = locale.choose("Laporan saldo", "Statement");
    sheet.text(true, 16.0, MARGIN, HEIGHT - 56.0, &format!("{title} {}", statement.month));
    sheet.text(false, 11.0, MARGIN, HEIGHT - 74.0, &format!("{} - Belanjain", statement.store));
    let number = format!("{} {}", locale.choose("Halaman", "Page"), index + 1);
    sheet.right(false, SIZE, BALANCE, HEIGHT - 56.0, &number);
    let mut y = HEIGHT - 104.0;
    let header = locale.choose(["Waktu (WIB)", "Keterangan", "Dokumen"], ["Time (WIB)", "What", "Document"]);
    for (x, text) in COLUMNS.into_iter().zip(header) {
        sheet.text(true, SIZE, x, y, text);
    }
    for (right, text) in [(AMOUNT, locale.choose("Jumlah", "Amount")), (BALANCE, locale.choose("Saldo", "Balance"))] {
        sheet.right(true, SIZE, right, y, text);
    }
    for row in rows {
        y -= LINE;
        match row {
            Row::Sum("", ..) => {}
            Row::Sum(what, right, amount) => {
                let amount = amount.to_string();
                sheet.text(true, SIZE, COLUMNS[1], y, what);
                sheet.right(true, SIZE, *right, y, &amount);
            }
            Row::Line(line) => {
                let time = line.at.with_timezone(&WIB).format("%Y-%m-%d %H.%M").to_string();
                let document = line.order_number.as_deref().or(line.payout_number.as_deref()).unwrap_or_default();
                for (x, text) in COLUMNS.into_iter().zip([time.as_str(), kind_name(line.kind, locale), document]) {
                    sheet.text(false, SIZE, x, y, text);
                }
                for (right, amount) in [(AMOUNT, line.amount), (BALANCE, line.balance)] {
                    let amount = amount.to_string();
                    sheet.right(false, SIZE, right, y, &amount);
                }
            }
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::statement::{StatementKind, StatementSum};

    #[test]
    fn every_page_has_its_rows() {
        let line = StatementLine {
            at: chrono::DateTime::UNIX_EPOCH,
            kind: StatementKind::Sale,
            order_number: Some("BLJ-261121-23456789".into()),
            payout_number: None,
            amount: Money(118_000),
            balance: Money(118_000),
        };
        let statement = Statement {
            store: "Warung Bu Sri – é (日本)".into(),
            month: "2026-11".into(),
            opening: Money::ZERO,
            lines: vec![line; 100],
            closing: Money(118_000),
            sums: vec![StatementSum { kind: StatementKind::Sale, amount: Money(118_000) }],
        };
        let bytes = draw(&statement, Locale::Id);
        assert!(bytes.starts_with(b"%PDF-"));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("/Count 3") && text.contains("(Rp 118.000)") && text.contains("(Saldo akhir)"), "{text}");
    }
}
