//! What gateways paid out to us: their reports are read, matched with what we have at them, and
//! booked. The same money is booked once, however often its report is imported.

mod import;
mod matching;
mod query;
mod read;
mod unsettled;

pub use import::import;
pub use query::{gateways, imports, lines};
pub use unsettled::unsettled;

/// A report as it was uploaded.
pub struct Report {
    pub gateway: String,
    pub file_name: String,
    pub bytes: crate::port::Upload,
    pub columns: domain::settlement::ColumnNames,
}
