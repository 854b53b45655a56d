//! Refunds: what gateways are sending, and what a person must send.

use crate::audit::{self, Deed};
use crate::db::transact;
use crate::live::Signal;
use crate::{Actor, Ctx, Result, payment as payments};
use domain::finance::{RefundProof, RefundRow};
use domain::id::{PaymentId, RefundId};
use domain::identity::Permission;
use domain::payment::RefundStatus;
use domain::{Conflict, Noun, Page, PageRequest};
use entity::refund::{self, Column as C};
use entity::{order, payment, payment_proof, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use std::collections::BTreeMap;

/// Refunds in a status, or all; open ones oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor, status: Option<RefundStatus>, page: PageRequest) -> Result<Page<RefundRow>> {
    actor.require(Permission::FinanceView)?;
    let mut rows = refund::Entity::find();
    if let Some(status) = status {
        rows = rows.filter(C::Status.eq(status));
    }
    let total = rows.clone().count(&ctx.db).await?;
    let rows = match status {
        Some(RefundStatus::Requested) => rows.order_by_asc(C::CreatedAt).order_by_asc(C::Id),
        _ => rows.order_by_desc(C::CreatedAt).order_by_desc(C::Id),
    };
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

async fn show(ctx: &Ctx, rows: Vec<refund::Model>) -> Result<Vec<RefundRow>> {
    let ids: Vec<PaymentId> = rows.iter().map(|r| r.payment_id).collect();
    let payments = payment::Entity::find().filter(payment::Column::Id.is_in(ids.clone())).all(&ctx.db);
    let proofs = payment_proof::Entity::find()
        .filter(payment_proof::Column::PaymentId.is_in(ids))
        .order_by_asc(payment_proof::Column::SubmittedAt)
        .all(&ctx.db);
    let orders = order::Entity::find().filter(order::Column::Id.is_in(rows.iter().filter_map(|r| r.order_id))).all(&ctx.db);
    let (payments, proofs, orders) = tokio::try_join!(payments, proofs, orders)?;
    let people = user::Entity::find().filter(user::Column::Id.is_in(payments.iter().map(|p| p.buyer_id)));
    let names: BTreeMap<_, _> = people.all(&ctx.db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let payments: BTreeMap<_, _> = payments.into_iter().map(|p| (p.id, p)).collect();
    let senders: BTreeMap<_, _> =
        proofs.into_iter().map(|p| (p.payment_id, format!("{}, {}", p.sender_bank, p.sender_name))).collect();
    let numbers: BTreeMap<_, _> = orders.into_iter().map(|o| (o.id, o.number)).collect();
    let shown = rows.into_iter().filter_map(|row| {
        let payment = payments.get(&row.payment_id)?;
        Some(RefundRow {
            id: row.id,
            payment_id: row.payment_id,
            order_number: row.order_id.and_then(|id| numbers.get(&id).cloned()),
            buyer: names.get(&payment.buyer_id).cloned().unwrap_or_default(),
            method: payment.method.clone(),
            amount: row.amount,
            reason: row.reason,
            status: row.status,
            is_by_hand: payments::is_refunded_by_hand(ctx, payment),
            sender: senders.get(&row.payment_id).cloned(),
            reference: row.gateway_reference,
            last_error: row.last_error,
            created_at: row.created_at,
        })
    });
    Ok(shown.collect())
}

/// A refund was sent by bank transfer: it is booked and the buyer is told. Repeating it changes
/// nothing.
pub async fn complete(ctx: &Ctx, actor: &Actor, id: RefundId, input: RefundProof) -> Result<RefundRow> {
    let by = actor.require(Permission::RefundApprove)?;
    let reference = &input.check()?;
    let missing = || domain::Error::NotFound(Noun::Refund);
    let row = &refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    let payment = payment::Entity::find_by_id(row.payment_id).one(&ctx.db).await?.ok_or_else(missing)?;
    if !payments::is_refunded_by_hand(ctx, &payment) {
        return Err(Conflict::RefundByGateway.into());
    }
    payments::check_interest(&ctx.db, by, &payment).await?;
    transact(ctx, |tx| async move {
        if payments::complete_refund(ctx, &tx, row, reference).await? {
            let (before, after) = (json!({ "status": row.status }), json!({ "status": "succeeded", "reference": reference }));
            let deed = Deed { action: "refund.complete", subject: "refund", subject_id: id.to_string(), before, after };
            audit::record(ctx, &tx, by, deed).await?;
        }
        Ok(())
    })
    .await?;
    ctx.live.send(Signal::Payment(payment.id));
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    show(ctx, vec![row]).await?.pop().ok_or_else(|| missing().into())
}
