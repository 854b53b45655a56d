//! Payments: charging at gateways, webhooks, the one completion path, refunds.

mod apply;
mod charge;
mod expiry;
mod lock;
mod qr;
mod query;
mod reconcile;
mod refund;
mod settle;
mod transfer;
mod webhook;

pub use apply::apply_event;
pub use charge::{charge, retry};
pub use expiry::auto_cancel;
pub(crate) use expiry::close;
pub(crate) use lock::{lock_orders, lock_payment};
pub use qr::qr;
pub use query::{find, is_available, methods};
pub(crate) use query::{is_refunded_by_hand, of_order, view_of};
pub use reconcile::reconcile;
pub use refund::execute_refund;
pub(crate) use refund::{complete_refund, request_order_refund};
pub(crate) use transfer::{book_surplus, settle_transfer};
pub use webhook::{Received, receive_webhook};

/// The account of the money a payment's gateway holds for us.
fn clearing(payment: &entity::payment::Model) -> domain::ledger::Account {
    domain::ledger::Account::at_gateway(domain::ledger::AccountKind::GatewayClearing, &payment.gateway)
}
