//! The product form as it is posted.

use serde::{Deserialize, Serialize};

/// All fields are text as typed. Empty rows are skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductForm {
    /// Empty for a new product.
    pub id: String,
    pub name: String,
    pub description: String,
    pub category: String,
    pub status: String,
    /// Separated by commas.
    pub tags: String,
    pub weight_grams: String,
    pub length_mm: String,
    pub width_mm: String,
    pub height_mm: String,
    /// Names of the option types.
    pub options: Vec<String>,
    pub specifications: Vec<SpecificationForm>,
    pub variants: Vec<VariantForm>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpecificationForm {
    pub label: String,
    pub value: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VariantForm {
    /// Empty for a new variant.
    pub id: String,
    pub sku: String,
    pub barcode: String,
    /// Values of the option types, in their order.
    pub values: Vec<String>,
    pub price: String,
    /// Opening stock of a new variant.
    pub stock: String,
    /// Id of the picture that shows it.
    pub image_id: String,
    /// Ticked: the variant is no longer sold.
    pub remove: Option<String>,
}
