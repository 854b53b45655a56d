//! Refunds at the gateway.

use crate::{Ctx, Error, Result};
use domain::id::RefundId;

/// Carries out a requested refund; safe to repeat.
pub async fn execute_refund(_ctx: &Ctx, _id: RefundId) -> Result<()> {
    Err(Error::fault("pending"))
}
