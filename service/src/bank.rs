//! Statements of our bank accounts on the desk: lines are matched to transfers and proposed; an agent
//! decides on each, by the same command and rules as on a proof. Decisions on proofs use the lines of
//! their money.

mod approve;
mod asked;
mod counted;
mod known;
mod layout;
mod line;
mod matching;
mod query;
mod read;
mod upload;

pub use approve::{approve, book_unexpected, dismiss, mark_counted, reopen};
pub use layout::{layouts, save_layout};
pub(crate) use line::{Counted, consume, let_go};
pub use query::{counts, list, statements};
pub use upload::{NewStatement, accounts, upload};
