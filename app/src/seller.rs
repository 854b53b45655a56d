//! The seller centre. Every page is a lazy route: its code is loaded when it is opened.

mod analytics;
mod api;
mod chart;
mod dashboard;
mod editor;
mod frame;
mod inventory;
mod orders;
mod products;

pub use analytics::AnalyticsPage;
pub use api::DESK;
pub use dashboard::Dashboard;
pub use editor::ProductEditor;
pub use inventory::Inventory;
pub use orders::{Actions as OrderActions, HandledOrder, SellerOrder, SellerOrders};
pub use products::ProductList;
