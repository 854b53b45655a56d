//! Orders: one machine for web, API and POS.

mod invoice;
mod note;
mod number;
mod status;
mod view;

pub use invoice::{Invoice, InvoiceStatus};
pub use note::SystemNote;
pub use number::{document_number, order_number};
pub use status::{OrderAction, OrderStatus, Party, Transition, transition};
pub use view::{
    CancelInput, OrderCounts, OrderItem, OrderPayment, OrderQuery, OrderRow, OrderView, ShipInput, Shipment, TimelineEntry,
    Totals,
};
