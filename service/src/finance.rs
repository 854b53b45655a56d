//! What finance sees and does.

mod export;
mod ledger;
mod refund;
mod report;
mod transaction;

pub use export::{export_report, export_transactions};
pub use ledger::{balances, entries};
pub use refund::{complete, list as refunds};
pub use report::report;
pub use transaction::{transaction, transactions};
