//! Payments: charging at gateways, webhooks, the one completion path, refunds.

mod apply;
mod attempt;
mod charge;
mod cod;
mod expiry;
mod interest;
mod lock;
mod method;
mod qr;
mod query;
mod reconcile;
mod refund;
mod remind;
mod send_back;
mod sent;
mod settle;
mod transfer;
mod webhook;

pub use apply::apply_event;
pub(crate) use attempt::{Means, cancel_charge, means, transfer_means};
pub use charge::{charge, retry};
pub(crate) use cod::{collect, end_if_settled};
pub use expiry::auto_cancel;
pub(crate) use expiry::close;
pub(crate) use interest::{check_interest, interests};
pub(crate) use lock::{lock_orders, lock_payment};
pub use method::change_method;
pub use qr::{qr, qr_picture};
pub use query::{find, methods, methods_for, methods_not_for};
pub(crate) use query::{gateway_of, is_refunded_by_hand, method, method_name, of_order, view_of};
pub(crate) use reconcile::first_ask;
pub use reconcile::reconcile;
pub(crate) use refund::{
    NewRefund, drop_waiting, hold as hold_refund, insert as insert_refund, let_go as let_go_refund, note as note_refund,
    request_order_refund,
};
pub use remind::remind_unpaid;
pub use send_back::execute_refund;
pub(crate) use send_back::{MAX_TRIES, complete_refund, means_of as refund_means};
pub(crate) use sent::is_at_gateway;
pub(crate) use transfer::{book_surplus, has_settled, settle_transfer};
pub use webhook::{Received, receive_webhook};

/// Where the money of a refund leaves: at the gateway that sends it, or our bank when a person does.
/// Transfers came to our own account: theirs is clearing either way.
fn sent_from(gateway: &str, is_by_hand: bool) -> domain::ledger::Account {
    if is_by_hand && gateway != domain::payment::MANUAL_TRANSFER {
        domain::ledger::AccountKind::Bank.into()
    } else {
        clearing(gateway)
    }
}

/// The account of the money a payment's gateway holds for us.
fn clearing(gateway: &str) -> domain::ledger::Account {
    domain::ledger::Account::at_gateway(domain::ledger::AccountKind::GatewayClearing, gateway)
}
