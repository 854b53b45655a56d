//! Server functions of the seller centre.

use crate::buying::{OrderFilter, Orders};
use crate::failure::Answer;
use domain::Page;
use domain::analytics::{SalesSummary, StatusCount, TopProduct, TrendPoint};
use domain::catalog::{CategoryNode, SellerProductRow, SellerProductView};
use domain::inventory::StockRow;
use domain::order::OrderView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub summary: SalesSummary,
    pub by_status: Vec<StatusCount>,
    pub trend: Vec<TrendPoint>,
    pub top: Vec<TopProduct>,
    pub low_stock: u64,
}

#[server(endpoint = "seller/figures", input = GetUrl)]
pub async fn get_figures(days: i64) -> Answer<Figures> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let filter = service::inventory::StockFilter { low_stock: true, ..Default::default() };
    Ok(Figures {
        summary: service::analytics::summary(&ctx, &actor).await?,
        by_status: service::analytics::status_counts(&ctx, &actor).await?,
        trend: service::analytics::trend(&ctx, &actor, days).await?,
        top: service::analytics::top_products(&ctx, &actor, 10).await?,
        low_stock: service::inventory::rows(&ctx, &actor, &filter, domain::PageRequest::default()).await?.total,
    })
}

#[cfg(feature = "ssr")]
fn page(text: Option<String>) -> Result<domain::PageRequest, domain::Error> {
    let page = match text.filter(|t| !t.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| domain::Error::invalid("page", "not_a_number"))?),
    };
    domain::PageRequest::new(page, None)
}

#[server(endpoint = "seller/products", input = GetUrl)]
pub async fn get_products(
    status: Option<String>,
    q: Option<String>,
    page_number: Option<String>,
) -> Answer<Page<SellerProductRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let status = match status.filter(|s| !s.is_empty()) {
        None => None,
        Some(text) => Some(text.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?),
    };
    Ok(service::catalog::own_products(&ctx, &actor, status, &q.unwrap_or_default(), page(page_number)?).await?)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// `None` for a new product.
    pub product: Option<SellerProductView>,
    pub categories: Vec<CategoryNode>,
}

#[server(endpoint = "seller/product", input = GetUrl)]
pub async fn get_editing(id: String) -> Answer<Editing> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    actor.store(domain::identity::Permission::ProductManage)?;
    let product = match id.as_str() {
        "new" => None,
        id => {
            let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Product))?;
            Some(service::catalog::own_product(&ctx, &actor, id).await?)
        }
    };
    Ok(Editing { product, categories: service::catalog::categories(&ctx, actor.locale).await? })
}

/// The product form. Variants are rows of text fields; empty rows are skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductForm {
    #[serde(default)]
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub category: String,
    pub weight_grams: String,
    pub status: String,
    #[serde(default)]
    pub option_one: String,
    #[serde(default)]
    pub option_two: String,
    #[serde(default)]
    pub specifications: Vec<SpecificationForm>,
    #[serde(default)]
    pub variants: Vec<VariantForm>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecificationForm {
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub value: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantForm {
    #[serde(default)]
    pub sku: String,
    #[serde(default)]
    pub one: String,
    #[serde(default)]
    pub two: String,
    #[serde(default)]
    pub price: String,
    #[serde(default)]
    pub stock: String,
}

#[cfg(feature = "ssr")]
impl ProductForm {
    /// What a program would send; numbers that are none are reported by field.
    fn into_input(self) -> Result<domain::catalog::ProductInput, domain::Error> {
        use domain::catalog::{ProductInput, Specification, VariantInput};
        use domain::{FieldError, Money};
        let mut wrong = vec![];
        let mut number = |field: String, text: &str| {
            text.trim().parse::<i64>().unwrap_or_else(|_| {
                wrong.push(FieldError::new(field, "not_a_number"));
                0
            })
        };
        let weight_grams = number("weight_grams".into(), &self.weight_grams);
        let (one, two) = (self.option_one.trim().to_owned(), self.option_two.trim().to_owned());
        let mut variants = vec![];
        for (i, row) in self.variants.iter().filter(|v| !v.price.trim().is_empty()).enumerate() {
            let mut options = std::collections::BTreeMap::new();
            for (name, value) in [(&one, &row.one), (&two, &row.two)] {
                if !name.is_empty() && !value.trim().is_empty() {
                    options.insert(name.clone(), value.trim().to_owned());
                }
            }
            variants.push(VariantInput {
                sku: Some(row.sku.clone()).filter(|s| !s.trim().is_empty()),
                barcode: None,
                price: Money(number(format!("variants[{i}].price"), &row.price)),
                stock: if row.stock.trim().is_empty() { 0 } else { number(format!("variants[{i}].stock"), &row.stock) },
                options,
            });
        }
        let options =
            [one, two].into_iter().filter(|name| !name.is_empty()).filter_map(|name| declared(name, &variants)).collect();
        let status = self.status.parse().map_err(|()| domain::Error::invalid("status", "unknown_value"))?;
        if !wrong.is_empty() {
            return Err(domain::Error::Invalid(wrong));
        }
        let specifications = self.specifications.into_iter().filter(|s| !s.label.trim().is_empty() || !s.value.trim().is_empty());
        Ok(ProductInput {
            name: self.name,
            description: self.description,
            category: self.category,
            weight_grams,
            length_mm: None,
            width_mm: None,
            height_mm: None,
            price: None,
            stock: None,
            sku: None,
            barcode: None,
            specifications: specifications.map(|s| Specification { label: s.label, value: s.value }).collect(),
            options,
            variants,
            tags: vec![],
            status,
        })
    }
}

/// An option in the order of the form's columns and rows; none when no row uses it.
#[cfg(feature = "ssr")]
fn declared(name: String, variants: &[domain::catalog::VariantInput]) -> Option<domain::catalog::OptionType> {
    let mut values: Vec<String> = vec![];
    for value in variants.iter().filter_map(|v| v.options.get(&name)) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    (!values.is_empty()).then_some(domain::catalog::OptionType { name, values })
}

#[server(endpoint = "seller/product/save")]
pub async fn save_product(form: ProductForm) -> Answer<()> {
    use domain::catalog::ProductPatch;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = form.id.clone();
    let input = form.into_input()?;
    let saved = match id.parse() {
        Err(_) => service::catalog::create(&ctx, &actor, input).await?,
        Ok(id) => {
            let patch = ProductPatch {
                name: Some(input.name),
                description: Some(input.description),
                category: Some(input.category),
                weight_grams: Some(input.weight_grams),
                length_mm: None,
                width_mm: None,
                height_mm: None,
                price: None,
                specifications: Some(input.specifications),
                options: Some(input.options),
                variants: Some(input.variants),
                tags: None,
                status: Some(input.status),
            };
            service::catalog::update(&ctx, &actor, id, patch).await?
        }
    };
    leptos_axum::redirect(&format!("/seller/products/{}?saved=1", saved.product.id));
    Ok(())
}

#[server(endpoint = "seller/image/remove")]
pub async fn remove_image(product: String, image: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let missing = |_| domain::Error::NotFound(domain::Noun::Image);
    service::catalog::remove_image(&ctx, &actor, product.parse().map_err(missing)?, image.parse().map_err(missing)?).await?;
    leptos_axum::redirect(&format!("/seller/products/{product}"));
    Ok(())
}

#[server(endpoint = "seller/inventory", input = GetUrl)]
pub async fn get_stock(low_stock: bool, q: Option<String>, page_number: Option<String>) -> Answer<Page<StockRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let filter = service::inventory::StockFilter { low_stock, keywords: q.unwrap_or_default(), warehouse: None };
    Ok(service::inventory::rows(&ctx, &actor, &filter, page(page_number)?).await?)
}

#[server(endpoint = "seller/inventory/count")]
pub async fn count_stock(variant: String, on_hand: String, #[server(default)] empty: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let variant = variant.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Variant))?;
    let on_hand = if empty.is_empty() {
        on_hand.trim().parse().map_err(|_| domain::Error::invalid("on_hand", "not_a_number"))?
    } else {
        0
    };
    let input = domain::inventory::StockCount { on_hand, reason: None, warehouse: None, low_stock_threshold: None };
    service::inventory::count(&ctx, &actor, variant, input).await?;
    leptos_axum::redirect(&crate::server::came_from());
    Ok(())
}

#[server(endpoint = "seller/orders", input = GetUrl)]
pub async fn get_seller_orders(#[server(default)] filter: OrderFilter) -> Answer<Orders> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let counts = service::order::own_counts(&ctx, &actor).await?;
    Ok(Orders { page: service::order::own(&ctx, &actor, &filter.check()?).await?, counts })
}

#[server(endpoint = "seller/order", input = GetUrl)]
pub async fn get_seller_order(number: String) -> Answer<OrderView> {
    Ok(service::order::own_order(&crate::server::ctx()?, &crate::server::actor(), &number).await?)
}

#[server(endpoint = "seller/order/accept")]
pub async fn accept_order(number: String) -> Answer<()> {
    service::order::accept(&crate::server::ctx()?, &crate::server::actor(), &number).await?;
    leptos_axum::redirect(&format!("/seller/orders/{number}"));
    Ok(())
}

#[server(endpoint = "seller/order/ship")]
pub async fn ship_order(number: String, courier: String, tracking_number: String) -> Answer<()> {
    let input = domain::order::ShipInput { courier, tracking_number };
    service::order::ship(&crate::server::ctx()?, &crate::server::actor(), &number, input).await?;
    leptos_axum::redirect(&format!("/seller/orders/{number}"));
    Ok(())
}

#[server(endpoint = "seller/order/cancel")]
pub async fn cancel_own_order(number: String, #[server(default)] reason: String) -> Answer<()> {
    let input = domain::order::CancelInput { reason: Some(reason) };
    service::order::cancel_own(&crate::server::ctx()?, &crate::server::actor(), &number, input).await?;
    leptos_axum::redirect(&format!("/seller/orders/{number}"));
    Ok(())
}
