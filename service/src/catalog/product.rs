//! The public product page.

use crate::{Ctx, Error, Result};
use domain::Locale;
use domain::catalog::{ProductCard, ProductView};

/// An active product; drafts and archived ones are not found.
pub async fn find(_ctx: &Ctx, _locale: Locale, _slug: &str) -> Result<ProductView> {
    Err(Error::fault("pending"))
}

/// Others of the same category, best selling first.
pub async fn related(_ctx: &Ctx, _slug: &str, _limit: u64) -> Result<Vec<ProductCard>> {
    Err(Error::fault("pending"))
}
