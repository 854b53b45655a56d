//! Reviews of delivered purchases.

use crate::{Actor, Ctx, Error, Result};
use domain::review::{RatingSummary, ReviewInput, ReviewView};
use domain::{Page, PageRequest};

pub async fn add(_ctx: &Ctx, _actor: &Actor, _slug: &str, _input: ReviewInput) -> Result<ReviewView> {
    Err(Error::fault("pending"))
}

/// Newest first.
pub async fn of_product(_ctx: &Ctx, _slug: &str, _page: PageRequest) -> Result<Page<ReviewView>> {
    Err(Error::fault("pending"))
}

pub async fn summary(_ctx: &Ctx, _slug: &str) -> Result<RatingSummary> {
    Err(Error::fault("pending"))
}
