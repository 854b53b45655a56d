//! Server functions of the seller centre.

use crate::buying::{OrderFilter, Orders};
use crate::failure::Answer;
use domain::Page;
use domain::analytics::{SalesSummary, StatusCount, TopProduct, TrendPoint};
use domain::catalog::SellerProductRow;
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
    Ok(service::catalog::own_products(&ctx, &actor, status, &q.unwrap_or_default(), crate::server::page(page_number)?).await?)
}

#[server(endpoint = "seller/inventory", input = GetUrl)]
pub async fn get_stock(low_stock: bool, q: Option<String>, page_number: Option<String>) -> Answer<Page<StockRow>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let filter = service::inventory::StockFilter { low_stock, keywords: q.unwrap_or_default(), warehouse: None };
    Ok(service::inventory::rows(&ctx, &actor, &filter, crate::server::page(page_number)?).await?)
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

/// The desk's list of orders: what is sent from there is done on the desk's behalf.
pub const DESK: &str = "/desk/orders";

#[cfg(feature = "ssr")]
fn to_order(base: &str, number: &str) {
    let base = if base == DESK { DESK } else { "/seller/orders" };
    leptos_axum::redirect(&format!("{base}/{number}"));
}

#[server(endpoint = "seller/order/accept")]
pub async fn accept_order(number: String, #[server(default)] base: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    match base.as_str() {
        DESK => service::order::desk::accept(&ctx, &actor, &number).await?,
        _ => service::order::accept(&ctx, &actor, &number).await?,
    };
    to_order(&base, &number);
    Ok(())
}

#[server(endpoint = "seller/order/ship")]
pub async fn ship_order(number: String, courier: String, tracking_number: String, #[server(default)] base: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input = domain::order::ShipInput { courier, tracking_number };
    match base.as_str() {
        DESK => service::order::desk::ship(&ctx, &actor, &number, input).await?,
        _ => service::order::ship(&ctx, &actor, &number, input).await?,
    };
    to_order(&base, &number);
    Ok(())
}

#[server(endpoint = "seller/order/cancel")]
pub async fn cancel_own_order(number: String, #[server(default)] reason: String, #[server(default)] base: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input = domain::order::CancelInput { reason: Some(reason) };
    match base.as_str() {
        DESK => service::order::desk::cancel(&ctx, &actor, &number, input).await?,
        _ => service::order::cancel_own(&ctx, &actor, &number, input).await?,
    };
    to_order(&base, &number);
    Ok(())
}
