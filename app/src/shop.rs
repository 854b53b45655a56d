//! The storefront: home, search, product, store.

mod api;
mod home;
mod product;
mod reviews;
mod search;
mod store;

pub use home::HomePage;
pub use product::ProductPage;
pub use search::SearchPage;
pub use store::StorePage;
