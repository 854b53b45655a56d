//! Reads a statement's file, as its layout says. Hostile files are refused, not guessed at.

use crate::Result;
use chrono::NaiveDate;
use domain::bank::{Layout, MAX_LINES, tame};
use domain::{Error, FieldError, Money};

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credit {
    /// Of the file, from 1.
    pub position: i32,
    pub day: NaiveDate,
    pub amount: Money,
    pub description: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub credits: Vec<Credit>,
    /// Debits, and lines without a date (headings, sums).
    pub skipped: i64,
}

/// Where the layout's columns are in this file.
struct Columns {
    date: usize,
    description: Vec<usize>,
    amount: usize,
    mark: Option<usize>,
}

/// Lines looked at for the header: some banks write about themselves first.
const HEADER_WITHIN: usize = 50;

fn invalid(code: &'static str) -> crate::Error {
    Error::invalid("file", code).into()
}

pub(super) fn read(layout: &Layout, bytes: &[u8], today: NaiveDate) -> Result<Read> {
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("invalid_characters"))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\0') {
        return Err(invalid("invalid_characters"));
    }
    let delimiter = layout.delimiter.bytes().next().unwrap_or(b',');
    let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut columns, mut read, mut errors) = (None, Read::default(), vec![]);
    for (index, row) in rows.records().enumerate() {
        let row = row.map_err(|_| invalid("invalid"))?;
        if index >= MAX_LINES {
            return Err(Error::Invalid(vec![FieldError::new("file", "too_many").limit(MAX_LINES as i64)]).into());
        }
        let Some(columns) = &columns else {
            if index >= HEADER_WITHIN {
                break;
            }
            columns = find(layout, &row);
            continue;
        };
        match credit(layout, columns, &row, today) {
            Some(Ok((day, amount, description))) => {
                let position = i32::try_from(index + 1).unwrap_or(i32::MAX);
                read.credits.push(Credit { position, day, amount, description });
            }
            Some(Err(())) => errors.push(FieldError::new(format!("line[{}]", index + 1), "invalid")),
            None => read.skipped += 1,
        }
        if errors.len() >= 20 {
            break;
        }
    }
    if columns.is_none() {
        return Err(invalid("columns_missing"));
    }
    if errors.is_empty() { Ok(read) } else { Err(Error::Invalid(errors).into()) }
}

fn find(layout: &Layout, row: &csv::StringRecord) -> Option<Columns> {
    let at = |name: &str| row.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name.trim()));
    let amount = at(&layout.amount)?;
    // A header may say "Description" twice.
    let every = |name: &String| {
        let hits = row.iter().enumerate().filter(|(_, cell)| cell.trim().eq_ignore_ascii_case(name.trim()));
        hits.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let description: Vec<usize> = layout.description.iter().flat_map(every).collect();
    let mark = match layout.mark.as_deref() {
        None | Some("") => None,
        Some(">") => Some(amount + 1),
        Some(name) => Some(at(name)?),
    };
    (!description.is_empty()).then_some(Columns { date: at(&layout.date)?, description, amount, mark })
}

/// `None`: a line that is no credit. `Err`: a credit whose amount cannot be read.
#[allow(clippy::type_complexity, reason = "read once, beside its meaning")]
fn credit(
    layout: &Layout,
    columns: &Columns,
    row: &csv::StringRecord,
    today: NaiveDate,
) -> Option<std::result::Result<(NaiveDate, Money, String), ()>> {
    let cell = |index: usize| row.get(index).unwrap_or_default();
    let day = layout.day(cell(columns.date), today)?;
    let mut amount = cell(columns.amount).trim();
    let mark = match (columns.mark, layout.mark.is_some()) {
        (Some(index), _) => cell(index),
        // Behind the amount: `250,123.00 CR`.
        (None, true) => {
            let (number, mark) = amount.rsplit_once(' ').unwrap_or((amount, ""));
            amount = number;
            mark
        }
        (None, false) => "",
    };
    if amount.is_empty() || !layout.is_credit(mark) || layout.is_broken_rupiah(amount) {
        return None;
    }
    let Some(money) = layout.money(amount) else { return Some(Err(())) };
    // A column of credits has zeros where there were none.
    if money == Money::ZERO {
        return None;
    }
    let words: Vec<&str> = columns.description.iter().map(|index| cell(*index)).collect();
    Some(Ok((day, money, tame(&words.join(" ")))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bank::built_in;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
    }

    fn layout(name: &str) -> Layout {
        built_in().into_iter().find(|l| l.name == name).unwrap()
    }

    fn amounts(name: &str, text: &str) -> Vec<i64> {
        read(&layout(name), text.as_bytes(), today()).unwrap().credits.iter().map(|c| c.amount.0).collect()
    }

    #[test]
    fn reads_the_three_banks() {
        let bca = "Informasi Rekening - Mutasi Rekening\nNo. rekening : ,1234567890\n\nTanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n\
                   '20/11,TRSF E-BANKING CR BUDI,'0000,\"250,123.00\",CR,\"1,000,000.00\"\n'20/11,BIAYA ADM,'0000,\"17,000.00\",DB,\"1.00\"\nSaldo Awal,:,,\"1.00\",,\n";
        assert_eq!(amounts("BCA", bca), [250_123]);
        let mandiri = "Account No,Date,Val. Date,Transaction Code,Description,Description,Reference No.,Debit,Credit\n\
                       1,20/11/26,20/11/26,1,DARI,BUDI,77,0.00,\"145,321.00\"\n1,20/11/26,20/11/26,1,KE,SITI,78,\"5,000.00\",0.00\n";
        assert_eq!(amounts("Mandiri", mandiri), [145_321]);
        let found = read(&layout("Mandiri"), mandiri.as_bytes(), today()).unwrap();
        assert_eq!((found.credits[0].description.as_str(), found.skipped), ("DARI BUDI 77", 1));
        let bri = "TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT,SALDO\n2026-11-20,=cmd|' /C calc'!A0,0.00,99321.00,1\n\
                   2026-11-20,BUNGA,0.00,1234.56,1\n";
        let found = read(&layout("BRI"), bri.as_bytes(), today()).unwrap();
        assert_eq!((found.credits[0].amount, found.credits.len(), found.skipped), (Money(99_321), 1, 1));
        assert!(found.credits[0].description.starts_with('\''), "a formula is text");
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        let refused = |text: &[u8]| match read(&layout("BRI"), text, today()) {
            Err(crate::Error::Domain(error)) => error.fields().iter().map(|f| format!("{}:{}", f.field, f.code)).collect(),
            other => vec![format!("{other:?}")],
        };
        assert_eq!(refused(b"a,b\n1,2\n"), ["file:columns_missing"]);
        assert_eq!(refused(b""), ["file:columns_missing"]);
        assert_eq!(refused(b"\xff\xfe"), ["file:invalid_characters"]);
        assert_eq!(refused(b"PK\x03\x04\0\0"), ["file:invalid_characters"]);
        let header = "TGL_TRAN,DESK_TRAN,MUTASI_DEBET,MUTASI_KREDIT\n";
        assert_eq!(refused(format!("{header}2026-11-20,x,0.00,1.234.567\n").as_bytes()), ["line[2]:invalid"]);
        let many = format!("{header}{}", "2026-11-20,x,0.00,1.00\n".repeat(MAX_LINES + 1));
        assert_eq!(refused(many.as_bytes()), ["file:too_many"]);
    }
}
