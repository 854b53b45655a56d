//! What finance sees: the ledger, transactions and reports.

mod figure;
mod filter;

pub use figure::Figure;
pub use filter::{BalanceQuery, FinanceFilter, LedgerQuery, TransactionQuery};
pub(crate) use filter::{day, present};

use crate::id::{LedgerTransactionId, PaymentId, PayoutId};
use crate::identity::StoreRef;
use crate::ledger::{AccountKind, LedgerKind};
use crate::macros::{states, view};
use crate::{Money, Page};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

/// Rows an export holds; of more, the days must be narrowed down.
pub const MOST_EXPORTED: u64 = 50_000;

view! {
    /// One line of the ledger.
    pub struct LedgerRow {
        pub transaction_id: LedgerTransactionId,
        pub at: DateTime<Utc>,
        pub kind: LedgerKind,
        pub account: AccountKind,
        pub store: Option<String>,
        /// Where the money is, for clearing and fees.
        pub gateway: Option<String>,
        pub order_number: Option<String>,
        pub payment_id: Option<PaymentId>,
        /// Debit positive, credit negative.
        pub amount: Money,
    }
    /// Balance of an account over all stores and gateways.
    pub struct AccountBalance { pub account: AccountKind, pub balance: Money }
    /// Balance of the account of one store or gateway.
    pub struct AccountLine {
        pub account: AccountKind,
        pub store: Option<StoreRef>,
        pub gateway: Option<String>,
        /// Debit positive, credit negative.
        pub balance: Money,
        /// On the wrong side: a store that owes us, a gateway that gave back more than it took.
        pub is_negative: bool,
    }
    /// Sums of both sides, positive.
    pub struct Sides { pub debit: Money, pub credit: Money }
    /// A transaction in a list.
    pub struct TransactionRow {
        pub id: LedgerTransactionId,
        pub at: DateTime<Utc>,
        pub kind: LedgerKind,
        pub order_number: Option<String>,
        pub payment_id: Option<PaymentId>,
        pub payout: Option<PayoutLink>,
        pub stores: Vec<String>,
        pub gateways: Vec<String>,
        /// What was moved: the sum of its debits. Where accounts were asked for: what it moved on them,
        /// debits less credits.
        pub amount: Money,
    }
    pub struct PayoutLink { pub id: PayoutId, pub number: String }
    /// A transaction with everything it booked.
    pub struct TransactionView { pub transaction: TransactionRow, pub entries: Vec<LedgerRow> }
    /// Sums over everything the filter finds, not only the page.
    pub struct TransactionTotals {
        pub count: i64,
        /// Sum of the amounts.
        pub amount: Money,
        /// Where accounts were asked for: what went onto and off them.
        pub sides: Option<Sides>,
    }
    pub struct Transactions { pub page: Page<TransactionRow>, pub totals: TransactionTotals }
    /// Figures of a day or month.
    pub struct ReportRow {
        /// The day, or the first of the month, in WIB.
        pub date: NaiveDate,
        pub figures: ReportFigures,
    }
    /// What moved. All positive in the usual direction.
    #[derive(Default)]
    pub struct ReportFigures {
        /// Received from buyers.
        pub received: Money,
        /// Taken by stores at the door, and kept by them.
        pub cash: Money,
        /// Sent back to buyers.
        pub refunded: Money,
        /// Taken back by buyers' banks.
        pub charged_back: Money,
        /// Released to stores, before commission.
        pub released: Money,
        /// Commission earned, less what refunds took back.
        pub commission: Money,
        /// PPN on goods and commission.
        pub tax: Money,
        /// Paid out to stores by the bank.
        pub paid_out: Money,
        /// Paid out to us by gateways, after their fees.
        pub settled: Money,
        /// Kept by gateways.
        pub fees: Money,
    }
    pub struct GatewayFigures { pub gateway: String, pub figures: ReportFigures, pub clearing: Money }
    pub struct Report {
        pub period: ReportPeriod,
        pub from: NaiveDate,
        pub to: NaiveDate,
        /// Every day or month of the range, also the empty ones.
        pub rows: Vec<ReportRow>,
        pub gateways: Vec<GatewayFigures>,
        pub total: ReportFigures,
    }
}

states! {
    pub enum ReportPeriod { Day = "day", Month = "month" }
}

impl ReportPeriod {
    /// The day a row of the report stands for.
    pub fn start(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    pub fn next(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => day.checked_add_days(Days::new(1)),
            Self::Month => day.checked_add_months(Months::new(1)),
        }
    }
}

impl Report {
    /// First and last day of a row, as far as the report goes.
    pub fn days(&self, row: NaiveDate) -> (NaiveDate, NaiveDate) {
        let last = self.period.next(row).and_then(|next| next.pred_opt()).unwrap_or(row);
        (row.max(self.from), last.min(self.to))
    }
}
