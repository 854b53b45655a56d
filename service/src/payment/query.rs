//! Payments as their buyers see them.

use crate::{Actor, Ctx, Error, Result, desk};
use domain::id::{OrderId, PaymentId};
use domain::payment::{PaymentMethod, PaymentStatus, PaymentView};
use domain::{Locale, Noun};
use entity::{order, payment, payment_split};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Ways to pay that are switched on.
pub fn methods(ctx: &Ctx, locale: Locale) -> Vec<PaymentMethod> {
    let sandbox = ctx.ports.gateways.contains_key("sandbox").then(|| PaymentMethod::sandbox(locale));
    let transfer = (!ctx.settings.bank_accounts.is_empty()).then(|| PaymentMethod::manual_transfer(locale));
    sandbox.into_iter().chain(transfer).collect()
}

/// Whether a method named at checkout is switched on.
pub fn is_available(ctx: &Ctx, code: &str) -> bool {
    methods(ctx, Locale::default()).iter().any(|m| m.code == code)
}

/// A payment of the buyer.
pub async fn find(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<PaymentView> {
    let user = actor.user()?;
    let row = payment::Entity::find_by_id(id).filter(payment::Column::BuyerId.eq(user.id)).one(&ctx.db).await?;
    show(ctx, row.ok_or(domain::Error::NotFound(Noun::Payment))?).await
}

/// Without a permission check: for callers that have made one.
pub(crate) async fn view_of(ctx: &Ctx, id: PaymentId) -> Result<PaymentView> {
    let row = payment::Entity::find_by_id(id).one(&ctx.db).await?;
    show(ctx, row.ok_or(domain::Error::NotFound(Noun::Payment))?).await
}

async fn show(ctx: &Ctx, row: payment::Model) -> Result<PaymentView> {
    let orders = order::Entity::find()
        .select_only()
        .column(order::Column::Number)
        .filter(order::Column::GroupId.eq(row.group_id))
        .order_by_asc(order::Column::Id)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let is_open = matches!(row.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification);
    let transfer = desk::transfer_view(ctx, &row).filter(|_| is_open);
    let proof = desk::latest_proof(ctx, &row).await?;
    let told = transfer.as_ref().map(|t| format!("{} – {}", t.account, t.amount));
    Ok(PaymentView {
        id: row.id,
        group_id: row.group_id,
        method: row.method,
        amount: row.amount,
        status: row.status,
        redirect_url: row.redirect_url.filter(|_| is_open),
        instructions: row.instructions.or(told).filter(|_| is_open),
        transfer,
        proof,
        expires_at: row.expires_at,
        paid_at: row.paid_at,
        orders,
    })
}

/// The payment of an order and the order's share in it.
pub(crate) async fn of_order(db: &impl ConnectionTrait, order: OrderId) -> Result<(payment::Model, payment_split::Model)> {
    let split = payment_split::Entity::find().filter(payment_split::Column::OrderId.eq(order)).one(db).await?;
    let split = split.ok_or_else(|| Error::fault(format!("order {order} has no payment split")))?;
    let payment = payment::Entity::find_by_id(split.payment_id).one(db).await?;
    Ok((payment.ok_or_else(|| Error::fault("split without payment"))?, split))
}
