//! Pictures of a product.

use crate::port::Upload;
use crate::{Actor, Ctx, Error, Result};
use domain::catalog::{ImagePatch, ImageView};
use domain::id::{ImageId, ProductId};

pub async fn add_image(_ctx: &Ctx, _actor: &Actor, _product: ProductId, _upload: Upload, _alt: &str) -> Result<ImageView> {
    Err(Error::fault("pending"))
}

pub async fn change_image(
    _ctx: &Ctx,
    _actor: &Actor,
    _product: ProductId,
    _image: ImageId,
    _patch: ImagePatch,
) -> Result<ImageView> {
    Err(Error::fault("pending"))
}

pub async fn remove_image(_ctx: &Ctx, _actor: &Actor, _product: ProductId, _image: ImageId) -> Result<()> {
    Err(Error::fault("pending"))
}
