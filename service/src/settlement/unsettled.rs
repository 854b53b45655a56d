//! What no report has settled yet.

use crate::{Actor, Ctx, Result};
use chrono::{DateTime, Utc};
use domain::id::PaymentId;
use domain::identity::Permission;
use domain::payment::{COD, MANUAL_TRANSFER};
use domain::settlement::Unsettled;
use domain::{Money, Page, PageRequest};
use entity::payment;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement};
use std::collections::BTreeMap;

/// Payments, refunds the gateway has sent and chargebacks that were lost: together what is at the gateways.
const OPEN: &str = "
    SELECT e.id, e.payment_id, e.gateway, e.amount, e.created_at AS at FROM payment_event e
    WHERE e.kind = 'paid' AND e.outcome <> 'nothing'
      AND NOT EXISTS (SELECT 1 FROM settlement_line l WHERE l.event_id = e.id AND l.outcome = 'matched')
    UNION ALL
    SELECT r.id, r.payment_id, COALESCE(a.gateway, p.gateway), -r.amount, r.updated_at FROM refund r
    JOIN payment p ON p.id = r.payment_id
    LEFT JOIN payment_attempt a ON a.payment_id = p.id AND a.number = r.attempt AND p.attempt <> r.attempt
    WHERE r.status = 'succeeded' AND NOT r.is_by_hand AND r.reason <> 'chargeback' AND r.settlement_line_id IS NULL
    UNION ALL
    SELECT d.id, d.payment_id, e.gateway, -(d.booked + d.loss), d.resolved_at FROM payment_dispute d
    JOIN payment_event e ON e.id = d.event_id
    WHERE d.outcome = 'chargeback_lost' AND d.booked + d.loss <> 0 AND d.settlement_line_id IS NULL";

#[derive(FromQueryResult)]
struct Row {
    payment_id: PaymentId,
    gateway: String,
    amount: Money,
    at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

/// Money a gateway took for us or sent back that no report has settled, oldest first; what went back is
/// negative. A payment that was paid twice is there twice. Bank transfers and cash come to us without a
/// gateway.
pub async fn unsettled(ctx: &Ctx, actor: &Actor, gateway: Option<&str>, page: PageRequest) -> Result<Page<Unsettled>> {
    actor.require(Permission::FinanceView)?;
    let at_gateways = format!("FROM ({OPEN}) x WHERE x.gateway NOT IN ('{MANUAL_TRANSFER}', '{COD}')");
    let at_gateways = format!("{at_gateways}{}", if gateway.is_some() { " AND x.gateway = $1" } else { "" });
    let statement = |what: &str, rest: &str| {
        let sql = format!("SELECT {what} {at_gateways} {rest}");
        Statement::from_sql_and_values(ctx.db.get_database_backend(), sql, gateway.map(Into::into))
    };
    let total = Count::find_by_statement(statement("CAST(count(*) AS BIGINT) AS n", "")).one(&ctx.db).await?.map_or(0, |c| c.n);
    let part = format!("ORDER BY x.at, x.id LIMIT {} OFFSET {}", page.per_page(), page.offset());
    let rows = Row::find_by_statement(statement("x.payment_id, x.gateway, x.amount, x.at", &part)).all(&ctx.db).await?;
    let methods: Vec<(PaymentId, String)> = payment::Entity::find()
        .select_only()
        .columns([payment::Column::Id, payment::Column::Method])
        .filter(payment::Column::Id.is_in(rows.iter().map(|r| r.payment_id)))
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let methods: BTreeMap<_, _> = methods.into_iter().collect();
    let shown = rows.into_iter().map(|row| Unsettled {
        payment_id: row.payment_id,
        paid_at: row.at,
        method: methods.get(&row.payment_id).cloned().unwrap_or_default(),
        gateway: row.gateway,
        amount: row.amount,
    });
    Ok(Page::new(shown.collect(), page, total.unsigned_abs()))
}
