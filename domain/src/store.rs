//! Stores: what a seller presents and how the store works.

use crate::Result;
use crate::id::StoreId;
use crate::macros::{states, view};
use crate::rate::TaxRule;
use crate::validate::Checks;

states! {
    /// When stock leaves the shelf (PRODUCT.md, "Order life cycle").
    pub enum StockPolicy {
        /// Held when the order is placed, released on cancel or expiry.
        ReserveAtCheckout = "reserve_at_checkout",
        /// Taken only when the payment is verified.
        DeductAtPayment = "deduct_at_payment",
    }
}

view! {
    /// A store as buyers see it.
    pub struct StoreView {
        pub id: StoreId,
        pub slug: String,
        pub name: String,
        pub description: String,
        /// City or regency.
        pub location: String,
        pub logo_url: Option<String>,
        pub banner_url: Option<String>,
        pub is_open: bool,
        /// Average of all reviews; `None` without reviews.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
        pub rating: Option<crate::review::Rating>,
        pub rating_count: i64,
        pub product_count: i64,
        pub sold_count: i64,
        pub tax: TaxRule,
    }
    /// The store named on a product card.
    pub struct StoreCard { pub slug: String, pub name: String, pub location: String }
    /// What a seller may change of the store.
    pub struct StoreInput {
        pub name: String,
        #[serde(default)]
        pub description: String,
        pub location: String,
        #[serde(default = "yes")]
        pub is_open: bool,
        pub stock_policy: StockPolicy,
        /// As it is when absent.
        #[serde(default)]
        pub tax: Option<TaxRule>,
    }
}

fn yes() -> bool {
    true
}

impl StoreInput {
    pub fn check(self) -> Result<Self> {
        let mut checks = Checks::new();
        let input = Self {
            name: checks.line("name", &self.name, 60),
            description: checks.optional_text("description", &self.description, 2_000),
            location: checks.line("location", &self.location, 60),
            tax: self.tax.and_then(|tax| match tax.check() {
                Ok(tax) => Some(tax),
                Err(error) => {
                    error.fields().iter().for_each(|field| checks.add(field.clone()));
                    None
                }
            }),
            ..self
        };
        checks.finish(input)
    }
}

/// Lower-case ASCII words joined by hyphens, for URLs; empty when nothing is left (other scripts).
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn makes_readable_urls() {
        assert_eq!(slug("  Sepatu Lari -- Pria (2026)!"), "sepatu-lari-pria-2026");
        assert_eq!(slug("日本語"), "");
        assert!(slug(&"panjang ".repeat(100)).len() <= 60);
    }
}
