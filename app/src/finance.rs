//! Finance: refunds, payouts, transactions, reports, reconciliation, rates, the ledger. Every page is
//! a lazy route.

mod api;
mod books_api;
mod frame;
mod ledger;
mod payouts;
mod payouts_api;
mod rates;
mod reconciliation;
mod refunds;
mod reports;
mod transaction;
mod transactions;
mod words;

pub use ledger::FinanceLedger;
pub use payouts::FinancePayouts;
pub use rates::FinanceRates;
pub use reconciliation::FinanceReconciliation;
pub use refunds::FinanceRefunds;
pub use reports::FinanceReports;
pub use transaction::FinanceTransaction;
pub use transactions::FinanceTransactions;
