//! Payouts: a store asks for its balance, finance approves, a file goes to the bank, and what the
//! bank did is booked. Money leaves the balance when it is asked for, and comes back when the payout
//! is refused or fails: it cannot be asked for twice.

mod account;
mod batch;
mod decide;
mod query;
mod request;

pub use account::set_account;
pub use batch::{batch, batch_file, batches, create_batch};
pub use decide::{approve, fail, refuse, settle, settle_batch};
pub use query::{balance, find, list, own};
pub use request::request;
