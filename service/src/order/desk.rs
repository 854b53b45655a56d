//! Orders of all stores, handled by the second layer of the desk on behalf of their sellers.

use super::command::{Handler, accept_by, end, mark_delivered_by, mark_undelivered_by, ship_by};
use super::{list, query};
use crate::{Actor, Ctx, Result, payment};
use domain::Page;
use domain::identity::Permission;
use domain::order::{CancelInput, OrderCounts, OrderQuery, OrderRow, OrderView, Party, ShipInput};
use entity::order;
use sea_orm::EntityTrait;

/// Orders of all stores, newest first.
pub async fn list(ctx: &Ctx, actor: &Actor, query: &OrderQuery) -> Result<Page<OrderRow>> {
    actor.require(Permission::DeskFulfil)?;
    list::list(ctx, order::Entity::find(), query).await
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
