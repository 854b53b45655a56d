//! Server functions of the storefront.

use crate::failure::Answer;
use domain::Page;
use domain::catalog::{CategoryNode, ProductCard, ProductView, SearchInput};
use domain::review::{RatingSummary, ReviewView};
use domain::store::StoreView;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    pub categories: Vec<CategoryNode>,
    pub newest: Vec<ProductCard>,
    pub best_selling: Vec<ProductCard>,
}

#[server(endpoint = "shop/home", input = GetUrl)]
pub async fn get_home() -> Answer<Home> {
    use domain::PageRequest;
    use domain::catalog::{SearchQuery, SortBy};
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let top = |sort| {
        let ctx = ctx.clone();
        async move {
            let page = PageRequest::new(None, Some(10)).map_err(service::Error::from)?;
            service::catalog::search(&ctx, &SearchQuery { sort, page, ..SearchQuery::default() }).await
        }
    };
    Ok(Home {
        categories: service::catalog::categories(&ctx, actor.locale).await?,
        newest: top(SortBy::Newest).await?.items,
        best_selling: top(SortBy::BestSelling).await?.items,
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub page: Page<ProductCard>,
    pub categories: Vec<CategoryNode>,
}

/// Every field may be absent, and then the whole.
#[server(endpoint = "shop/search", input = GetUrl)]
pub async fn search_products(#[server(default)] input: SearchInput) -> Answer<Found> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(Found {
        page: service::catalog::search(&ctx, &input.check()?).await?,
        categories: service::catalog::categories(&ctx, actor.locale).await?,
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDetail {
    pub product: ProductView,
    pub summary: RatingSummary,
    pub reviews: Vec<ReviewView>,
    pub related: Vec<ProductCard>,
    pub url: String,
}

#[server(endpoint = "shop/product", input = GetUrl)]
pub async fn get_product(slug: String) -> Answer<ProductDetail> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let product = service::catalog::find(&ctx, actor.locale, &slug).await?;
    Ok(ProductDetail {
        summary: service::review::summary(&ctx, &slug).await?,
        reviews: service::review::of_product(&ctx, &slug, domain::PageRequest::default()).await?.items,
        related: service::catalog::related(&ctx, &slug, 5).await?,
        url: format!("{}/p/{}", ctx.settings.public_url, product.slug),
        product,
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDetail {
    pub store: StoreView,
    pub products: Page<ProductCard>,
}

#[server(endpoint = "shop/store", input = GetUrl)]
pub async fn get_store(slug: String, page: Option<String>) -> Answer<StoreDetail> {
    let ctx = crate::server::ctx()?;
    let store = service::store::find(&ctx, &slug).await?;
    let input = SearchInput { store: Some(slug), page, ..SearchInput::default() };
    Ok(StoreDetail { products: service::catalog::search(&ctx, &input.check()?).await?, store })
}

/// Puts a variant into the cart and shows it.
#[server(endpoint = "cart/add")]
pub async fn add_to_cart(variant_id: String, quantity: String) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let variant_id = variant_id.parse().map_err(|_| domain::Error::invalid("variant_id", "required"))?;
    let quantity = quantity.trim().parse().map_err(|_| domain::Error::invalid("quantity", "not_a_number"))?;
    service::cart::add(&ctx, &actor, domain::cart::AddItem { variant_id, quantity }).await?;
    leptos_axum::redirect("/cart");
    Ok(())
}
