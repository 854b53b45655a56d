//! Server functions of the product editor.

use super::input::ProductForm;
use crate::failure::Answer;
use domain::catalog::{CategoryNode, ImageView, SellerProductView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// `None` for a new product.
    pub product: Option<SellerProductView>,
    pub categories: Vec<CategoryNode>,
}

#[cfg(feature = "ssr")]
fn product_id(text: &str) -> Result<domain::id::ProductId, domain::Error> {
    text.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Product))
}

#[cfg(feature = "ssr")]
fn image_id(text: &str) -> Result<domain::id::ImageId, domain::Error> {
    text.parse().map_err(|_| domain::Error::NotFound(domain::Noun::Image))
}

#[server(endpoint = "seller/product", input = GetUrl)]
pub async fn get_editing(id: String) -> Answer<Editing> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    actor.store(domain::identity::Permission::ProductManage)?;
    let product = match id.as_str() {
        "new" => None,
        id => Some(service::catalog::own_product(&ctx, &actor, product_id(id)?).await?),
    };
    Ok(Editing { product, categories: service::catalog::categories(&ctx, actor.locale).await? })
}

#[server(endpoint = "seller/product/save")]
pub async fn save_product(form: ProductForm) -> Answer<()> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let id = form.id.clone();
    let places = form.places();
    let input = form.into_input().map_err(|error| places.point(error))?;
    let saved = match id.as_str() {
        "" => service::catalog::create(&ctx, &actor, input).await,
        id => service::catalog::update(&ctx, &actor, product_id(id)?, super::read::patch(input)).await,
    };
    let saved = saved.map_err(|error| places.point(error.into_domain()))?;
    leptos_axum::redirect(&format!("/seller/products/{}?saved=1", saved.product.id));
    Ok(())
}

/// The product's pictures, after an upload.
#[server(endpoint = "seller/images", input = GetUrl)]
pub async fn get_images(product: String) -> Answer<Vec<ImageView>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    Ok(service::catalog::own_product(&ctx, &actor, product_id(&product)?).await?.product.images)
}

/// Changes a picture's description or place; answers with all of them.
#[server(endpoint = "seller/image/change")]
pub async fn change_image(
    product: String,
    image: String,
    #[server(default)] alt: Option<String>,
    #[server(default)] position: Option<i64>,
) -> Answer<Vec<ImageView>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    let patch = domain::catalog::ImagePatch { alt, position };
    service::catalog::change_image(&ctx, &actor, product_id(&product)?, image_id(&image)?, patch).await?;
    get_images(product).await
}

#[server(endpoint = "seller/image/remove")]
pub async fn remove_image(product: String, image: String) -> Answer<Vec<ImageView>> {
    let (ctx, actor) = (crate::server::ctx()?, crate::server::actor());
    service::catalog::remove_image(&ctx, &actor, product_id(&product)?, image_id(&image)?).await?;
    get_images(product).await
}
