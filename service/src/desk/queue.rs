//! The queue, oldest first.

use super::claim::holder;
use super::submit::newest;
use super::{duplicate, file, transfer};
use crate::payment::transfer_means;
use crate::{Actor, Ctx, Result};
use domain::desk::{DeskPayment, DeskRow, EarlierProof, ProofStatus, QueueState};
use domain::id::{PaymentId, UserId};
use domain::identity::Permission;
use domain::{Money, Noun, Page, PageRequest};
use entity::payment_proof::{self as proof, Column as C};
use entity::{order, payment, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use std::collections::BTreeMap;

/// Proofs in a state, the longest waiting first; decided ones the newest first.
pub async fn list(ctx: &Ctx, actor: &Actor, state: QueueState, page: PageRequest) -> Result<Page<DeskRow>> {
    let me = actor.require(Permission::PaymentVerify)?.id;
    let now = ctx.now();
    let of = |status| proof::Entity::find().filter(C::Status.eq(status));
    let (rows, oldest_first): (Select<proof::Entity>, bool) = match state {
        QueueState::Open => (of(ProofStatus::Waiting), true),
        QueueState::Mine => (of(ProofStatus::Waiting).filter(C::ClaimedBy.eq(me)).filter(C::ClaimedUntil.gte(now)), true),
        QueueState::Approved => (of(ProofStatus::Approved), false),
        QueueState::Rejected => (of(ProofStatus::Rejected), false),
    };
    let total = rows.clone().count(&ctx.db).await?;
    let rows = if oldest_first {
        rows.order_by_asc(C::SubmittedAt).order_by_asc(C::Id)
    } else {
        rows.order_by_desc(C::SubmittedAt).order_by_desc(C::Id)
    };
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    let shown = show(ctx, me, &rows).await?;
    Ok(Page::new(shown, page, total))
}

/// The newest proof of a payment in full, and what was sent before it.
pub async fn find(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<DeskPayment> {
    let me = actor.require(Permission::PaymentVerify)?.id;
    let missing = || domain::Error::NotFound(Noun::Payment);
    let row = newest(&ctx.db, id).await?.ok_or_else(missing)?;
    let payment = payment::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    let orders = order::Entity::find()
        .select_only()
        .column(order::Column::Number)
        .filter(order::Column::GroupId.eq(payment.group_id))
        .order_by_asc(order::Column::Id)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let means = transfer_means(&ctx.db, &payment).await?;
    let earlier = earlier(ctx, &row).await?;
    let duplicates = duplicate::of(ctx, &row, &earlier).await?;
    let shown = show(ctx, me, std::slice::from_ref(&row)).await?.into_iter().next().ok_or_else(missing)?;
    Ok(DeskPayment {
        row: shown,
        amount: payment.amount,
        account: means.and_then(|m| m.transfer_account).as_deref().and_then(|number| transfer::account(ctx, number)),
        orders,
        proof_id: row.id,
        proof_url: format!("/api/v1/desk/payments/{id}/proof"),
        media_type: row.media_type,
        reason: row.reason,
        duplicates,
        earlier: earlier.into_iter().map(show_earlier).collect(),
    })
}

async fn earlier(ctx: &Ctx, row: &proof::Model) -> Result<Vec<proof::Model>> {
    let rows = proof::Entity::find().filter(C::PaymentId.eq(row.payment_id)).filter(C::Id.ne(row.id));
    Ok(rows.order_by_desc(C::SubmittedAt).order_by_desc(C::Id).all(&ctx.db).await?)
}

fn show_earlier(row: proof::Model) -> EarlierProof {
    EarlierProof {
        proof_url: file::url(row.id),
        media_type: row.media_type,
        stated: row.amount,
        status: row.status,
        reason: row.reason,
        submitted_at: row.submitted_at,
    }
}

async fn show(ctx: &Ctx, me: UserId, rows: &[proof::Model]) -> Result<Vec<DeskRow>> {
    let payments = payment::Entity::find().filter(payment::Column::Id.is_in(rows.iter().map(|r| r.payment_id)));
    let payments: BTreeMap<PaymentId, payment::Model> = payments.all(&ctx.db).await?.into_iter().map(|p| (p.id, p)).collect();
    let left = left(ctx, payments.values()).await?;
    let people = rows.iter().filter_map(|r| r.claimed_by).chain(payments.values().map(|p| p.buyer_id));
    let people = user::Entity::find().filter(user::Column::Id.is_in(people.collect::<Vec<_>>()));
    let names: BTreeMap<UserId, String> = people.all(&ctx.db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let name = |id: UserId| names.get(&id).cloned().unwrap_or_default();
    let row = |row: &proof::Model| {
        let payment = payments.get(&row.payment_id);
        let holder = holder(row, ctx.now()).filter(|_| row.status == ProofStatus::Waiting);
        DeskRow {
            payment_id: row.payment_id,
            buyer: payment.map(|p| name(p.buyer_id)).unwrap_or_default(),
            expected: payment.map_or(Money::ZERO, |p| p.transfer_amount.or(left.get(&p.id).copied()).unwrap_or(p.amount)),
            stated: row.amount,
            sender_name: row.sender_name.clone(),
            sender_bank: row.sender_bank.clone(),
            status: row.status,
            submitted_at: row.submitted_at,
            claimed_by: holder.map(name),
            is_mine: holder == Some(me),
            is_half_approved: row.half_approved_by.is_some() && row.status == ProofStatus::Waiting,
        }
    };
    Ok(rows.iter().map(row).collect())
}

/// What was asked for in the last transfer of payments that are made by another method now.
async fn left(ctx: &Ctx, payments: impl Iterator<Item = &payment::Model>) -> Result<BTreeMap<PaymentId, Money>> {
    use entity::payment_attempt::{Column as A, Entity};
    let others: Vec<PaymentId> = payments.filter(|p| p.transfer_amount.is_none()).map(|p| p.id).collect();
    let attempts = Entity::find().select_only().column(A::PaymentId).column(A::TransferAmount);
    let attempts = attempts.filter(A::PaymentId.is_in(others)).filter(A::TransferAmount.is_not_null()).order_by_asc(A::Number);
    Ok(attempts.into_tuple::<(PaymentId, Money)>().all(&ctx.db).await?.into_iter().collect())
}
