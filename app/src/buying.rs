//! Cart, checkout, payment, orders.

mod address;
mod api;
mod cart;
mod checkout;
mod countdown;
mod invoice;
mod methods;
mod order;
mod orders;
mod pay;
mod pay_with;
mod steps;
mod tax;
mod transfer;

pub use address::AddressFields;
pub use api::{OrderFilter, Orders};
pub use cart::CartPage;
pub use checkout::CheckoutPage;
pub use invoice::InvoicePage;
pub use order::{OrderItems, OrderPage, OrderTimeline};
pub use orders::{OrderList, OrdersPage, filter_of_url};
pub use pay::PayPage;
