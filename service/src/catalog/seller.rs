//! The seller's side of the catalogue.

use crate::{Actor, Ctx, Error, Result};
use domain::catalog::{ProductInput, ProductPatch, ProductStatus, SellerProductRow, SellerProductView};
use domain::id::ProductId;
use domain::{Page, PageRequest};

pub async fn create(_ctx: &Ctx, _actor: &Actor, _input: ProductInput) -> Result<SellerProductView> {
    Err(Error::fault("pending"))
}

pub async fn update(_ctx: &Ctx, _actor: &Actor, _id: ProductId, _patch: ProductPatch) -> Result<SellerProductView> {
    Err(Error::fault("pending"))
}

pub async fn archive(_ctx: &Ctx, _actor: &Actor, _id: ProductId) -> Result<()> {
    Err(Error::fault("pending"))
}

pub async fn own_product(_ctx: &Ctx, _actor: &Actor, _id: ProductId) -> Result<SellerProductView> {
    Err(Error::fault("pending"))
}

/// The store's products, archived ones only when asked for, newest first.
pub async fn own_products(
    _ctx: &Ctx,
    _actor: &Actor,
    _status: Option<ProductStatus>,
    _keywords: &str,
    _page: PageRequest,
) -> Result<Page<SellerProductRow>> {
    Err(Error::fault("pending"))
}
