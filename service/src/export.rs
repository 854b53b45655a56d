//! Tables for other programs: CSV whose cells no spreadsheet takes for a formula, and Excel.

use crate::{Error, Result};
use domain::Money;
use rust_xlsxwriter::{Format as Look, FormatAlign, Workbook, XlsxError};

fn fault(error: impl std::fmt::Display) -> Error {
    Error::fault(format!("export: {error}"))
}

/// A table as comma-separated text.
pub(crate) struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    pub fn new(header: &[&str]) -> Result<Self> {
        let mut csv = Self(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]));
        csv.row(header)?;
        Ok(csv)
    }

    pub fn row(&mut self, cells: &[&str]) -> Result<()> {
        self.0.write_record(cells.iter().map(|cell| harmless(cell))).map_err(fault)
    }

    pub fn finish(self) -> Result<String> {
        let bytes = self.0.into_inner().map_err(fault)?;
        String::from_utf8(bytes).map_err(fault)
    }
}

/// Text that begins like a formula gets an apostrophe; a number stays a number. So does what follows a
/// separator: spreadsheets of other countries, Indonesia's among them, end a cell at a semicolon.
fn harmless(cell: &str) -> String {
    if cell.parse::<i64>().is_ok() {
        return cell.to_owned();
    }
    let parts = cell.split_inclusive([';', '\t', '\n', '\r']);
    parts
        .map(|part| if part.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{part}") } else { part.to_owned() })
        .collect()
}

/// A cell of a table.
pub(crate) enum Cell {
    Text(String),
    /// Whole rupiah; with separators where the format has them.
    Money(Money),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What a table is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl std::str::FromStr for Format {
    type Err = domain::Error;
    fn from_str(text: &str) -> std::result::Result<Self, domain::Error> {
        match text {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(domain::Error::invalid("format", "unknown_value")),
        }
    }
}

/// A file to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

pub(crate) const CSV: &str = "text/csv; charset=utf-8";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The table in the wanted format. `name` without its ending.
pub(crate) fn file(format: Format, name: &str, title: &str, header: &[&str], rows: &[Vec<Cell>]) -> Result<File> {
    match format {
        Format::Xlsx => Ok(File { name: format!("{name}.xlsx"), media_type: XLSX, bytes: workbook(title, header, rows)? }),
        Format::Csv => {
            let mut csv = Csv::new(header)?;
            for row in rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| match cell {
                        Cell::Text(text) => text.clone(),
                        Cell::Money(amount) => amount.rupiah().to_string(),
                    })
                    .collect();
                csv.row(&cells.iter().map(String::as_str).collect::<Vec<_>>())?;
            }
            Ok(File { name: format!("{name}.csv"), media_type: CSV, bytes: csv.finish()?.into_bytes() })
        }
    }
}

/// A workbook of one sheet: a bold, frozen header above the rows. Text is never taken for a formula.
fn workbook(title: &str, header: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    write(title, header, rows).map_err(fault)
}

fn write(title: &str, header: &[&str], rows: &[Vec<Cell>]) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(title)?.set_freeze_panes(1, 0)?;
    let bold = Look::new().set_bold().set_align(FormatAlign::Center);
    let money = Look::new().set_num_format("#,##0");
    for (column, name) in (0_u16..).zip(header) {
        sheet.write_string_with_format(0, column, *name, &bold)?.set_column_width(column, 20)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, column, text)?,
                Cell::Money(amount) => sheet.write_number_with_format(line, column, exact(*amount), &money)?,
            };
        }
    }
    book.save_to_buffer()
}

/// Spreadsheets know floating point only; rupiah are exact up to nine quadrillion.
#[allow(clippy::cast_precision_loss, reason = "the file format has no integers")]
fn exact(amount: Money) -> f64 {
    amount.rupiah() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let mut csv = Csv::new(&["a", "b"]).unwrap();
        csv.row(&["=HYPERLINK(\"http://jahat\")", "-5"]).unwrap();
        csv.row(&["+62 812", "a,\"b\""]).unwrap();
        csv.row(&["Budi;=1+1", "a; b\t-c"]).unwrap();
        let rows: Vec<String> = csv.finish().unwrap().split("\r\n").map(str::to_owned).collect();
        let wanted = ["a,b", "\"'=HYPERLINK(\"\"http://jahat\"\")\",-5", "'+62 812,\"a,\"\"b\"\"\"", "Budi;'=1+1,a; b\t'-c", ""];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn makes_a_workbook() {
        let bytes = workbook("Laporan", &["Tanggal", "Jumlah"], &[vec!["=1+1".into(), Cell::Money(Money(5))]]).unwrap();
        assert!(bytes.starts_with(b"PK"));
    }
}
