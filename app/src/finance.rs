//! Finance: refunds, payouts, transactions, reports, reconciliation, webhooks, rates, the ledger. Every page is
//! a lazy route.

mod accounts;
mod api;
mod books_api;
mod disputes;
mod done;
mod exports;
mod frame;
mod ledger;
#[cfg(feature = "ssr")]
mod method;
mod outcome;
mod payouts;
mod payouts_api;
mod rates;
mod reconciliation;
mod refund;
mod refund_api;
mod refunds;
mod reports;
mod statement;
mod transaction;
mod transactions;
mod webhook;
mod webhooks;
mod words;

pub use accounts::FinanceAccounts;
pub use disputes::FinanceDisputes;
pub use ledger::FinanceLedger;
pub use payouts::FinancePayouts;
pub use rates::FinanceRates;
pub use reconciliation::FinanceReconciliation;
pub use refund::FinanceRefund;
pub use refunds::FinanceRefunds;
pub use reports::FinanceReports;
pub use statement::FinanceStatement;
pub use transaction::FinanceTransaction;
pub use transactions::FinanceTransactions;
pub use webhook::FinanceWebhook;
pub use webhooks::FinanceWebhooks;
