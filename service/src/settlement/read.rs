//! Reading of a report.

use super::Report;
use crate::Result;
use domain::settlement::{Columns, amount, goes_back};
use domain::{Error, FieldError, Money};

/// Lines of one report.
const MAX_LINES: usize = 50_000;
/// Mistakes reported at once.
const SHOWN: usize = 20;

pub(super) struct Read {
    /// Of the file, counted from 1 with the header.
    pub line: i32,
    pub reference: String,
    /// Negative for money that went back to the buyer.
    pub gross: Money,
    pub fee: Money,
}

/// All lines, or all that is wrong with them: a report is taken whole or not at all. Commas or
/// semicolons, UTF-8.
pub(super) fn read(report: &Report) -> Result<Vec<Read>> {
    let text = std::str::from_utf8(&report.bytes).map_err(|_| Error::invalid("file", "invalid_characters"))?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = csv.headers().map_err(|_| Error::invalid("file", "invalid"))?.clone();
    let columns = report.columns.find(&header.iter().collect::<Vec<_>>())?;
    let (mut lines, mut wrong) = (vec![], vec![]);
    for (index, record) in csv.records().enumerate() {
        let line = i32::try_from(index + 2).unwrap_or(i32::MAX);
        let bad = |column: &str| FieldError::new(format!("lines[{line}].{column}"), "invalid");
        let Ok(record) = record else {
            wrong.push(bad("file"));
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match cells(&record, columns) {
            Ok((reference, gross, fee)) => lines.push(Read { line, reference, gross, fee }),
            Err(column) => wrong.push(bad(column)),
        }
        if wrong.len() >= SHOWN || lines.len() > MAX_LINES {
            break;
        }
    }
    if lines.len() > MAX_LINES {
        wrong.push(FieldError::new("file", "too_many").limit(MAX_LINES as i64));
    } else if lines.is_empty() && wrong.is_empty() {
        wrong.push(FieldError::new("file", "required"));
    }
    if wrong.is_empty() { Ok(lines) } else { Err(Error::Invalid(wrong).into()) }
}

/// Reference, gross and fee, or the column that makes no sense. The fee is named, or is what the
/// net amount lacks. Of a refund, the amount is negative, or its kind says so.
fn cells(record: &csv::StringRecord, columns: Columns) -> std::result::Result<(String, Money, Money), &'static str> {
    let cell = |index: usize| record.get(index).unwrap_or_default().trim();
    let reference: String = cell(columns.reference).to_owned();
    if reference.is_empty() || reference.chars().count() > 200 || reference.contains(char::is_control) {
        return Err("reference");
    }
    let gross = amount(cell(columns.gross)).filter(|a| a.0 != 0).ok_or("gross")?;
    let is_unsigned = gross.0 > 0 && columns.kind.is_some_and(|index| goes_back(cell(index)));
    let signed = |money: Money| if is_unsigned { Money(-money.0) } else { money };
    let gross = signed(gross);
    let named = columns.fee.map(|index| Some(cell(index)).filter(|c| !c.is_empty()).map_or(Some(Money::ZERO), amount));
    let net = columns.net.map(|index| amount(cell(index)).map(signed));
    let fee = match (named, net) {
        // Some write fees as negative numbers.
        (Some(fee), _) => fee.map(|fee| Money(fee.0.saturating_abs())).ok_or("fee")?,
        (None, Some(net)) => net.and_then(|net| gross.checked_sub(net).ok()).ok_or("net")?,
        (None, None) => Money::ZERO,
    };
    let adds_up = net.is_none_or(|net| net.and_then(|net| net.checked_add(fee).ok()) == Some(gross));
    if !adds_up {
        return Err("net");
    }
    if fee < Money::ZERO || (gross > Money::ZERO && fee > gross) { Err("fee") } else { Ok((reference, gross, fee)) }
}
