//! Refunds in lists and in full.

use crate::payment::{self as payments, is_refunded_by_hand};
use crate::{Actor, Ctx, Result};
use domain::id::{OrderId, PaymentId, RefundId, UserId};
use domain::identity::Permission;
use domain::payment::{MANUAL_TRANSFER, PaymentEventKind, RefundStatus};
use domain::refund::{RefundLineView, RefundRow, RefundStep, RefundView};
use domain::{Money, Noun, Page, PageRequest};
use entity::refund::{self, Column as C};
use entity::{order, order_line, payment, payment_attempt, payment_event, payment_proof, refund_event, refund_line, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Refunds in a status, or all; those that wait for somebody oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor, status: Option<RefundStatus>, page: PageRequest) -> Result<Page<RefundRow>> {
    actor.require(Permission::FinanceView)?;
    let mut rows = refund::Entity::find();
    if let Some(status) = status {
        rows = rows.filter(C::Status.eq(status));
    }
    let total = rows.clone().count(&ctx.db).await?;
    let rows = match status {
        Some(RefundStatus::Waiting | RefundStatus::Requested | RefundStatus::Sending | RefundStatus::Failed) => {
            rows.order_by_asc(C::CreatedAt).order_by_asc(C::Id)
        }
        _ => rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id),
    };
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, actor, rows).await?, page, total))
}

/// How many there are in each status that waits for somebody.
pub async fn waiting(ctx: &Ctx, actor: &Actor) -> Result<Vec<(RefundStatus, i64)>> {
    actor.require(Permission::FinanceView)?;
    let counts = refund::Entity::find()
        .select_only()
        .column(C::Status)
        .expr(C::Id.count())
        .filter(C::Status.is_in([RefundStatus::Waiting, RefundStatus::Requested, RefundStatus::Sending, RefundStatus::Failed]))
        .group_by(C::Status)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    Ok(counts)
}

/// A refund in full, for finance.
pub async fn find(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<RefundView> {
    actor.require(Permission::FinanceView)?;
    view(ctx, actor, id).await
}

/// Refunds of an order of the caller's store, oldest first.
pub async fn of_own_order(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Vec<RefundRow>> {
    let store = actor.store(Permission::OrderView)?;
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).filter(order::Column::StoreId.eq(store));
    let row = row.one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Order))?;
    of_order(ctx, actor, row.id).await
}

/// Refunds of any order, for the desk.
pub async fn of_desk_order(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Vec<RefundRow>> {
    actor.require(Permission::DeskFulfil)?;
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).one(&ctx.db).await?;
    of_order(ctx, actor, row.ok_or(domain::Error::NotFound(Noun::Order))?.id).await
}

async fn of_order(ctx: &Ctx, actor: &Actor, order: OrderId) -> Result<Vec<RefundRow>> {
    let rows = refund::Entity::find().filter(C::OrderId.eq(order)).order_by_asc(C::CreatedAt).order_by_asc(C::Id);
    show(ctx, actor, rows.all(&ctx.db).await?).await
}

/// Without a permission check: for callers that have made one.
pub(super) async fn view(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<RefundView> {
    let missing = || domain::Error::NotFound(Noun::Refund);
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    let (shipping, restock, order) = (row.shipping, row.restock, row.order_id);
    let evidence_url = row.evidence_key.as_ref().map(|_| format!("/api/v1/finance/refunds/{id}/evidence"));
    let is_own = row.requested_by.is_some() && row.requested_by == actor.user.as_ref().map(|u| u.id);
    let can_decide = row.status == RefundStatus::Waiting && !is_own && actor.require(Permission::RefundApprove).is_ok();
    let split = match order {
        Some(order) => Some(payments::of_order(&ctx.db, order).await?.1),
        None => None,
    };
    Ok(RefundView {
        row: show(ctx, actor, vec![row]).await?.pop().ok_or_else(missing)?,
        lines: lines(ctx, id).await?,
        shipping,
        restock,
        order_paid: split.as_ref().map(|s| s.amount),
        order_left: split.as_ref().map(|s| Money(s.amount.0 - s.refunded.0 - s.refund_held.0)),
        evidence_url,
        timeline: timeline(ctx, id).await?,
        can_decide,
    })
}

async fn lines(ctx: &Ctx, id: RefundId) -> Result<Vec<RefundLineView>> {
    let rows = refund_line::Entity::find().filter(refund_line::Column::RefundId.eq(id)).all(&ctx.db).await?;
    let sold = order_line::Entity::find().filter(order_line::Column::Id.is_in(rows.iter().map(|r| r.order_line_id)));
    let names: BTreeMap<_, _> = sold.all(&ctx.db).await?.into_iter().map(|l| (l.id, (l.position, l.product_name))).collect();
    let mut shown: Vec<_> = rows
        .into_iter()
        .filter_map(|row| {
            let (position, product_name) = names.get(&row.order_line_id)?.clone();
            Some((position, RefundLineView { product_name, quantity: row.quantity, amount: row.amount }))
        })
        .collect();
    shown.sort_by_key(|(position, _)| *position);
    Ok(shown.into_iter().map(|(_, line)| line).collect())
}

async fn timeline(ctx: &Ctx, id: RefundId) -> Result<Vec<RefundStep>> {
    use refund_event::Column as E;
    let rows = refund_event::Entity::find().filter(E::RefundId.eq(id)).order_by_asc(E::Id).all(&ctx.db).await?;
    let names = names(ctx, rows.iter().filter_map(|r| r.actor_id).collect()).await?;
    let step = |row: refund_event::Model| RefundStep {
        status: row.status,
        at: row.created_at,
        by: row.actor_id.and_then(|id| names.get(&id).cloned()),
        // Refunds that failed long ago have what the gateway said.
        note: row.note.filter(|_| row.status != RefundStatus::Failed || row.actor_id.is_some()),
    };
    Ok(rows.into_iter().map(step).collect())
}

async fn names(ctx: &Ctx, ids: Vec<UserId>) -> Result<BTreeMap<UserId, String>> {
    let people = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(&ctx.db).await?;
    Ok(people.into_iter().map(|u| (u.id, u.name)).collect())
}

/// The proof the money of a refund came with: of money nobody waited for its own, else the one that paid.
fn proof_of<'a>(row: &refund::Model, arrived: &'a [payment_event::Model]) -> Option<&'a str> {
    let caused = row.cause.strip_prefix("event:");
    let event = arrived.iter().find(|event| match caused {
        Some(id) => event.id.to_string() == id,
        None => event.payment_id == row.payment_id && event.outcome == "settled",
    })?;
    Some(event.gateway_reference.split(':').next().unwrap_or_default())
}

/// Where a buyer's money came from, and trouble with the gateway, are nobody's business but finance's.
async fn show(ctx: &Ctx, actor: &Actor, rows: Vec<refund::Model>) -> Result<Vec<RefundRow>> {
    let ids: Vec<PaymentId> = rows.iter().map(|r| r.payment_id).collect();
    let payments = payment::Entity::find().filter(payment::Column::Id.is_in(ids.clone())).all(&ctx.db);
    let left = payment_attempt::Entity::find().filter(payment_attempt::Column::PaymentId.is_in(ids.clone())).all(&ctx.db);
    let proofs = payment_proof::Entity::find().filter(payment_proof::Column::PaymentId.is_in(ids.clone())).all(&ctx.db);
    let arrived = payment_event::Entity::find()
        .filter(payment_event::Column::PaymentId.is_in(ids))
        .filter(payment_event::Column::Gateway.eq(MANUAL_TRANSFER))
        .filter(payment_event::Column::Kind.eq(PaymentEventKind::Paid))
        .all(&ctx.db);
    let orders = order::Entity::find().filter(order::Column::Id.is_in(rows.iter().filter_map(|r| r.order_id))).all(&ctx.db);
    let (payments, left, proofs, arrived, orders) = tokio::try_join!(payments, left, proofs, arrived, orders)?;
    let people = payments.iter().map(|p| p.buyer_id).chain(rows.iter().filter_map(|r| r.requested_by));
    let names = names(ctx, people.collect()).await?;
    let payments: BTreeMap<_, _> = payments.into_iter().map(|p| (p.id, p)).collect();
    let senders: BTreeMap<_, _> =
        proofs.into_iter().map(|p| (p.id.to_string(), format!("{}, {}", p.sender_bank, p.sender_name))).collect();
    let numbers: BTreeMap<_, _> = orders.into_iter().map(|o| (o.id, o.number)).collect();
    let is_finance = actor.require(Permission::FinanceView).is_ok();
    let shown = rows.into_iter().filter_map(|row| {
        let payment = payments.get(&row.payment_id)?;
        let old = left.iter().find(|a| a.payment_id == payment.id && a.number == row.attempt && a.number != payment.attempt);
        let sender = proof_of(&row, &arrived).and_then(|proof| senders.get(proof)).filter(|_| is_finance).cloned();
        let (method, gateway) = old.map_or((&payment.method, &payment.gateway), |a| (&a.method, &a.gateway));
        Some(RefundRow {
            id: row.id,
            payment_id: row.payment_id,
            order_number: row.order_id.and_then(|id| numbers.get(&id).cloned()),
            buyer: names.get(&payment.buyer_id).cloned().unwrap_or_default(),
            method: method.clone(),
            amount: row.amount,
            reason: row.reason,
            note: row.note,
            requested_by: row.requested_by.and_then(|id| names.get(&id).cloned()),
            status: row.status,
            is_by_hand: row.is_by_hand || is_refunded_by_hand(ctx, gateway, method),
            sender,
            reference: row.gateway_reference,
            has_failed: is_finance && row.last_error.is_some(),
            created_at: row.created_at,
        })
    });
    Ok(shown.collect())
}
