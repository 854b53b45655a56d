//! Statements of our bank accounts: how a bank writes them, and which transfer a line may pay.

use crate::id::{BankLineId, BankStatementId, PaymentId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{Money, Result};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Bytes and lines of a statement.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;
pub const MAX_LINES: usize = 20_000;

states! {
    /// How amounts are written.
    pub enum NumberStyle {
        /// `1.234.567,89`
        Indonesian = "indonesian",
        /// `1,234,567.89`
        English = "english",
    }
    /// What became of a line.
    pub enum LineStatus { Open = "open", Used = "used", Dismissed = "dismissed" }
    /// Part of the list.
    pub enum LineState {
        /// Exactly one open transfer asks for it.
        Proposed = "proposed",
        /// Several may be meant, or several lines mean the same.
        Ambiguous = "ambiguous",
        /// A decision on a proof counted this amount without a line: it may be that money.
        PossiblyUsed = "possibly_used",
        /// Nobody waits for it.
        Unmatched = "unmatched",
        Used = "used",
        Dismissed = "dismissed",
    }
    /// What a payment is to a line.
    pub enum CandidateKind {
        /// A transfer that is waited for: the line may pay it.
        Open = "open",
        /// Its proof was decided on with this amount and without a line: the line may be that money.
        Counted = "counted",
        /// Nobody waits for it any more: what still comes for it goes back.
        Ended = "ended",
    }
}

/// How a bank writes its statements: data, so that another bank needs no code. Columns are named as in
/// the file's header, without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Layout {
    /// Shown to choose it; unique.
    pub name: String,
    /// The bank, as senders are shown it.
    pub bank: String,
    /// One character.
    pub delimiter: String,
    pub date: String,
    /// `%d/%m/%Y`; one without a year takes the latest that is not in the future.
    pub date_formats: Vec<String>,
    /// Joined by spaces.
    pub description: Vec<String>,
    /// The column of money that came in, or of both with a mark.
    pub amount: String,
    /// The column that tells money in from money out; `>` is the column right of the amount, empty
    /// means behind the amount itself.
    #[serde(default)]
    pub mark: Option<String>,
    /// What marks money that came in: `CR`.
    #[serde(default)]
    pub credit: String,
    pub numbers: NumberStyle,
}

view! {
    /// A line of a statement, and what it may pay.
    pub struct LineView {
        pub id: BankLineId,
        pub statement_id: BankStatementId,
        pub bank: String,
        /// Number of our account.
        pub account: Option<String>,
        pub booked_on: NaiveDate,
        pub amount: Money,
        pub description: String,
        pub state: LineState,
        /// Payments it may be for, or the one it is for.
        pub candidates: Vec<Candidate>,
    }
    pub struct Candidate {
        pub payment_id: PaymentId,
        pub kind: CandidateKind,
        pub buyer: String,
        /// With its suffix.
        pub expected: Money,
        pub has_proof: bool,
        /// One agent has approved it; another one must.
        pub is_half_approved: bool,
    }
    /// What came of an upload.
    pub struct UploadView {
        pub statement_id: BankStatementId,
        /// Credits that are new.
        pub added: i64,
        /// Credits that stood in an earlier statement.
        pub known: i64,
        /// Debits and lines without a date.
        pub skipped: i64,
    }
    /// Body of `POST …/approve`, `…/counted` and `…/unexpected`.
    pub struct LineApproval { pub payment_id: PaymentId }
    /// How many lines are in which part of the list.
    pub struct LineCounts {
        pub proposed: i64,
        pub ambiguous: i64,
        pub possibly_used: i64,
        pub unmatched: i64,
        /// Open lines that are in none of them yet: newer ones are more than are looked at at once.
        pub unseen: i64,
    }
    pub struct StatementView {
        pub id: BankStatementId,
        pub layout: String,
        /// Number of our account.
        pub account: Option<String>,
        pub file_name: String,
        pub lines: i32,
        pub uploaded_at: DateTime<Utc>,
    }
}

fn layout(name: &str, delimiter: &str, date: &str, formats: &[&str], description: &[&str], amount: &str) -> Layout {
    let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Layout {
        name: name.into(),
        bank: name.into(),
        delimiter: delimiter.into(),
        date: date.into(),
        date_formats: texts(formats),
        description: texts(description),
        amount: amount.into(),
        mark: None,
        credit: String::new(),
        numbers: NumberStyle::English,
    }
}

/// What is known without anybody entering it: BCA's KlikBCA, Mandiri's MCM and BRI's CMS.
pub fn built_in() -> Vec<Layout> {
    let bca = layout("BCA", ",", "Tanggal Transaksi", &["%d/%m/%Y", "%d/%m"], &["Keterangan"], "Jumlah");
    vec![
        Layout { mark: Some(">".into()), credit: "CR".into(), ..bca },
        layout("Mandiri", ",", "Date", &["%d/%m/%y", "%d/%m/%Y"], &["Description", "Reference No."], "Credit"),
        layout("BRI", ",", "TGL_TRAN", &["%Y-%m-%d", "%d/%m/%Y"], &["DESK_TRAN"], "MUTASI_KREDIT"),
    ]
}

impl Layout {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        checks.line("name", &self.name, 60);
        checks.line("bank", &self.bank, 60);
        checks.require(self.delimiter.len() == 1 && self.delimiter.is_ascii(), "delimiter", "invalid");
        checks.line("date", &self.date, 60);
        checks.line("amount", &self.amount, 60);
        checks.require(!self.date_formats.is_empty() && self.date_formats.len() <= 5, "date_formats", "required");
        checks.require(self.date_formats.iter().all(|f| is_date_format(f)), "date_formats", "invalid");
        checks.require(!self.description.is_empty() && self.description.len() <= 5, "description", "required");
        checks.require(self.mark.is_none() || !self.credit.trim().is_empty(), "credit", "required");
        checks.finish(self)
    }

    /// The day a cell names; `None`: it names none.
    pub fn day(&self, text: &str, today: NaiveDate) -> Option<NaiveDate> {
        let text = clean(text);
        self.date_formats.iter().find_map(|format| {
            if format.contains("%y") || format.contains("%Y") {
                return NaiveDate::parse_from_str(text, format).ok();
            }
            let with = |year: i32| NaiveDate::parse_from_str(&format!("{text} {year}"), &format!("{format} %Y")).ok();
            with(today.year()).filter(|day| *day <= today).or_else(|| with(today.year() - 1))
        })
    }

    /// Whole rupiah of a cell; `None` for what is no amount. Cents other than zero are none of ours.
    pub fn money(&self, text: &str) -> Option<Money> {
        let (whole, cents) = self.number(text)?;
        ["0", "00"].contains(&cents).then_some(whole).filter(|n| *n <= Money::MAX_PRICE.0).map(Money)
    }

    /// Whether it is an amount with parts of a rupiah, as of interest: no transfer of a buyer.
    pub fn is_broken_rupiah(&self, text: &str) -> bool {
        self.number(text).is_some_and(|(_, cents)| cents.len() <= 2 && cents.bytes().any(|b| b != b'0'))
    }

    /// Whole rupiah, and the digits behind the point.
    fn number<'a>(&self, text: &'a str) -> Option<(i64, &'a str)> {
        let (group, point) = match self.numbers {
            NumberStyle::Indonesian => ('.', ','),
            NumberStyle::English => (',', '.'),
        };
        let text = clean(text).trim_start_matches("Rp").trim();
        let (whole, cents) = text.split_once(point).unwrap_or((text, "00"));
        let parts: Vec<&str> = whole.split(group).collect();
        let is_grouped = parts.len() == 1 || (parts[0].len() <= 3 && parts[1..].iter().all(|p| p.len() == 3));
        let is_plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        if !is_grouped || !parts.iter().all(|p| is_plain(p)) || !is_plain(cents) {
            return None;
        }
        Some((parts.concat().parse().ok()?, cents))
    }

    /// Whether a mark says that money came in; without marks the column says so.
    pub fn is_credit(&self, mark: &str) -> bool {
        self.credit.is_empty() || clean(mark).eq_ignore_ascii_case(self.credit.trim())
    }
}

/// Spreadsheets keep text as text by an apostrophe before it.
fn clean(text: &str) -> &str {
    text.trim().trim_start_matches('\'').trim()
}

fn is_date_format(format: &str) -> bool {
    let plain = format.replace("%d", "").replace("%m", "").replace("%Y", "").replace("%y", "").replace("%b", "");
    format.contains("%d") && format.len() <= 20 && plain.chars().all(|c| "/-. ".contains(c))
}

/// Text that a spreadsheet would run as a formula is made text; what is no text is taken away.
pub fn tame(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = crate::pan::mask(&text);
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> NaiveDate {
        "2026-01-05".parse().unwrap()
    }

    #[test]
    fn reads_what_banks_write() {
        let [bca, mandiri, bri] = built_in().try_into().unwrap();
        assert_eq!(bca.day("'31/12", today()).unwrap().to_string(), "2025-12-31", "a year that is not in the future");
        assert_eq!(bca.day("05/01", today()).unwrap().to_string(), "2026-01-05");
        assert_eq!(mandiri.day("04/01/26", today()).unwrap().to_string(), "2026-01-04");
        assert_eq!(bri.day("PEND", today()), None);
        assert_eq!(bca.money("1,250,123.00"), Some(Money(1_250_123)));
        assert_eq!(bri.money("250123"), Some(Money(250_123)));
        for bad in ["", "12.50", "1,23,456.00", "1.250.123,00", "-5", "=1+1", "1e9", "99999999999999999999"] {
            assert_eq!(bca.money(bad), None, "{bad}");
        }
        assert!(["12.50", "1,234.56", "0.7"].iter().all(|broken| bca.is_broken_rupiah(broken)));
        assert!(["", "12.00", "1.234.567", "12.500", "x.50", "1,23.50"].iter().all(|text| !bca.is_broken_rupiah(text)));
        let indonesian = Layout { numbers: NumberStyle::Indonesian, ..bca.clone() };
        assert_eq!(indonesian.money("Rp 1.250.123,00"), Some(Money(1_250_123)));
        assert!(bca.is_credit("cr ") && !bca.is_credit("DB") && mandiri.is_credit(""));
        assert!(built_in().into_iter().all(|l| l.check().is_ok()));
    }

    #[test]
    fn formulas_become_text() {
        assert_eq!(tame("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(tame("TRSF\u{0}  E-BANKING\r\nBUDI"), "TRSF E-BANKING BUDI");
        assert_eq!(tame(&"x".repeat(999)).len(), 300);
    }

    proptest! {
        #[test]
        fn every_amount_reads_as_it_was_written(amount in 0_i64..100_000_000_000) {
            let [bca, ..] = <[Layout; 3]>::try_from(built_in()).unwrap();
            let dotted = Money(amount).to_string();
            let english = dotted.trim_start_matches("Rp ").replace('.', ",");
            prop_assert_eq!(bca.money(&english), Some(Money(amount)));
            prop_assert_eq!(bca.money(&format!("{english}.00")), Some(Money(amount)));
            let indonesian = Layout { numbers: NumberStyle::Indonesian, ..bca };
            prop_assert_eq!(indonesian.money(&dotted), Some(Money(amount)));
        }
    }
}
