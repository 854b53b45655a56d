//! The seller centre. Every page is a lazy route: its code is loaded when it is opened.

mod analytics;
mod api;
mod chart;
mod dashboard;
mod editor;
mod frame;
mod inventory;
mod money;
mod money_api;
mod orders;
mod products;
mod refunds;
mod statement;

pub use analytics::AnalyticsPage;
pub use api::{DESK, Handled};
pub use dashboard::Dashboard;
pub use editor::ProductEditor;
pub use inventory::Inventory;
pub use money::SellerMoney;
pub use money_api::StatementPage;
pub use orders::{ActionErrors, Actions as OrderActions, HandledOrder, SellerOrder, SellerOrders};
pub use products::ProductList;
pub use statement::{SellerStatement, StatementContent};
