//! What makes a valid product.

use crate::catalog::barcode::is_barcode;
use crate::id::{ImageId, VariantId};
use crate::macros::{states, view};
use crate::validate::Checks;
use crate::{FieldError, Money, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Pictures per product.
pub const MAX_IMAGES: usize = 5;
/// Option types (colour, size, …) per product.
pub const MAX_OPTIONS: usize = 3;
pub const MAX_VARIANTS: usize = 100;
/// Characters of Markdown.
pub const MAX_DESCRIPTION: usize = 10_000;
/// Units of one variant in one warehouse.
pub const MAX_STOCK: i64 = 10_000_000;
const MAX_VALUES: usize = 30;

states! {
    pub enum ProductStatus {
        /// Seen only by the seller.
        Draft = "draft",
        /// On sale.
        Active = "active",
        /// Taken off; past orders keep their snapshot.
        Archived = "archived",
    }
}

view! {
    /// A row of the specification table.
    pub struct Specification { pub label: String, pub value: String }
    /// A way variants differ, and its values in the order they are shown.
    pub struct OptionType { pub name: String, pub values: Vec<String> }
    /// Body of `POST /seller/products`.
    pub struct ProductInput {
        pub name: String,
        /// Markdown.
        #[serde(default)]
        pub description: String,
        /// Slug of the category.
        pub category: String,
        pub weight_grams: i64,
        #[serde(default)]
        pub length_mm: Option<i64>,
        #[serde(default)]
        pub width_mm: Option<i64>,
        #[serde(default)]
        pub height_mm: Option<i64>,
        /// For a product without options.
        #[serde(default)]
        pub price: Option<Money>,
        /// Opening stock, for a product without options.
        #[serde(default)]
        pub stock: Option<i64>,
        #[serde(default)]
        pub sku: Option<String>,
        #[serde(default)]
        pub barcode: Option<String>,
        #[serde(default)]
        pub specifications: Vec<Specification>,
        /// Option types; may be left out, then they are read off the variants.
        #[serde(default)]
        pub options: Vec<OptionType>,
        #[serde(default)]
        pub variants: Vec<VariantInput>,
        #[serde(default)]
        pub tags: Vec<String>,
        #[serde(default = "draft")]
        pub status: ProductStatus,
    }
    /// A variant in `POST /seller/products`.
    pub struct VariantInput {
        /// The variant that is changed; without it, the one with this SKU, or a new one.
        #[serde(default)]
        pub id: Option<VariantId>,
        #[serde(default)]
        pub sku: Option<String>,
        #[serde(default)]
        pub barcode: Option<String>,
        pub price: Money,
        /// Opening stock in the default warehouse.
        #[serde(default)]
        pub stock: i64,
        #[serde(default)]
        pub options: BTreeMap<String, String>,
        /// One of the product's own pictures.
        #[serde(default)]
        pub image_id: Option<ImageId>,
    }
    /// Body of `PATCH /seller/products/{id}`; absent fields stay. `variants`, when given, is the
    /// whole new set: those with a known id or SKU are kept and updated, others added, missing ones
    /// retired. Stock of existing variants is changed only through the inventory. A measure sent as
    /// `null` is taken away.
    pub struct ProductPatch {
        #[serde(default)]
        pub name: Option<String>,
        #[serde(default)]
        pub description: Option<String>,
        #[serde(default)]
        pub category: Option<String>,
        #[serde(default)]
        pub weight_grams: Option<i64>,
        #[serde(default, deserialize_with = "given")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
        pub length_mm: Option<Option<i64>>,
        #[serde(default, deserialize_with = "given")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
        pub width_mm: Option<Option<i64>>,
        #[serde(default, deserialize_with = "given")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
        pub height_mm: Option<Option<i64>>,
        #[serde(default)]
        pub price: Option<Money>,
        #[serde(default)]
        pub specifications: Option<Vec<Specification>>,
        #[serde(default)]
        pub options: Option<Vec<OptionType>>,
        #[serde(default)]
        pub variants: Option<Vec<VariantInput>>,
        #[serde(default)]
        pub tags: Option<Vec<String>>,
        #[serde(default)]
        pub status: Option<ProductStatus>,
    }
}

/// Tells a field that is `null` from one that is absent.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> std::result::Result<Option<Option<i64>>, D::Error> {
    Deserialize::deserialize(value).map(Some)
}

fn draft() -> ProductStatus {
    ProductStatus::Draft
}

/// A valid product, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDraft {
    pub name: String,
    pub description: String,
    pub category: String,
    pub weight_grams: i64,
    /// Length, width, height in millimetres.
    pub size_mm: (Option<i64>, Option<i64>, Option<i64>),
    pub specifications: Vec<Specification>,
    pub options: Vec<OptionType>,
    /// At least one.
    pub variants: Vec<VariantDraft>,
    pub tags: Vec<String>,
    pub status: ProductStatus,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantDraft {
    pub id: Option<VariantId>,
    /// `None`: generated by the service.
    pub sku: Option<String>,
    pub barcode: Option<String>,
    pub price: Money,
    pub stock: i64,
    pub options: BTreeMap<String, String>,
    pub image_id: Option<ImageId>,
}

impl ProductInput {
    pub fn check(self) -> Result<ProductDraft> {
        let mut checks = Checks::new();
        let name = checks.line("name", &self.name, 150);
        let description = checks.optional_text("description", &self.description, MAX_DESCRIPTION);
        let category = checks.line("category", &self.category, 100);
        let weight_grams = checks.range("weight_grams", self.weight_grams, 1, 500_000);
        for (field, value) in [("length_mm", self.length_mm), ("width_mm", self.width_mm), ("height_mm", self.height_mm)] {
            if let Some(value) = value {
                checks.range(field, value, 1, 10_000);
            }
        }
        let specifications = check_specifications(&mut checks, &self.specifications);
        let tags = check_tags(&mut checks, &self.tags);
        let variants = if self.variants.is_empty() {
            if self.price.is_none() {
                checks.add(FieldError::new("price", "required"));
            }
            vec![VariantInput {
                id: None,
                sku: self.sku,
                barcode: self.barcode,
                price: self.price.unwrap_or(Money(1)),
                stock: self.stock.unwrap_or(0),
                options: BTreeMap::new(),
                image_id: None,
            }]
        } else {
            self.variants
        };
        let plain = variants.len() == 1 && variants[0].options.is_empty();
        let variants = check_variants(&mut checks, variants, plain);
        let options = check_options(&mut checks, self.options, &variants);
        checks.finish(ProductDraft {
            name,
            description,
            category,
            weight_grams,
            size_mm: (self.length_mm, self.width_mm, self.height_mm),
            specifications,
            options,
            variants,
            tags,
            status: self.status,
        })
    }
}

fn check_specifications(checks: &mut Checks, rows: &[Specification]) -> Vec<Specification> {
    if rows.len() > 50 {
        checks.add(FieldError::new("specifications", "too_many").limit(50));
        return vec![];
    }
    let check = |(i, row): (usize, &Specification)| Specification {
        label: checks.line(&format!("specifications[{i}].label"), &row.label, 60),
        value: checks.line(&format!("specifications[{i}].value"), &row.value, 300),
    };
    rows.iter().enumerate().map(check).collect()
}

fn check_tags(checks: &mut Checks, tags: &[String]) -> Vec<String> {
    if tags.len() > 20 {
        checks.add(FieldError::new("tags", "too_many").limit(20));
        return vec![];
    }
    tags.iter().enumerate().map(|(i, tag)| checks.line(&format!("tags[{i}]"), tag, 30)).collect()
}

fn check_variants(checks: &mut Checks, variants: Vec<VariantInput>, plain: bool) -> Vec<VariantDraft> {
    if variants.len() > MAX_VARIANTS {
        checks.add(FieldError::new("variants", "too_many").limit(MAX_VARIANTS as i64));
        return vec![];
    }
    let mut skus = BTreeSet::new();
    let mut combinations = BTreeSet::new();
    let names: BTreeSet<String> =
        variants.first().map(|v| v.options.keys().map(|k| k.trim().to_owned()).collect()).unwrap_or_default();
    let mut drafts = Vec::with_capacity(variants.len());
    for (i, variant) in variants.into_iter().enumerate() {
        let at = |field: &str| {
            if plain { field.to_owned() } else { format!("variants[{i}].{field}") }
        };
        let sku = variant.sku.filter(|s| !s.trim().is_empty()).map(|s| checks.line(&at("sku"), &s, 64));
        if let Some(sku) = &sku {
            checks.require(skus.insert(sku.to_lowercase()), &at("sku"), "duplicate");
        }
        let barcode = variant.barcode.map(|b| b.trim().to_owned()).filter(|b| !b.is_empty());
        if let Some(barcode) = &barcode {
            checks.require(is_barcode(barcode), &at("barcode"), "invalid_barcode");
        }
        let price = checks.price(&at("price"), variant.price);
        let stock = checks.range(&at("stock"), variant.stock, 0, MAX_STOCK);
        let options: BTreeMap<String, String> = variant
            .options
            .iter()
            .map(|(k, v)| (checks.line(&at("options"), k, 30), checks.line(&at("options"), v, 50)))
            .collect();
        checks.require(options.keys().eq(names.iter()), &at("options"), "options_differ");
        checks.require(combinations.insert(options.clone()), &at("options"), "duplicate");
        drafts.push(VariantDraft { id: variant.id, sku, barcode, price, stock, options, image_id: variant.image_id });
    }
    if names.len() > MAX_OPTIONS {
        checks.add(FieldError::new("options", "too_many").limit(MAX_OPTIONS as i64));
    }
    drafts
}

/// The declared option types, or those read off the variants; both must agree.
fn check_options(checks: &mut Checks, declared: Vec<OptionType>, variants: &[VariantDraft]) -> Vec<OptionType> {
    let mut found: Vec<OptionType> = Vec::new();
    for (name, value) in variants.iter().flat_map(|v| &v.options) {
        match found.iter_mut().find(|o| o.name == *name) {
            Some(option) if option.values.contains(value) => {}
            Some(option) => option.values.push(value.clone()),
            None => found.push(OptionType { name: name.clone(), values: vec![value.clone()] }),
        }
    }
    if found.iter().any(|o| o.values.len() > MAX_VALUES) {
        checks.add(FieldError::new("options", "too_many").limit(MAX_VALUES as i64));
    }
    if declared.is_empty() {
        return found;
    }
    // The declared order counts; values nobody offers are dropped.
    let ordered: Vec<OptionType> = declared
        .into_iter()
        .filter_map(|option| {
            let used = found.iter().find(|f| f.name == option.name.trim())?;
            let mut values: Vec<String> =
                option.values.iter().map(|v| v.trim().to_owned()).filter(|v| used.values.contains(v)).collect();
            values.extend(used.values.iter().filter(|v| !option.values.iter().any(|o| o.trim() == v.as_str())).cloned());
            Some(OptionType { name: used.name.clone(), values })
        })
        .collect();
    checks.require(ordered.len() == found.len(), "options", "options_differ");
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn shoe() -> ProductInput {
        let variant = |colour: &str, size: &str| VariantInput {
            id: None,
            sku: None,
            barcode: None,
            price: Money(250_000),
            stock: 5,
            options: [("Warna".to_owned(), colour.to_owned()), ("Ukuran".to_owned(), size.to_owned())].into(),
            image_id: None,
        };
        ProductInput {
            name: "Sepatu lari".into(),
            description: "**Ringan**".into(),
            category: "sepatu".into(),
            weight_grams: 800,
            length_mm: None,
            width_mm: None,
            height_mm: None,
            price: None,
            stock: None,
            sku: None,
            barcode: None,
            specifications: vec![],
            options: vec![],
            variants: vec![variant("Merah", "40"), variant("Hitam", "40"), variant("Hitam", "41")],
            tags: vec![],
            status: ProductStatus::Active,
        }
    }

    fn errors(input: ProductInput) -> Vec<String> {
        match input.check() {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|e| format!("{}:{}", e.field, e.code)).collect(),
            Ok(_) => vec![],
            Err(other) => vec![other.to_string()],
        }
    }

    #[test]
    fn reads_option_types_off_the_variants() {
        let draft = shoe().check().unwrap();
        let colour = draft.options.iter().find(|o| o.name == "Warna").unwrap();
        assert_eq!(colour.values, ["Merah", "Hitam"]);
    }

    #[test]
    fn refuses_two_equal_or_incomplete_combinations() {
        let mut input = shoe();
        input.variants[1] = input.variants[0].clone();
        input.variants[2].options.remove("Ukuran");
        assert_eq!(errors(input), ["variants[1].options:duplicate", "variants[2].options:options_differ"]);
    }

    #[test]
    fn refuses_absurd_numbers() {
        let mut input = shoe();
        input.variants[0].price = Money(i64::MAX);
        input.variants[1].stock = -1;
        input.weight_grams = 0;
        assert_eq!(errors(input), ["weight_grams:too_small", "variants[0].price:too_large", "variants[1].stock:too_small"]);
    }

    #[test]
    fn a_product_without_options_needs_a_price() {
        let input = ProductInput { variants: vec![], ..shoe() };
        assert_eq!(errors(input), ["price:required"]);
    }

    #[test]
    fn tells_a_measure_taken_away_from_one_left_alone() {
        let patch: ProductPatch = serde_json::from_str(r#"{"length_mm":null,"width_mm":20}"#).unwrap();
        assert_eq!((patch.length_mm, patch.width_mm, patch.height_mm), (Some(None), Some(Some(20)), None));
    }
}
