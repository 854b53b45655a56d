//! Reports of gateways about what they paid out to us, against what we have at them.

use crate::id::{ImportId, PaymentId};
use crate::macros::{states, view};
use crate::{FieldError, Money, Result};
use chrono::{DateTime, Utc};

states! {
    pub enum LineOutcome {
        /// The gateway had what we thought: booked.
        Matched = "matched",
        /// The gateway names another amount: not booked.
        AmountDiffers = "amount_differs",
        /// We know no such payment.
        Unknown = "unknown",
        /// It was settled before, by this report or an earlier one.
        Repeated = "repeated",
    }
}

view! {
    /// An import and what came of it.
    pub struct ImportView {
        pub id: ImportId,
        pub gateway: String,
        pub file_name: String,
        pub at: DateTime<Utc>,
        pub by: String,
        pub matched: i64,
        pub amount_differs: i64,
        pub unknown: i64,
        pub repeated: i64,
        /// Of the matched lines.
        pub gross: Money,
        pub fee: Money,
        /// The file was imported before: nothing was changed.
        #[serde(default)]
        pub is_repeat: bool,
    }
    /// A line of a report.
    pub struct ImportLine {
        /// Of the file, counted from 1 with the header.
        pub line: i32,
        pub reference: String,
        pub payment_id: Option<PaymentId>,
        /// Negative for money that went back.
        pub gross: Money,
        pub fee: Money,
        /// What we have.
        pub expected: Option<Money>,
        pub outcome: LineOutcome,
    }
    /// Money the gateway took for a payment, or sent back (negative), and has not settled.
    pub struct Unsettled { pub payment_id: PaymentId, pub gateway: String, pub method: String, pub amount: Money, pub paid_at: DateTime<Utc> }
    /// What a gateway owes us.
    pub struct GatewayBalance { pub gateway: String, pub clearing: Money, pub fees: Money }
}

/// The names of a report's columns; empty ones are found by what gateways usually call them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnNames {
    pub reference: String,
    pub gross: String,
    pub fee: String,
    pub net: String,
}

/// Where a report has what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    pub reference: usize,
    pub gross: usize,
    pub fee: Option<usize>,
    pub net: Option<usize>,
    /// Says of a line that it is a refund, where amounts have no sign.
    pub kind: Option<usize>,
}

/// Midtrans, Xendit, Tripay and the sandbox, in this order.
const REFERENCE: &[&str] =
    &["order_id", "external_id", "merchant_ref", "payment_id", "reference", "invoice_id", "transaction_id"];
const GROSS: &[&str] = &["gross_amount", "amount", "total_amount", "gross", "paid_amount"];
const FEE: &[&str] = &["fee", "transaction_fee", "total_fee", "fee_merchant", "mdr", "fees"];
const NET: &[&str] = &["net_amount", "settlement_amount", "amount_received", "net"];
const KIND: &[&str] = &["kind", "type", "transaction_type", "transaction_kind", "category"];

impl ColumnNames {
    /// Finds the columns in the header. A report names the fee or the net amount, or both.
    pub fn find(&self, header: &[&str]) -> Result<Columns> {
        let plain = |text: &str| text.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
        let header: Vec<String> = header.iter().map(|h| plain(h)).collect();
        let mut missing = vec![];
        let mut look = |field: &str, own: &str, usual: &[&str], is_needed: bool| {
            let own = plain(own);
            let position = |name: &str| header.iter().position(|h| h == name);
            let found = if own.is_empty() { usual.iter().find_map(|name| position(name)) } else { position(&own) };
            if found.is_none() && (is_needed || !own.is_empty()) {
                missing.push(FieldError::new(field, if own.is_empty() { "required" } else { "unknown_value" }));
            }
            found
        };
        let reference = look("column_reference", &self.reference, REFERENCE, true);
        let gross = look("column_gross", &self.gross, GROSS, true);
        let fee = look("column_fee", &self.fee, FEE, false);
        let net = look("column_net", &self.net, NET, false);
        let kind = look("", "", KIND, false);
        match (reference, gross) {
            (Some(reference), Some(gross)) if missing.is_empty() => Ok(Columns { reference, gross, fee, net, kind }),
            _ => Err(crate::Error::Invalid(missing)),
        }
    }
}

/// Whether a line of this kind tells of money that went back: `refund`, `PARTIAL_REFUND`, `chargeback`.
pub fn goes_back(kind: &str) -> bool {
    let kind = kind.to_lowercase();
    ["refund", "chargeback", "reversal", "pengembalian"].iter().any(|word| kind.contains(word))
}

/// Whole rupiah as reports and people write them: `132000`, `132000.00`, `132,000`, `132.000`, `Rp 132.000,00`.
/// A part below one rupiah other than zero is refused.
pub fn amount(text: &str) -> Option<Money> {
    let text = text.trim().trim_start_matches("Rp.").trim_start_matches("Rp").trim_start_matches("IDR").trim();
    // A last group of one or two digits is cents.
    let (whole, cents) = match text.rfind(['.', ',']) {
        Some(at) if text.len() - at - 1 <= 2 => (&text[..at], &text[at + 1..]),
        _ => (text, ""),
    };
    if cents.bytes().any(|b| b != b'0') {
        return None;
    }
    let (sign, digits) = whole.strip_prefix('-').map_or((1, whole), |rest| (-1, rest));
    let mut groups = digits.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    if first.is_empty() || groups.any(|group| group.len() != 3) {
        return None;
    }
    let plain: String = digits.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    if plain.len() > 15 || !plain.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    plain.parse::<i64>().ok().map(|value| Money(sign * value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_reports_write() {
        for text in ["132000", "132000.00", "132,000", "132.000", "Rp 132.000,00", "Rp132.000", "Rp. 132.000", " 132000,0 "] {
            assert_eq!(amount(text), Some(Money(132_000)), "{text}");
        }
        assert_eq!(amount("-5.000"), Some(Money(-5_000)));
        for bad in ["", "12.34.56", "132000.50", "1e5", "abc", "-", "9999999999999999", "1.0000"] {
            assert_eq!(amount(bad), None, "{bad}");
        }
    }

    #[test]
    fn finds_columns_by_their_usual_or_given_names() {
        let names = ColumnNames::default();
        let found = names.find(&["Order ID", "Gross Amount", "Fee", "Net Amount"]).unwrap();
        assert_eq!(found, Columns { reference: 0, gross: 1, fee: Some(2), net: Some(3), kind: None });
        let own = ColumnNames { reference: "Kode".into(), ..Default::default() };
        assert_eq!(own.find(&["amount", "kode"]).unwrap().reference, 1);
        assert!(own.find(&["amount"]).is_err());
        assert!(names.find(&["a", "b"]).is_err());
    }

    #[test]
    fn tells_refunds_by_their_kind() {
        assert_eq!(ColumnNames::default().find(&["order_id", "amount", "Transaction Type"]).unwrap().kind, Some(2));
        assert!(["Refund", "PARTIAL_REFUND", "chargeback", "Pengembalian dana"].into_iter().all(goes_back));
        assert!(!["payment", "on-us", "settlement", ""].into_iter().any(goes_back));
    }

    proptest! {
        #[test]
        fn reads_back_what_we_write(value in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(amount(&value.to_string()), Some(Money(value)));
            if value >= 0 {
                prop_assert_eq!(amount(&Money(value).to_string()), Some(Money(value)));
            }
        }
    }
}
