//! A buyer sends a proof.

use super::file::{self, Kept};
use crate::db::{Tx, new_id, transact};
use crate::live::Signal;
use crate::order::step::{Step, step};
use crate::payment::{self as payments, lock_orders, lock_payment};
use crate::port::Upload;
use crate::{Actor, Ctx, Error, Result};
use domain::desk::{ProofInput, ProofStatus, ProofView};
use domain::id::{OrderId, PaymentId, UserId};
use domain::order::{OrderAction, OrderStatus, Party};
use domain::payment::{COD, MANUAL_TRANSFER, PaymentStatus, PaymentView};
use domain::{Conflict, Noun};
use entity::payment_proof::{self, Column as C};
use entity::{payment, payment_proof as proof};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};

/// Puts a proof into the desk's queue; the orders wait for its verification. Also for a payment that
/// has expired or is paid already: money that was sent must find its way back.
pub async fn submit(ctx: &Ctx, actor: &Actor, id: PaymentId, input: ProofInput, upload: Upload) -> Result<PaymentView> {
    let user = actor.user()?.id;
    let input = &input.check()?;
    // Before the file is read: it may be megabytes.
    let row = payment::Entity::find_by_id(id).one(&ctx.db).await?;
    check(&ctx.db, row.filter(|p| p.buyer_id == user).as_ref(), Party::Buyer).await?;
    if waiting(&ctx.db, id).await?.is_some() {
        return Err(Conflict::ProofWaiting.into());
    }
    let kept = &file::keep(ctx, upload).await?;
    let written = transact(ctx, |tx| async move { write(ctx, &tx, id, (Party::Buyer, user), input, kept).await }).await;
    match written {
        Ok(orders) => {
            ctx.live.send(Signal::Payment(id));
            orders.into_iter().for_each(|order| ctx.live.send(Signal::Order(order)));
            payments::find(ctx, actor, id).await
        }
        Err(error) => {
            // After a fault nobody knows whether it was committed: better a file too many.
            if matches!(error, Error::Domain(_)) {
                file::forget(ctx, &kept.key).await;
            }
            Err(error)
        }
    }
}

/// A buyer proves the transfer that is to pay, or one that came too late or beside the one that paid,
/// whatever method was chosen after it. The desk finds money on statements for any payment that ever was
/// to be made by transfer.
async fn check(db: &impl ConnectionTrait, row: Option<&payment::Model>, party: Party) -> Result<()> {
    let row = row.ok_or(domain::Error::NotFound(Noun::Payment))?;
    let takes_proof = if party == Party::Desk || row.status.has_ended() {
        payments::transfer_means(db, row).await?.is_some()
    } else {
        row.gateway == MANUAL_TRANSFER
    };
    if takes_proof { Ok(()) } else { Err(Conflict::PaymentClosed.into()) }
}

/// Writes a proof in hand: the buyer's, or what the desk found by itself.
pub(crate) async fn write(
    ctx: &Ctx,
    tx: &Tx,
    id: PaymentId,
    (party, user): (Party, UserId),
    input: &ProofInput,
    kept: &Kept,
) -> Result<Vec<OrderId>> {
    let now = ctx.now();
    let row = lock_payment(tx, id).await?;
    check(&**tx, Some(&row), party).await?;
    if waiting(&**tx, id).await?.is_some() {
        return Err(Conflict::ProofWaiting.into());
    }
    let model = proof::ActiveModel {
        id: Set(new_id()),
        payment_id: Set(id),
        file_key: Set(kept.key.clone()),
        media_type: Set(kept.media_type.to_owned()),
        sha256: Set(kept.sha256.clone()),
        picture_hash: Set(kept.picture_hash),
        amount: Set(input.amount),
        sender_name: Set(input.sender_name.clone()),
        sender_bank: Set(input.sender_bank.clone()),
        status: Set(ProofStatus::Waiting),
        reason: Set(None),
        received: Set(None),
        claimed_by: Set(None),
        claimed_until: Set(None),
        half_approved_by: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        submitted_at: Set(now),
    };
    proof::Entity::insert(model).exec_without_returning(&**tx).await?;
    // Orders in cash do not wait for it.
    if row.status != PaymentStatus::Pending || row.gateway == COD {
        return Ok(vec![]);
    }
    let mut row = row.into_active_model();
    row.status = Set(PaymentStatus::AwaitingVerification);
    row.updated_at = Set(now);
    row.update(&**tx).await?;
    let mut changed = vec![];
    for order in lock_orders(tx, id).await?.into_iter().filter(|o| o.status != OrderStatus::Cancelled) {
        changed.push(order.id);
        let by = Step { action: OrderAction::SubmitProof, party, actor: Some(user), note: None };
        step(ctx, tx, order, by).await?;
    }
    Ok(changed)
}

pub(crate) async fn waiting(db: &impl ConnectionTrait, id: PaymentId) -> Result<Option<proof::Model>> {
    let rows = proof::Entity::find().filter(C::PaymentId.eq(id)).filter(C::Status.eq(ProofStatus::Waiting));
    Ok(rows.one(db).await?)
}

/// The newest proof of a payment.
pub(super) async fn newest(db: &impl ConnectionTrait, id: PaymentId) -> Result<Option<payment_proof::Model>> {
    let rows = proof::Entity::find().filter(C::PaymentId.eq(id)).order_by_desc(C::SubmittedAt).order_by_desc(C::Id);
    rows.one(db).await.map_err(Error::from)
}

/// The newest proof as the buyer sees it.
pub(crate) async fn latest(ctx: &Ctx, row: &payment::Model) -> Result<Option<ProofView>> {
    // Or one left for another method.
    if row.gateway != MANUAL_TRANSFER && row.attempted_at.is_none() {
        return Ok(None);
    }
    Ok(newest(&ctx.db, row.id).await?.map(|proof| ProofView {
        status: proof.status,
        amount: proof.amount,
        sender_name: proof.sender_name,
        sender_bank: proof.sender_bank,
        reason: proof.reason,
        submitted_at: proof.submitted_at,
    }))
}
