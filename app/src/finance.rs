//! Finance: refunds to be made by hand, balances, the ledger. Every page is a lazy route.

mod api;
mod frame;
mod ledger;
mod refunds;

pub use ledger::FinanceLedger;
pub use refunds::FinanceRefunds;
