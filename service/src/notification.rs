//! Emails: what an event makes us write, to whom, once.

use crate::event::Event;
use crate::{Ctx, Error, Result};
use domain::id::EventId;

/// Handles an event of the outbox: writes its emails (once per cause and recipient) and sends
/// what is unsent. Safe to repeat.
pub async fn handle(_ctx: &Ctx, _id: EventId, _event: &Event) -> Result<()> {
    Err(Error::fault("pending"))
}

/// Writes and sends every store's report of the last full week; answers how many were new.
pub async fn send_weekly_reports(_ctx: &Ctx) -> Result<u64> {
    Err(Error::fault("pending"))
}
