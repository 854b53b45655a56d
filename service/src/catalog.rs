//! Products, categories and search.

pub(crate) mod cache;
mod card;
pub mod category;
pub(crate) mod goods;
mod image;
mod markdown;
mod product;
pub mod search;
mod seller;

pub use category::categories;
pub use image::{add_image, change_image, remove_image};
pub use product::{find, related};
pub use search::search;
pub use seller::{archive, create, own_product, own_products, update};
