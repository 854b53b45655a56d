//! The one completion path.

use crate::port::GatewayEvent;
use crate::{Ctx, Error, Result};

/// Applies a verified fact to its payment: idempotent, monotonic. Answers what it did.
pub async fn apply_event(_ctx: &Ctx, _gateway: &str, _event: &GatewayEvent) -> Result<String> {
    Err(Error::fault("pending"))
}
