//! Statements of our bank accounts on the desk: lines are matched to open transfers and proposed; an
//! agent approves each, by the same command and rules as a proof.

mod approve;
mod layout;
mod matching;
mod query;
mod read;
mod upload;

pub use approve::{approve, dismiss};
pub use layout::{layouts, save_layout};
pub use query::{counts, list, statements};
pub use upload::upload;
