//! The desk: transfer proofs and the orders of all stores. Every page is a lazy route.

mod api;
mod done;
mod earlier;
mod figures;
mod frame;
mod keys;
mod orders;
mod proof;
mod queue;
mod statements;

pub use orders::{DeskOrder, DeskOrders};
pub use queue::DeskQueue;
pub use statements::DeskStatements;
