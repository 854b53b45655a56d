//! What gateways sent, newest first: nothing of it is out of sight.

use crate::{Actor, Ctx, Result};
use chrono::{DateTime, Utc};
use domain::id::{PaymentId, WebhookId};
use domain::identity::Permission;
use domain::page::Cursor;
use domain::payment::Attempt;
use domain::statement::midnight;
use domain::webhook::{WebhookQuery, WebhookRow, WebhookState, WebhookView};
use domain::{Noun, PageRequest, Stream};
use entity::payment;
use entity::webhook::{self, Column as C};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;

/// Names of a body that are looked up.
const MOST_NAMES: usize = 20;

/// A webhook without its body.
#[derive(FromQueryResult)]
struct Row {
    id: WebhookId,
    gateway: String,
    state: WebhookState,
    outcome: Option<String>,
    received_at: DateTime<Utc>,
}

impl From<Row> for WebhookRow {
    fn from(row: Row) -> Self {
        Self { id: row.id, gateway: row.gateway, state: row.state, outcome: row.outcome, received_at: row.received_at }
    }
}

/// What the filter finds, after the cursor; of `size` only the number of rows counts.
pub async fn webhooks(ctx: &Ctx, actor: &Actor, query: &WebhookQuery, size: PageRequest) -> Result<Stream<WebhookRow>> {
    actor.require(Permission::FinanceView)?;
    let mut rows = webhook::Entity::find();
    if let Some(state) = query.state {
        rows = rows.filter(C::State.eq(state));
    }
    if let Some(gateway) = &query.gateway {
        rows = rows.filter(C::Gateway.eq(gateway));
    }
    if let Some(from) = query.from {
        rows = rows.filter(C::ReceivedAt.gte(midnight(from)));
    }
    if let Some(next) = query.to.and_then(|day| day.succ_opt()) {
        rows = rows.filter(C::ReceivedAt.lt(midnight(next)));
    }
    if let Some(Cursor { at, id }) = query.after {
        // The first bound is the index's, the second tells apart what came at the same moment.
        rows = rows.filter(C::ReceivedAt.lte(at)).filter(C::ReceivedAt.lt(at).or(C::Id.lt(id)));
    }
    let mut found = rows
        .select_only()
        .columns([C::Id, C::Gateway, C::State, C::Outcome, C::ReceivedAt])
        .order_by_desc(C::ReceivedAt)
        .order_by_desc(C::Id)
        .limit(size.per_page() + 1)
        .into_model::<Row>()
        .all(&ctx.db)
        .await?;
    let has_more = found.len() as u64 > size.per_page();
    found.truncate(usize::try_from(size.per_page()).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| has_more).map(|row| Cursor { at: row.received_at, id: row.id }.to_string());
    Ok(Stream { items: found.into_iter().map(Into::into).collect(), next_cursor: last })
}

/// One of them with what it said.
pub async fn webhook(ctx: &Ctx, actor: &Actor, id: WebhookId) -> Result<WebhookView> {
    actor.require(Permission::FinanceView)?;
    let row = webhook::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Webhook))?;
    let webhook =
        WebhookRow { id: row.id, gateway: row.gateway, state: row.state, outcome: row.outcome, received_at: row.received_at };
    // Whoever sends a forged one may name any payment.
    let payment_id = if row.is_signed { named_payment(ctx, &row.body).await? } else { None };
    Ok(WebhookView { webhook, payment_id, body: row.body })
}

/// Gateways echo what we call our payments, each in a field of its own.
async fn named_payment(ctx: &Ctx, body: &str) -> Result<Option<PaymentId>> {
    let words = body.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let named = words.filter_map(|word| word.parse::<Attempt>().ok()).take(MOST_NAMES);
    let ids: BTreeSet<PaymentId> = named.map(|attempt| attempt.payment).collect();
    let payment = payment::Entity::find().select_only().column(payment::Column::Id).filter(payment::Column::Id.is_in(ids));
    Ok(payment.into_tuple().one(&ctx.db).await?)
}
