//! What finance sees.

mod export;
mod ledger;
mod report;
mod transaction;
mod webhook;

pub use export::{export_ledger, export_report, export_transactions};
pub use ledger::{balances, entries, entry_sums, lines};
pub use report::report;
pub use transaction::{transaction, transactions};
pub use webhook::{webhook, webhooks};
