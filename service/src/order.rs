//! Orders of buyers and sellers.

mod command;
mod complete;
pub mod desk;
mod invite;
mod list;
mod query;
pub(crate) mod step;

pub use command::{accept, cancel, cancel_own, confirm_receipt, mark_delivered, mark_undelivered, ship};
pub use complete::{auto_complete, remind_completion};
pub use invite::invite_reviews;
pub use list::{mine, my_counts, own, own_counts};
pub(crate) use query::visible;
pub use query::{find, own_order};
