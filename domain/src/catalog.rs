//! Products, variants, categories and search.

mod barcode;
mod product;
mod search;
mod view;

pub use barcode::is_barcode;
pub use product::{
    MAX_DESCRIPTION, MAX_IMAGES, MAX_OPTIONS, MAX_STOCK, MAX_VARIANTS, OptionType, ProductDraft, ProductInput, ProductPatch,
    ProductStatus, Specification, VariantDraft, VariantInput,
};
pub use search::{SearchInput, SearchQuery, SortBy};
pub use view::{
    CategoryNode, CategoryRef, ImagePatch, ImageView, ProductCard, ProductView, SellerProductRow, SellerProductView, VariantView,
};
