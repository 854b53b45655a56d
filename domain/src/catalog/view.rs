//! What is shown of the catalogue.

use crate::Money;
use crate::catalog::{OptionType, ProductStatus, Specification};
use crate::id::{CategoryId, ImageId, ProductId, VariantId};
use crate::macros::view;
use crate::review::Rating;
use crate::store::StoreCard;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

view! {
    /// A product in a list.
    pub struct ProductCard {
        pub id: ProductId,
        pub slug: String,
        pub name: String,
        /// Lowest price of its variants.
        pub price: Money,
        /// Highest price of its variants.
        pub price_max: Money,
        /// Middle size, WebP.
        pub image_url: Option<String>,
        /// Average stars; `None` without reviews.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
        pub rating: Option<Rating>,
        pub rating_count: i64,
        pub sold_count: i64,
        pub in_stock: bool,
        pub store: StoreCard,
    }
    /// A product on its page.
    pub struct ProductView {
        pub id: ProductId,
        pub slug: String,
        pub name: String,
        pub price: Money,
        pub price_max: Money,
        pub image_url: Option<String>,
        /// Average stars; `None` without reviews.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
        pub rating: Option<Rating>,
        pub rating_count: i64,
        pub sold_count: i64,
        pub in_stock: bool,
        pub store: StoreCard,
        /// Sanitized HTML made from the seller's Markdown.
        pub description_html: String,
        pub specifications: Vec<Specification>,
        pub options: Vec<OptionType>,
        pub variants: Vec<VariantView>,
        pub images: Vec<ImageView>,
        pub category: CategoryRef,
        pub weight_grams: i64,
        pub created_at: DateTime<Utc>,
    }
    /// One buyable combination of options.
    pub struct VariantView {
        pub id: VariantId,
        pub sku: String,
        pub barcode: Option<String>,
        pub price: Money,
        /// On hand minus reserved, over all warehouses.
        pub available: i64,
        /// Option name to chosen value; empty for a product without options.
        pub options: BTreeMap<String, String>,
        pub image_url: Option<String>,
    }
    /// A picture; the URL is the middle size, `small_url` and `large_url` the others.
    pub struct ImageView {
        pub id: ImageId,
        pub url: String,
        pub small_url: String,
        pub large_url: String,
        pub alt: String,
        /// Pixels of the large size.
        pub width: i32,
        pub height: i32,
    }
    /// A category and the way to it from the root, itself last.
    pub struct CategoryRef { pub id: CategoryId, pub slug: String, pub name: String, pub path: Vec<(String, String)> }
    /// A node of the category tree.
    pub struct CategoryNode {
        pub id: CategoryId,
        pub slug: String,
        pub name: String,
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        pub children: Vec<CategoryNode>,
    }
    /// A product as its seller sees it: the public view, its state and the Markdown source.
    pub struct SellerProductView {
        #[serde(flatten)]
        pub product: ProductView,
        pub status: ProductStatus,
        /// Markdown as typed.
        pub description: String,
        pub tags: Vec<String>,
        pub length_mm: Option<i64>,
        pub width_mm: Option<i64>,
        pub height_mm: Option<i64>,
    }
    /// A row of the seller's product list.
    pub struct SellerProductRow {
        pub id: ProductId,
        pub slug: String,
        pub name: String,
        pub image_url: Option<String>,
        pub price: Money,
        pub price_max: Money,
        pub available: i64,
        pub variant_count: i64,
        pub sold_count: i64,
        pub status: ProductStatus,
        pub updated_at: DateTime<Utc>,
    }
    /// Body of `PATCH …/images/{id}`.
    pub struct ImagePatch {
        #[serde(default)]
        pub alt: Option<String>,
        /// New place in the gallery, from 0.
        #[serde(default)]
        pub position: Option<i64>,
    }
}
