//! What the posted form means.

use super::input::{ProductForm, VariantForm};
use domain::catalog::{OptionType, ProductInput, ProductPatch, Specification, VariantInput};
use domain::{Error, FieldError, Money};
use std::collections::BTreeMap;

impl VariantForm {
    fn is_used(&self) -> bool {
        let typed = [&self.id, &self.sku, &self.barcode, &self.price, &self.stock];
        self.remove.is_none() && typed.into_iter().chain(&self.values).any(|text| !text.trim().is_empty())
    }
}

/// Where the used rows stand in the form, so that an error is shown at the right one.
pub struct Places(Vec<usize>);

impl Places {
    pub fn point(&self, error: Error) -> Error {
        let Error::Invalid(fields) = error else { return error };
        let point = |mut error: FieldError| {
            let field = error.field.clone();
            let (index, rest) = match field.strip_prefix("variants[").and_then(|rest| rest.split_once("].")) {
                Some((index, rest)) => (index.parse().unwrap_or(0), rest),
                // A product with one variant is told of it without a number.
                None if matches!(field.as_str(), "sku" | "barcode" | "price" | "stock") => (0, field.as_str()),
                None => return error,
            };
            let row = self.0.get(index).copied().unwrap_or(index);
            error.field = format!("variants[{row}].{rest}");
            error
        };
        Error::Invalid(fields.into_iter().map(point).collect())
    }
}

/// Reads numbers and ids, and remembers what was none.
#[derive(Default)]
struct Reader(Vec<FieldError>);

impl Reader {
    fn number(&mut self, field: String, text: &str) -> i64 {
        if text.trim().is_empty() {
            self.0.push(FieldError::new(field, "required"));
            return 0;
        }
        // `250.000` is how prices are written here.
        text.trim().replace('.', "").parse().unwrap_or_else(|_| {
            self.0.push(FieldError::new(field, "not_a_number"));
            0
        })
    }

    fn optional(&mut self, field: &str, text: &str) -> Option<i64> {
        (!text.trim().is_empty()).then(|| self.number(field.to_owned(), text))
    }

    fn id<T: std::str::FromStr>(&mut self, field: String, text: &str) -> Option<T> {
        let text = Some(text.trim()).filter(|t| !t.is_empty())?;
        let id = text.parse().ok();
        if id.is_none() {
            self.0.push(FieldError::new(field, "unknown_value"));
        }
        id
    }
}

impl ProductForm {
    pub fn places(&self) -> Places {
        Places(self.variants.iter().enumerate().filter(|(_, v)| v.is_used()).map(|(row, _)| row).collect())
    }

    /// What a program would send; numbers that are none are reported by field.
    pub fn into_input(self) -> Result<ProductInput, Error> {
        let mut reader = Reader::default();
        let weight_grams = reader.number("weight_grams".into(), &self.weight_grams);
        let length_mm = reader.optional("length_mm", &self.length_mm);
        let width_mm = reader.optional("width_mm", &self.width_mm);
        let height_mm = reader.optional("height_mm", &self.height_mm);
        let names: Vec<&str> = self.options.iter().map(|name| name.trim()).collect();
        let used = self.variants.iter().filter(|v| v.is_used()).enumerate();
        let variants: Vec<VariantInput> = used.map(|(i, row)| variant(&mut reader, &names, i, row)).collect();
        if variants.is_empty() {
            reader.0.push(FieldError::new("variants[0].price", "required"));
        }
        let status = self.status.parse().map_err(|()| Error::invalid("status", "unknown_value"))?;
        if !reader.0.is_empty() {
            return Err(Error::Invalid(reader.0));
        }
        let options = names.iter().filter_map(|name| declared(name, &variants)).collect();
        let rows = self.specifications.into_iter().filter(|s| !s.label.trim().is_empty() || !s.value.trim().is_empty());
        Ok(ProductInput {
            name: self.name,
            description: self.description,
            category: self.category,
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
            price: None,
            stock: None,
            sku: None,
            barcode: None,
            specifications: rows.map(|s| Specification { label: s.label, value: s.value }).collect(),
            options,
            variants,
            tags: self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            status,
        })
    }
}

fn variant(reader: &mut Reader, names: &[&str], i: usize, row: &VariantForm) -> VariantInput {
    let at = |field: &str| format!("variants[{i}].{field}");
    let text = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let pairs = names.iter().zip(&row.values).filter(|(name, value)| !name.is_empty() && !value.trim().is_empty());
    VariantInput {
        id: reader.id(at("id"), &row.id),
        sku: text(&row.sku),
        barcode: text(&row.barcode),
        price: Money(reader.number(at("price"), &row.price)),
        stock: if row.stock.trim().is_empty() { 0 } else { reader.number(at("stock"), &row.stock) },
        options: pairs.map(|(name, value)| ((*name).to_owned(), value.trim().to_owned())).collect::<BTreeMap<_, _>>(),
        image_id: reader.id(at("image_id"), &row.image_id),
    }
}

/// An option in the order of the form's columns and rows; none when no row uses it.
fn declared(name: &str, variants: &[VariantInput]) -> Option<OptionType> {
    let mut values: Vec<String> = vec![];
    for value in variants.iter().filter_map(|v| v.options.get(name)) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    (!values.is_empty()).then(|| OptionType { name: name.to_owned(), values })
}

/// The form holds the whole product: everything is set.
pub fn patch(input: ProductInput) -> ProductPatch {
    ProductPatch {
        name: Some(input.name),
        description: Some(input.description),
        category: Some(input.category),
        weight_grams: Some(input.weight_grams),
        length_mm: Some(input.length_mm),
        width_mm: Some(input.width_mm),
        height_mm: Some(input.height_mm),
        price: None,
        specifications: Some(input.specifications),
        options: Some(input.options),
        variants: Some(input.variants),
        tags: Some(input.tags),
        status: Some(input.status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[&str], price: &str) -> VariantForm {
        VariantForm { values: values.iter().map(|v| (*v).to_owned()).collect(), price: price.into(), ..Default::default() }
    }

    fn form(variants: Vec<VariantForm>) -> ProductForm {
        ProductForm {
            name: "Sepatu".into(),
            weight_grams: "500".into(),
            status: "active".into(),
            options: vec!["Warna".into(), String::new(), "Ukuran".into()],
            tags: "lari, ringan,".into(),
            variants,
            ..Default::default()
        }
    }

    #[test]
    fn reads_options_by_their_column_and_skips_empty_rows() {
        let input =
            form(vec![row(&["Merah", "", "40"], "250.000"), row(&[], ""), row(&["Hitam", "", "41"], "1")]).into_input().unwrap();
        assert_eq!(input.variants[0].options["Ukuran"], "40");
        assert_eq!(input.variants[0].price, Money(250_000));
        assert_eq!(input.variants.len(), 2);
        assert_eq!(input.options[0].values, ["Merah", "Hitam"]);
        assert_eq!(input.tags, ["lari", "ringan"]);
    }

    #[test]
    fn points_at_the_row_of_the_form() {
        let removed = VariantForm { remove: Some("on".into()), ..row(&["Biru"], "5") };
        let form = form(vec![removed, row(&["Merah"], "5"), row(&["Hitam"], "")]);
        let places = form.places();
        let error = places.point(form.into_input().unwrap_err());
        assert_eq!(error.fields()[0].field, "variants[2].price");
        let error = places.point(Error::invalid("price", "too_small"));
        assert_eq!(error.fields()[0].field, "variants[1].price");
    }

    #[test]
    fn a_product_without_variants_is_refused() {
        let error = form(vec![]).into_input().unwrap_err();
        assert_eq!(error.fields()[0].field, "variants[0].price");
    }
}
