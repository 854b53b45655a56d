//! Server functions of cart, checkout, payment and orders.

use crate::failure::Answer;
use domain::Page;
use domain::cart::CartView;
use domain::checkout::CheckoutQuote;
use domain::order::{Invoice, OrderCounts, OrderRow, OrderView};
use domain::payment::{PaymentMethod, PaymentView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;
use std::collections::BTreeMap;

#[server(endpoint = "cart/get", input = GetUrl)]
pub async fn get_cart() -> Answer<CartView> {
    Ok(service::cart::view(&crate::server::ctx()?, &crate::server::actor()).await?)
}

/// One change of a line; `action` says which.
#[server(endpoint = "cart/change")]
pub async fn change_cart(id: String, #[server(default)] quantity: String, action: String) -> Answer<()> {
    use domain::cart::ChangeItem;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::CartItem))?;
    let nothing = ChangeItem { quantity: None, selected: None, saved_for_later: None, accept_price: None };
    let change = match action.as_str() {
        "remove" => {
            service::cart::remove(&ctx, &actor, id).await?;
            leptos_axum::redirect("/cart");
            return Ok(());
        }
        "select" => ChangeItem { selected: Some(true), ..nothing },
        "deselect" => ChangeItem { selected: Some(false), ..nothing },
        "save" => ChangeItem { saved_for_later: Some(true), ..nothing },
        "restore" => ChangeItem { saved_for_later: Some(false), ..nothing },
        "accept" => ChangeItem { accept_price: Some(true), ..nothing },
        _ => {
            let quantity = quantity.trim().parse().map_err(|_| domain::Error::invalid("quantity", "not_a_number"))?;
            ChangeItem { quantity: Some(quantity), ..nothing }
        }
    };
    service::cart::change(&ctx, &actor, id, change).await?;
    leptos_axum::redirect("/cart");
    Ok(())
}

#[server(endpoint = "checkout/quote", input = GetUrl)]
pub async fn get_quote(address_id: Option<String>) -> Answer<CheckoutQuote> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let address = match address_id {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Address))?),
    };
    Ok(service::checkout::quote(&ctx, &actor, address).await?)
}

/// Before a store's id in a field's name: a key that begins with a digit would be read as an index.
pub const STORE_KEY: &str = "store-";

/// Places the checkout. The form's own token is the idempotency key: a double click is harmless.
#[server(endpoint = "checkout/place")]
pub async fn place_order(
    form_token: String,
    address_id: String,
    #[server(default)] shipping: BTreeMap<String, String>,
    #[server(default)] notes: BTreeMap<String, String>,
    payment_method: String,
) -> Answer<()> {
    use domain::checkout::CheckoutInput;
    use domain::shipping::ShippingChoice;
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let address_id = address_id.parse().map_err(|_| domain::Error::invalid("address", "required"))?;
    let id = |key: String| key.strip_prefix(STORE_KEY).map(str::to_owned);
    let choice = |(key, service): (String, String)| Some(ShippingChoice { store_id: id(key)?.parse().ok()?, service });
    let notes: BTreeMap<String, String> = notes.into_iter().filter_map(|(key, note)| Some((id(key)?, note))).collect();
    let input = CheckoutInput {
        address_id: Some(address_id),
        address: None,
        item_ids: None,
        shipping: shipping.into_iter().filter_map(choice).collect(),
        vouchers: None,
        notes: Some(notes).filter(|n| !n.is_empty()),
        payment_method,
    };
    let placed = service::checkout::place(&ctx, &actor, &form_token, input).await?;
    leptos_axum::redirect(&format!("/pay/{}", placed.view.payment.id));
    Ok(())
}

/// A payment, and what else it could be paid with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paying {
    pub payment: PaymentView,
    /// All that take the amount, the present one too.
    pub methods: Vec<PaymentMethod>,
    pub unfit: Vec<PaymentMethod>,
}

#[server(endpoint = "payment/get", input = GetUrl)]
pub async fn get_payment(id: String) -> Answer<Paying> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payment))?;
    let payment = service::payment::find(&ctx, &actor, id).await?;
    let methods = service::payment::methods_for(&ctx, actor.locale, payment.amount);
    let unfit = service::payment::methods_not_for(&ctx, actor.locale, payment.amount);
    Ok(Paying { payment, methods, unfit })
}

#[server(endpoint = "payment/method")]
pub async fn change_method(id: String, #[server(default)] payment_method: String) -> Answer<()> {
    let parsed = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payment))?;
    let input = domain::payment::MethodInput { payment_method };
    service::payment::change_method(&crate::server::ctx()?, &crate::server::actor(), parsed, input).await?;
    leptos_axum::redirect(&format!("/pay/{id}"));
    Ok(())
}

#[server(endpoint = "payment/retry")]
pub async fn retry_payment(id: String) -> Answer<()> {
    let parsed = id.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Payment))?;
    service::payment::retry(&crate::server::ctx()?, &crate::server::actor(), parsed).await?;
    leptos_axum::redirect(&format!("/pay/{id}"));
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    pub page: Page<OrderRow>,
    pub counts: OrderCounts,
}

/// URL parameters of an order list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFilter {
    pub status: Option<String>,
    pub q: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub page: Option<String>,
}

#[cfg(feature = "ssr")]
impl OrderFilter {
    pub fn check(&self) -> Result<domain::order::OrderQuery, domain::Error> {
        let page = match self.page.as_deref().filter(|p| !p.is_empty()) {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| domain::Error::invalid("page", "not_a_number"))?),
        };
        let page = domain::PageRequest::new(page, None)?;
        let text = |v: &Option<String>| v.clone();
        let (status, q, from, to) = (text(&self.status), text(&self.q), text(&self.from), text(&self.to));
        domain::order::OrderQuery::parse(status.as_deref(), q.as_deref(), from.as_deref(), to.as_deref(), page)
    }
}

#[server(endpoint = "orders/list", input = GetUrl)]
pub async fn get_orders(#[server(default)] filter: OrderFilter) -> Answer<Orders> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let counts = service::order::my_counts(&ctx, &actor).await?;
    Ok(Orders { page: service::order::mine(&ctx, &actor, &filter.check()?).await?, counts })
}

#[server(endpoint = "orders/get", input = GetUrl)]
pub async fn get_order(number: String) -> Answer<OrderView> {
    Ok(service::order::find(&crate::server::ctx()?, &crate::server::actor(), &number).await?)
}

#[server(endpoint = "orders/invoice", input = GetUrl)]
pub async fn get_invoice(number: String) -> Answer<Invoice> {
    Ok(service::invoice::find(&crate::server::ctx()?, &crate::server::actor(), &number).await?)
}

#[server(endpoint = "orders/cancel")]
pub async fn cancel_order(number: String, #[server(default)] reason: String) -> Answer<()> {
    let input = domain::order::CancelInput { reason: Some(reason) };
    service::order::cancel(&crate::server::ctx()?, &crate::server::actor(), &number, input).await?;
    leptos_axum::redirect(&format!("/orders/{number}"));
    Ok(())
}

#[server(endpoint = "orders/confirm")]
pub async fn confirm_receipt(number: String) -> Answer<()> {
    service::order::confirm_receipt(&crate::server::ctx()?, &crate::server::actor(), &number).await?;
    leptos_axum::redirect(&format!("/orders/{number}"));
    Ok(())
}

#[server(endpoint = "reviews/add")]
pub async fn add_review(slug: String, order_number: String, rating: String, #[server(default)] comment: String) -> Answer<()> {
    let rating = rating.parse().map_err(|_| domain::Error::invalid("rating", "required"))?;
    let input = domain::review::ReviewInput { order_number: order_number.clone(), rating, comment };
    service::review::add(&crate::server::ctx()?, &crate::server::actor(), &slug, input).await?;
    leptos_axum::redirect(&format!("/orders/{order_number}"));
    Ok(())
}
