//! Payments: charging at gateways, webhooks, the one completion path, refunds.

mod apply;
mod charge;
mod expiry;
mod refund;
mod webhook;

pub use apply::apply_event;
pub use charge::{charge, find, methods, retry};
pub use expiry::auto_cancel;
pub use refund::execute_refund;
pub use webhook::{Received, receive_webhook};
