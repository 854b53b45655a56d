//! Refunds as people make them: the store or the desk asks, finance decides, a gateway or a person
//! sends. What the system owes by itself is in [`crate::payment`].

mod decide;
mod dispute;
mod evidence;
mod query;
mod request;
mod resolve;
mod send;
mod taken;

pub use decide::{approve, reject};
pub use dispute::list as disputes;
pub(crate) use dispute::{look_again, open as open_dispute, take_gateway_refund};
pub use evidence::{attach, evidence};
pub use query::{find, list, of_desk_order, of_own_order, waiting};
pub use request::{request_as_desk, request_as_seller};
pub use resolve::resolve;
pub use send::{by_hand, complete, retry};
