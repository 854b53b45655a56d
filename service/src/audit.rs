//! The audit trail of what staff did, written in the transaction that did it.

mod trail;

pub use trail::trail;

use crate::db::{Tx, new_id};
use crate::identity::SignedIn;
use crate::{Ctx, Result};
use domain::id::UserId;
use entity::audit_entry;
use sea_orm::{EntityTrait, Set};
use serde_json::Value;

/// What was done to what.
pub(crate) struct Deed<'a> {
    /// `proof.approve`, `refund.complete` …
    pub action: &'a str,
    pub subject: &'a str,
    pub subject_id: String,
    pub before: Value,
    pub after: Value,
}

pub(crate) async fn record(ctx: &Ctx, tx: &Tx, by: &SignedIn, deed: Deed<'_>) -> Result<()> {
    record_for(ctx, tx, by.id, deed).await
}

/// What was done to an account without a session of its own: at sign-in, or by the operator.
pub(crate) async fn record_for(ctx: &Ctx, tx: &Tx, by: UserId, deed: Deed<'_>) -> Result<()> {
    let row = audit_entry::ActiveModel {
        id: Set(new_id()),
        actor_id: Set(by),
        action: Set(deed.action.to_owned()),
        subject: Set(deed.subject.to_owned()),
        subject_id: Set(deed.subject_id),
        state_before: Set(deed.before),
        state_after: Set(deed.after),
        created_at: Set(ctx.now()),
    };
    audit_entry::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}
