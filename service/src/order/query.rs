//! One order in full.

use crate::identity::Grant;
use crate::{Actor, Ctx, Result, payment, picture};
use domain::Noun;
use domain::id::{OrderId, OrderLineId};
use domain::identity::{Address, Permission, StoreRef};
use domain::order::{
    OrderAction, OrderItem, OrderPayment, OrderStatus, OrderView, Party, Shipment, TimelineEntry, Totals, Transition, transition,
};
use domain::payment::COD;
use domain::rate::{Tax, TaxMode};
use entity::{order, order_event, order_line, review, store};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// An order of the buyer.
pub async fn find(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    let user = actor.require(Permission::Shop)?;
    let row = one(ctx, order::Column::BuyerId, user.id.0, number).await?;
    show(ctx, row, Party::Buyer).await
}

/// An order of the store the caller works in.
pub async fn own_order(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    let store = actor.store(Permission::OrderView)?;
    let row = one(ctx, order::Column::StoreId, store.0, number).await?;
    show(ctx, row, Party::Seller).await
}

/// An order for who has to do with its money: its buyer, its store, finance.
pub(crate) async fn visible(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    let user = actor.user()?;
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).one(&ctx.db).await?;
    let row = row.ok_or(domain::Error::NotFound(Noun::Order))?;
    let is_own = |grant: &Grant| {
        grant.store.as_ref().is_some_and(|s| s.id == row.store_id) && grant.permissions.contains(&Permission::OrderView)
    };
    let reader = match row.buyer_id == user.id {
        true => Party::Buyer,
        false if user.grants.iter().any(is_own) => Party::Seller,
        false if actor.require(Permission::FinanceView).is_ok() => Party::System,
        false => return Err(domain::Error::NotFound(Noun::Order).into()),
    };
    show(ctx, row, reader).await
}

/// An order of whomever, for the desk.
pub(super) async fn any(ctx: &Ctx, number: &str) -> Result<OrderView> {
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).one(&ctx.db).await?;
    show(ctx, row.ok_or(domain::Error::NotFound(Noun::Order))?, Party::Desk).await
}

/// The order's id, if it belongs to `owner` (a buyer or a store); somebody else's is not found.
pub(super) async fn id_of(ctx: &Ctx, owner: order::Column, id: uuid::Uuid, number: &str) -> Result<OrderId> {
    Ok(one(ctx, owner, id, number).await?.id)
}

async fn one(ctx: &Ctx, owner: order::Column, id: uuid::Uuid, number: &str) -> Result<order::Model> {
    let row = order::Entity::find().filter(order::Column::Number.eq(number)).filter(owner.eq(id)).one(&ctx.db).await?;
    row.ok_or_else(|| domain::Error::NotFound(Noun::Order).into())
}

async fn show(ctx: &Ctx, row: order::Model, reader: Party) -> Result<OrderView> {
    let db = &ctx.db;
    let lines = order_line::Entity::find()
        .filter(order_line::Column::OrderId.eq(row.id))
        .order_by_asc(order_line::Column::Position)
        .all(db);
    let events =
        order_event::Entity::find().filter(order_event::Column::OrderId.eq(row.id)).order_by_asc(order_event::Column::Id).all(db);
    let store = store::Entity::find_by_id(row.store_id).one(db);
    let (lines, events, store) = tokio::try_join!(lines, events, store)?;
    let store = store.ok_or(domain::Error::NotFound(Noun::Store))?;
    let reviewed: Vec<OrderLineId> = review::Entity::find()
        .select_only()
        .column(review::Column::OrderLineId)
        .filter(review::Column::OrderLineId.is_in(lines.iter().map(|l| l.id)))
        .into_tuple()
        .all(db)
        .await?;
    let reviewed: BTreeSet<_> = reviewed.into_iter().collect();
    let (payment, split) = payment::of_order(db, row.id).await?;
    let is_cod = payment.gateway == COD;
    Ok(OrderView {
        id: row.id,
        group_id: row.group_id,
        status: row.status,
        store: StoreRef { id: store.id, slug: store.slug, name: store.name },
        buyer: row.buyer_name,
        items: lines.into_iter().map(|line| item(line, row.tax_mode, &reviewed)).collect::<Result<_>>()?,
        address: Address {
            recipient: row.recipient,
            phone: row.phone,
            street: row.street,
            district: row.district,
            regency: row.regency,
            province: row.province,
            postal_code: row.postal_code,
        },
        shipping: Shipment {
            service: row.shipping_service,
            courier: row.courier,
            name: row.shipping_name,
            eta_days: row.eta_days,
            cost: row.shipping_cost,
            tracking_number: row.tracking_number,
        },
        payment: OrderPayment {
            id: payment.id,
            method: payment.method,
            status: payment.status,
            amount: split.amount,
            refunded: split.refunded,
        },
        totals: Totals {
            items_total: row.items_total,
            shipping_cost: row.shipping_cost,
            discount: row.discount,
            tax: Tax { mode: row.tax_mode, basis_points: row.tax_bps, amount: row.tax },
            total: row.total,
        },
        note: row.note,
        timeline: events
            .into_iter()
            .map(|e| TimelineEntry { status: e.status, at: e.created_at, by: e.party, note: e.note })
            .collect(),
        placed_at: row.created_at,
        actions: actions(row.status, reader, is_cod),
        number: row.number,
    })
}

/// What the reader may do now, by the machine itself.
fn actions(status: OrderStatus, reader: Party, is_cod: bool) -> Vec<OrderAction> {
    let mine: &[OrderAction] = match reader {
        Party::Buyer => &[OrderAction::Cancel, OrderAction::ConfirmReceipt],
        // Unpaid: it is the buyer's turn.
        _ if matches!(status, OrderStatus::PendingPayment | OrderStatus::AwaitingVerification) => &[],
        // The cash is brought to the seller, not to us.
        _ if is_cod && status == OrderStatus::Shipped => &[OrderAction::ConfirmReceipt, OrderAction::Undelivered],
        _ if status == OrderStatus::Shipped => &[],
        _ => &[OrderAction::Accept, OrderAction::Ship, OrderAction::Cancel],
    };
    let allowed = |a: &OrderAction| matches!(transition(status, *a, reader), Ok(Transition::To(_)));
    mine.iter().copied().filter(|a| allowed(a)).collect()
}

fn item(line: order_line::Model, mode: TaxMode, reviewed: &BTreeSet<OrderLineId>) -> Result<OrderItem> {
    Ok(OrderItem {
        id: line.id,
        variant_id: line.variant_id,
        product_slug: line.product_slug,
        product_name: line.product_name,
        sku: line.sku,
        options: serde_json::from_value(line.options)?,
        image_url: line.image_key.as_deref().map(|key| picture::url(key, "s")),
        unit_price: line.unit_price,
        quantity: line.quantity,
        line_total: line.line_total,
        added_tax: mode.on_top(line.tax),
        reviewed: reviewed.contains(&line.id),
    })
}
