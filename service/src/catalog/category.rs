//! The category tree.

use crate::{Ctx, Error, Result};
use domain::Locale;
use domain::catalog::CategoryNode;
use sea_orm::ConnectionTrait;

/// The whole tree, in the reader's language.
pub async fn categories(_ctx: &Ctx, _locale: Locale) -> Result<Vec<CategoryNode>> {
    Err(Error::fault("pending"))
}

/// Writes the Indonesian category tree of a new installation; safe to repeat.
pub async fn seed(_db: &impl ConnectionTrait) -> Result<()> {
    Err(Error::fault("pending"))
}
