//! Server functions of the seller centre.

use crate::buying::{OrderFilter, Orders};
use crate::failure::Answer;
use domain::Page;
use domain::analytics::{SalesSummary, StatusCount, TopProduct, TrendPoint};
use domain::catalog::SellerProductRow;
use domain::inventory::StockRow;
use domain::order::OrderView;
use domain::refund::RefundRow;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;
use std::collections::BTreeMap;

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

/// An order and the refunds asked for, for whoever handles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    pub order: OrderView,
    pub refunds: Vec<RefundRow>,
}

#[server(endpoint = "seller/order", input = GetUrl)]
pub async fn get_seller_order(number: String) -> Answer<Handled> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let order = service::order::own_order(&ctx, &actor, &number).await?;
    Ok(Handled { order, refunds: service::refund::of_own_order(&ctx, &actor, &number).await? })
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

/// The cash of an order to be paid at the door is here.
#[server(endpoint = "seller/order/deliver")]
pub async fn deliver_order(number: String, #[server(default)] base: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    match base.as_str() {
        DESK => service::order::desk::mark_delivered(&ctx, &actor, &number).await?,
        _ => service::order::mark_delivered(&ctx, &actor, &number).await?,
    };
    to_order(&base, &number);
    Ok(())
}

/// It was refused at the door.
#[server(endpoint = "seller/order/undelivered")]
pub async fn return_order(number: String, #[server(default)] reason: String, #[server(default)] base: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let input = domain::order::CancelInput { reason: Some(reason) };
    match base.as_str() {
        DESK => service::order::desk::mark_undelivered(&ctx, &actor, &number, input).await?,
        _ => service::order::mark_undelivered(&ctx, &actor, &number, input).await?,
    };
    to_order(&base, &number);
    Ok(())
}

/// Before a line's id in a field's name: a key that begins with a digit would be read as an index.
pub const LINE_KEY: &str = "line-";

/// Asks for a refund. Fields left empty ask for nothing.
#[server(endpoint = "seller/order/refund")]
pub async fn request_refund(
    number: String,
    #[server(default)] base: String,
    #[server(default)] quantities: BTreeMap<String, String>,
    #[server(default)] amounts: BTreeMap<String, String>,
    #[server(default)] shipping: String,
    #[server(default)] note: String,
    #[server(default)] restock: String,
) -> Answer<()> {
    use domain::refund::{RefundInput, RefundLineInput};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let whole = |field: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse::<i64>().map(Some).map_err(|_| domain::Error::invalid(field, "not_a_number")),
    };
    let mut lines = vec![];
    for (key, quantity) in &quantities {
        let amount = whole("amount", amounts.get(key).map_or("", String::as_str))?.map(domain::Money);
        let quantity = match (whole("quantity", quantity)?, amount) {
            (None | Some(0), None | Some(domain::Money::ZERO)) => continue,
            // Not passed over: somebody meant to give it back.
            (None | Some(0), Some(_)) => return Err(domain::Error::invalid("quantity", "required").into()),
            (Some(quantity), _) => quantity,
        };
        let id = key.strip_prefix(LINE_KEY).and_then(|id| id.parse().ok());
        let line_id = id.ok_or_else(|| domain::Error::invalid("lines", "unknown_value"))?;
        lines.push(RefundLineInput { line_id, quantity, amount });
    }
    let shipping = domain::Money(whole("shipping", &shipping)?.unwrap_or(0));
    let input = RefundInput { lines, shipping, note, restock: !restock.is_empty() };
    match base.as_str() {
        DESK => service::refund::request_as_desk(&ctx, &actor, &number, input).await?,
        _ => service::refund::request_as_seller(&ctx, &actor, &number, input).await?,
    };
    to_order(&base, &number);
    Ok(())
}
