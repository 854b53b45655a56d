//! Orders: one machine for web, API and POS.

mod number;
mod status;
mod view;

pub use number::{document_number, order_number};
pub use status::{OrderAction, OrderStatus, Party, Transition, transition};
pub use view::{
    CancelInput, OrderCounts, OrderItem, OrderPayment, OrderQuery, OrderRow, OrderView, ShipInput, Shipment, TimelineEntry,
    Totals,
};
