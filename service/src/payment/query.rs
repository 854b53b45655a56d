//! Payments as their buyers see them.

use super::attempt;
use crate::{Actor, Ctx, Error, Result, desk};
use chrono::{DateTime, Utc};
use domain::id::{OrderId, PaymentId};
use domain::payment::{Attempt, COD, MANUAL_TRANSFER, PayWith, PaymentMethod, PaymentStatus, PaymentView, Refunds};
use domain::{Conflict, Locale, Money, Noun};
use entity::{order, payment, payment_split};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Ways to pay that are switched on.
pub fn methods(ctx: &Ctx, locale: Locale) -> Vec<PaymentMethod> {
    let sandbox = ctx.ports.gateways.contains_key("sandbox").then(|| PaymentMethod::sandbox(locale));
    let transfer = (!ctx.settings.bank_accounts.is_empty()).then(|| PaymentMethod::manual_transfer(locale));
    let cod = ctx.settings.cod_up_to.map(|limit| PaymentMethod::cod(limit, locale));
    let channels = ctx.ports.gateways.values().flat_map(|gateway| {
        let of = |channel| PaymentMethod::of_channel(gateway.name(), channel, locale);
        gateway.channels().into_iter().map(of).collect::<Vec<_>>()
    });
    sandbox.into_iter().chain(transfer).chain(cod).chain(channels).collect()
}

/// Ways to pay that are switched on and take such an amount.
pub fn methods_for(ctx: &Ctx, locale: Locale, amount: Money) -> Vec<PaymentMethod> {
    let mut methods = methods(ctx, locale);
    methods.retain(|m| m.takes(amount));
    methods
}

/// Ways to pay that are switched on but do not take such an amount.
pub fn methods_not_for(ctx: &Ctx, locale: Locale, amount: Money) -> Vec<PaymentMethod> {
    let mut methods = methods(ctx, locale);
    methods.retain(|m| !m.takes(amount));
    methods
}

/// A method in words; its code when it is not switched on any more.
pub(crate) fn method_name(ctx: &Ctx, locale: Locale, code: &str) -> String {
    methods(ctx, locale).into_iter().find(|m| m.code == code).map_or_else(|| code.to_owned(), |m| m.name)
}

/// `qris` of `midtrans:qris`; empty for methods without channels.
pub(super) fn channel_of(method: &str) -> &str {
    method.split_once(':').map_or("", |(_, channel)| channel)
}

/// `midtrans` of `midtrans:qris`.
pub(crate) fn gateway_of(method: &str) -> &str {
    method.split(':').next().unwrap_or(method)
}

/// Methods that no gateway handles.
pub(super) fn is_without_gateway(gateway: &str) -> bool {
    [MANUAL_TRANSFER, COD].contains(&gateway)
}

/// Whether a person must send back money that came this way.
pub(crate) fn is_refunded_by_hand(ctx: &Ctx, gateway: &str, method: &str) -> bool {
    is_without_gateway(gateway) || ctx.ports.gateways.get(gateway).is_some_and(|g| !g.can_refund(channel_of(method)))
}

/// A method named by the buyer; fails when it is not switched on.
pub(crate) fn method(ctx: &Ctx, code: &str) -> Result<PaymentMethod> {
    let found = methods(ctx, Locale::default()).into_iter().find(|m| m.code == code);
    Ok(found.ok_or(Conflict::PaymentMethodUnavailable)?)
}

/// Whether a person must send back a part of what came this way.
pub(super) fn is_partly_refunded_by_hand(ctx: &Ctx, method: &str) -> bool {
    let gateway = ctx.ports.gateways.get(gateway_of(method));
    gateway.is_some_and(|g| g.refunds(channel_of(method)) == Refunds::Whole)
}

/// Unpaid, in time, and not yet promised to be paid in cash.
pub(super) fn can_change_method(row: &payment::Model, now: DateTime<Utc>) -> bool {
    row.status == PaymentStatus::Pending && row.gateway != COD && row.expires_at > now
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
    let now = ctx.now();
    let is_open = matches!(row.status, PaymentStatus::Pending | PaymentStatus::AwaitingVerification);
    let is_timed = row.status == PaymentStatus::Pending && row.gateway != COD;
    let transfer = desk::transfer_view(ctx, &row).filter(|_| is_open);
    let proof = desk::latest_proof(ctx, &row).await?;
    let pay_with: Option<PayWith> = row.instructions.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let told = transfer.as_ref().map(|t| format!("{} – {}", t.account, t.amount)).or(pay_with.as_ref().map(PayWith::to_string));
    let simulators = ctx.settings.simulators_url.as_ref().filter(|_| is_open && row.method.contains(':'));
    let attempt = Attempt { payment: row.id, number: row.attempt };
    let can_change_method = can_change_method(&row, now);
    let can_renew = can_change_method && attempt::has_failed(&ctx.db, &row).await?;
    let simulator_url = simulators.map(|base| format!("{base}/{}/pay/by-reference/{attempt}", row.gateway));
    Ok(PaymentView {
        id: row.id,
        group_id: row.group_id,
        amount: row.amount,
        status: row.status,
        attempts: attempt::views(ctx, &row).await?,
        can_change_method,
        can_renew,
        expires_at: row.expires_at,
        expires_in: if is_timed { (row.expires_at - now).num_seconds().max(0) } else { 0 },
        method: row.method,
        redirect_url: row.redirect_url.filter(|_| is_open),
        instructions: told.filter(|_| is_open),
        pay_with: pay_with.filter(|_| is_open),
        simulator_url,
        transfer,
        proof,
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
