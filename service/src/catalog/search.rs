//! Search over the public catalogue, on SQLite FTS5 and PostgreSQL behind one interface.

use crate::{Ctx, Error, Result};
use domain::Page;
use domain::catalog::{ProductCard, SearchQuery};

pub async fn search(_ctx: &Ctx, _query: &SearchQuery) -> Result<Page<ProductCard>> {
    Err(Error::fault("pending"))
}
