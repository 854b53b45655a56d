//! Orders of all stores, handled by the second layer of the desk on behalf of their sellers.

use super::command::{Handler, accept_by, end, mark_delivered_by, mark_undelivered_by, ship_by};
use super::{list, query};
use crate::desk::{self, Deed};
use crate::{Actor, Ctx, Result, payment};
use domain::Page;
use domain::desk::QueueFigures;
use domain::identity::Permission;
use domain::order::{CancelInput, OrderCounts, OrderQuery, OrderRow, OrderStatus, OrderView, Party, ShipInput};
use entity::{order, order_event};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// What the desk has to do something about.
const WAITING: [OrderStatus; 2] = [OrderStatus::Pending, OrderStatus::Processing];

/// Orders of all stores: those that wait for the desk the oldest first, others the newest.
pub async fn list(ctx: &Ctx, actor: &Actor, query: &OrderQuery) -> Result<Page<OrderRow>> {
    actor.require(Permission::DeskFulfil)?;
    let oldest_first = query.status.is_some_and(|status| WAITING.contains(&status));
    list::list(ctx, order::Entity::find(), query, oldest_first).await
}

/// How many orders wait to be packed or sent, since when, and how fast the desk moves them on.
pub async fn figures(ctx: &Ctx, actor: &Actor) -> Result<QueueFigures> {
    let me = actor.require(Permission::DeskFulfil)?.id;
    let waiting = || order::Entity::find().filter(order::Column::Status.is_in(WAITING));
    let oldest = waiting()
        .select_only()
        .column(order::Column::CreatedAt)
        .order_by_asc(order::Column::CreatedAt)
        .into_tuple()
        .one(&ctx.db)
        .await?;
    desk::summarize(ctx, me, waiting().count(&ctx.db).await?, oldest, deeds(ctx).await?).await
}

/// Orders the desk accepted or sent, and how long they had been as they were before.
async fn deeds(ctx: &Ctx) -> Result<Vec<Deed>> {
    use order_event::Column as C;
    let done = order_event::Entity::find()
        .filter(C::Party.eq(Party::Desk))
        .filter(C::CreatedAt.gte(ctx.now() - desk::LOOK_BACK))
        .filter(C::Status.is_in([OrderStatus::Processing, OrderStatus::Shipped]))
        .all(&ctx.db)
        .await?;
    let histories =
        order_event::Entity::find().filter(C::OrderId.is_in(done.iter().map(|e| e.order_id).collect::<BTreeSet<_>>()));
    let histories = histories.order_by_asc(C::OrderId).order_by_asc(C::Id).all(&ctx.db).await?;
    let minutes = |event: &order_event::Model| {
        let before = histories.iter().rfind(|e| e.order_id == event.order_id && e.id < event.id)?;
        Some(Deed { by: event.actor_id?, minutes: (event.created_at - before.created_at).num_minutes() })
    };
    Ok(done.iter().filter_map(minutes).collect())
}

pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<OrderCounts> {
    actor.require(Permission::DeskFulfil)?;
    list::counts(ctx, order::Entity::find()).await
}

pub async fn find(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    actor.require(Permission::DeskFulfil)?;
    query::any(ctx, number).await
}

pub async fn accept(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    accept_by(ctx, handler(ctx, actor, number).await?).await?;
    find(ctx, actor, number).await
}

pub async fn ship(ctx: &Ctx, actor: &Actor, number: &str, input: ShipInput) -> Result<OrderView> {
    ship_by(ctx, handler(ctx, actor, number).await?, input).await?;
    find(ctx, actor, number).await
}

/// Until shipped; the stock goes back, and so does the money of a paid order.
pub async fn cancel(ctx: &Ctx, actor: &Actor, number: &str, input: CancelInput) -> Result<OrderView> {
    let by = handler(ctx, actor, number).await?;
    end(ctx, by, input.check()?).await?;
    find(ctx, actor, number).await
}

/// The courier brought the cash of an order that is paid at the door.
pub async fn mark_delivered(ctx: &Ctx, actor: &Actor, number: &str) -> Result<OrderView> {
    mark_delivered_by(ctx, handler(ctx, actor, number).await?).await?;
    find(ctx, actor, number).await
}

/// An order to be paid at the door was refused there; its goods are back on the shelf.
pub async fn mark_undelivered(ctx: &Ctx, actor: &Actor, number: &str, input: CancelInput) -> Result<OrderView> {
    mark_undelivered_by(ctx, handler(ctx, actor, number).await?, input.check()?).await?;
    find(ctx, actor, number).await
}

/// Not for orders the agent has bought, or whose store they work in: those are somebody else's to decide.
async fn handler(ctx: &Ctx, actor: &Actor, number: &str) -> Result<Handler> {
    let agent = actor.require(Permission::DeskFulfil)?;
    let order = query::any(ctx, number).await?.id;
    let (payment, _) = payment::of_order(&ctx.db, order).await?;
    payment::check_interest(&ctx.db, agent, &payment).await?;
    Ok(Handler { order, party: Party::Desk, user: agent.id })
}
