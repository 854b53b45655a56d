//! The statement as PDF: A4, Helvetica, which every reader has. Indonesian needs Latin letters only;
//! what Helvetica does not have becomes a question mark.

use super::file::{closing, kind_name, opening, words};
use domain::analytics::WIB;
use domain::statement::{Statement, StatementLine};
use domain::{Locale, Money};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Points. A4 is 210 × 297 mm.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 42.0;
const LINE: f32 = 15.0;
const SIZE: f32 = 9.0;
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
    let pages: Vec<Vec<u8>> = rows.chunks(ROWS).enumerate().map(|(index, rows)| page(statement, locale, index, rows)).collect();
    assemble(&pages)
}

/// The objects of the file: catalogue, page tree, two fonts, and two per page.
fn assemble(pages: &[Vec<u8>]) -> Vec<u8> {
    let (catalog, tree, regular, bold) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
    let ids = |index: usize| {
        let first = i32::try_from(index).unwrap_or_default().saturating_mul(2).saturating_add(5);
        (Ref::new(first), Ref::new(first + 1))
    };
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..pages.len()).map(|i| ids(i).0)).count(i32::try_from(pages.len()).unwrap_or_default());
    for (index, content) in pages.iter().enumerate() {
        let (id, content_id) = ids(index);
        let mut page = pdf.page(id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content_id);
        page.resources().fonts().pair(Name(b"F1"), regular).pair(Name(b"F2"), bold);
        page.finish();
        pdf.stream(content_id, content);
    }
    for (id, name) in [(regular, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
        pdf.type1_font(id).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.finish()
}

fn page(statement: &Statement, locale: Locale, index: usize, rows: &[Row<'_>]) -> Vec<u8> {
    let mut content = Content::new();
    let mut write = |bold: bool, size: f32, x: f32, y: f32, text: &str| {
        let font = if bold { Name(b"F2") } else { Name(b"F1") };
        content.begin_text().set_font(font, size).next_line(x, y).show(Str(&encode(text))).end_text();
    };
    let title = words(locale, "Laporan saldo", "Statement");
    write(true, 16.0, MARGIN, HEIGHT - 56.0, &format!("{title} {}", statement.month));
    write(false, 11.0, MARGIN, HEIGHT - 74.0, &format!("{} - Belanjain", statement.store));
    let number = format!("{} {}", words(locale, "Halaman", "Page"), index + 1);
    write(false, SIZE, BALANCE - width(&number, SIZE), HEIGHT - 56.0, &number);
    let mut y = HEIGHT - 104.0;
    let header = words(locale, ["Waktu (WIB)", "Keterangan", "Dokumen"], ["Time (WIB)", "What", "Document"]);
    for (x, text) in COLUMNS.into_iter().zip(header) {
        write(true, SIZE, x, y, text);
    }
    for (right, text) in [(AMOUNT, words(locale, "Jumlah", "Amount")), (BALANCE, words(locale, "Saldo", "Balance"))] {
        write(true, SIZE, right - width(text, SIZE), y, text);
    }
    for row in rows {
        y -= LINE;
        match row {
            Row::Sum("", ..) => {}
            Row::Sum(what, right, amount) => {
                let amount = amount.to_string();
                write(true, SIZE, COLUMNS[1], y, what);
                write(true, SIZE, right - width(&amount, SIZE), y, &amount);
            }
            Row::Line(line) => {
                let time = line.at.with_timezone(&WIB).format("%Y-%m-%d %H.%M").to_string();
                let document = line.order_number.as_deref().or(line.payout_number.as_deref()).unwrap_or_default();
                for (x, text) in COLUMNS.into_iter().zip([time.as_str(), kind_name(line.kind, locale), document]) {
                    write(false, SIZE, x, y, text);
                }
                for (right, amount) in [(AMOUNT, line.amount), (BALANCE, line.balance)] {
                    let amount = amount.to_string();
                    write(false, SIZE, right - width(&amount, SIZE), y, &amount);
                }
            }
        }
    }
    content.finish().into_vec()
}

/// Windows-1252, which is Latin-1 for what is left here.
fn encode(text: &str) -> Vec<u8> {
    let byte = |c: char| u8::try_from(u32::from(c)).ok().filter(|b| (0x20..0x7f).contains(b) || *b >= 0xa0);
    text.chars().map(|c| byte(c).unwrap_or(b'?')).collect()
}

/// Of amounts and short words in Helvetica; digits are as wide as most small letters.
fn width(text: &str, size: f32) -> f32 {
    let units: u16 = text
        .chars()
        .map(|c| match c {
            ' ' | '.' | ',' | 'l' | 'i' => 278,
            '-' => 333,
            'R' | 'H' => 722,
            'm' => 833,
            'A' | 'B' | 'S' | 'P' => 667,
            _ => 556,
        })
        .sum();
    f32::from(units) / 1_000.0 * size
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
        assert_eq!(encode("é日"), [0xe9, b'?']);
    }
}
