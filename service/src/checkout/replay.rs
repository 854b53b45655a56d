//! Idempotency of the checkout: the key is taken in the transaction that writes the orders, the
//! final answer is stored after the gateway was asked. A replay that comes in between waits for it;
//! one that finds an answer left unfinished by a crash finishes it.

use crate::db::Tx;
use crate::idempotency::{Claim, Stored, UNFINISHED};
use crate::{Ctx, Result, payment};
use domain::checkout::CheckoutView;
use std::time::Duration;

/// Answer known in full.
const FINAL: i32 = 201;
/// How long a replay waits for the first request before it finishes the answer itself.
const PATIENCE: u32 = 60;

/// The stored answer; `None` when the key is new.
pub(super) async fn answer(ctx: &Ctx, claim: &Claim) -> Result<Option<CheckoutView>> {
    for _ in 0..PATIENCE {
        let Some(row) = claim.find(ctx).await? else { return Ok(None) };
        if row.status == FINAL {
            return Ok(Some(serde_json::from_value(row.body)?));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    match claim.find(ctx).await? {
        Some(row) => Ok(Some(finish(ctx, claim, serde_json::from_value(row.body)?).await?)),
        None => Ok(None),
    }
}

/// Keeps what is known so far, in the transaction.
pub(super) async fn keep(tx: &Tx, claim: &Claim, view: &CheckoutView) -> Result<()> {
    claim.keep(&**tx, &Stored { status: UNFINISHED, body: serde_json::to_value(view)? }).await
}

/// Asks the gateway for the charge and stores the final answer. A gateway that fails leaves the
/// payment pending, to be tried again from its page.
pub(super) async fn finish(ctx: &Ctx, claim: &Claim, mut view: CheckoutView) -> Result<CheckoutView> {
    if let Err(error) = payment::charge(ctx, view.payment.id).await {
        tracing::warn!(payment = %view.payment.id, cause = %error, "charge failed, payment stays pending");
    }
    view.payment = payment::view_of(ctx, view.payment.id).await?;
    claim.keep(&ctx.db, &Stored { status: FINAL, body: serde_json::to_value(&view)? }).await?;
    Ok(view)
}
