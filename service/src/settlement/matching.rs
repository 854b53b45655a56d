//! Which of our facts a line of a report means: money that came in, event by event (a payment may be
//! paid twice), and money that went back, refund by refund or chargeback by chargeback.

use super::read::Read;
use crate::db::Tx;
use crate::{Error, Result};
use domain::Money;
use domain::id::{DisputeId, PaymentId, RefundId};
use domain::payment::{Attempt, MANUAL_TRANSFER, PaymentEventKind, RefundReason, RefundStatus};
use domain::refund::DisputeOutcome;
use domain::settlement::LineOutcome;
use entity::{payment, payment_dispute, payment_event, refund, settlement_line};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Something a gateway took for us, or from us.
pub(super) struct Fact {
    what: What,
    /// What the gateway or we call it, beside the payment's own names.
    names: Vec<String>,
    /// Negative for money that went back.
    amount: Money,
    is_settled: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Paid(Uuid),
    Refund(RefundId),
    Chargeback(DisputeId),
}

pub(super) struct Verdict {
    pub outcome: LineOutcome,
    /// What we have.
    pub expected: Option<Money>,
    /// What is settled by it.
    pub settles: Vec<What>,
}

impl Verdict {
    pub fn unknown() -> Self {
        Self { outcome: LineOutcome::Unknown, expected: None, settles: vec![] }
    }

    /// The money that came in, if it settles such.
    pub fn event(&self) -> Option<Uuid> {
        self.settles.iter().find_map(|what| if let What::Paid(id) = what { Some(*id) } else { None })
    }
}

/// Compares a line with what we know of its payment, and remembers what it settles.
pub(super) fn judge(facts: &mut [Fact], line: &Read) -> Verdict {
    let is_back = line.gross < Money::ZERO;
    let of_side = || (0..facts.len()).filter(|i| (facts[*i].amount < Money::ZERO) == is_back);
    // Called by its own name, it is that and nothing else.
    let named: Vec<usize> = of_side().filter(|i| facts[*i].names.contains(&line.reference)).collect();
    let candidates = if named.is_empty() { of_side().collect() } else { named };
    let open: Vec<usize> = candidates.iter().copied().filter(|i| !facts[*i].is_settled).collect();
    let sum: i64 = open.iter().map(|i| facts[*i].amount.0).sum();
    let settles = match open.iter().find(|i| facts[**i].amount == line.gross) {
        Some(one) => vec![*one],
        // We book a refund per order, gateways name the sum.
        None if is_back && sum == line.gross.0 => open.clone(),
        None => vec![],
    };
    for index in &settles {
        facts[*index].is_settled = true;
    }
    let amount_of = |index: Option<&usize>| index.map(|i| facts[*i].amount);
    // Seen before: the same again, or, of money that came in, whatever is said of it now.
    let was_seen = !is_back || candidates.iter().any(|i| facts[*i].amount == line.gross);
    let (outcome, expected) = match (open.first(), candidates.first()) {
        _ if !settles.is_empty() => (LineOutcome::Matched, Some(line.gross)),
        (first @ Some(_), _) => (LineOutcome::AmountDiffers, amount_of(first)),
        (None, first @ Some(_)) if was_seen => (LineOutcome::Repeated, amount_of(first)),
        // We know of nothing more that went back.
        (None, _) if is_back => (LineOutcome::AmountDiffers, Some(Money::ZERO)),
        (None, _) => (LineOutcome::Unknown, None),
    };
    Verdict { outcome, expected, settles: settles.into_iter().map(|index| facts[index].what).collect() }
}

/// The payments the references mean: our id, or what the gateway calls the payment, its event or its
/// refund.
pub(super) async fn payments_of(tx: &Tx, gateway: &str, lines: &[Read]) -> Result<BTreeMap<String, PaymentId>> {
    let texts: Vec<&str> = lines.iter().map(|l| l.reference.as_str()).collect();
    let ids: Vec<PaymentId> = texts.iter().filter_map(|text| named(text)).collect();
    let refunds: Vec<RefundId> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let mut found = BTreeMap::new();
    let refunds = refund::Entity::find()
        .filter(refund::Column::GatewayReference.is_in(texts.iter().copied()).or(refund::Column::Id.is_in(refunds)))
        .all(&**tx)
        .await?;
    for row in refunds.into_iter().filter(|r| !r.is_by_hand || gateway == MANUAL_TRANSFER) {
        found.insert(row.id.to_string(), row.payment_id);
        found.extend(row.gateway_reference.map(|reference| (reference, row.payment_id)));
    }
    let events: Vec<(String, PaymentId)> = payment_event::Entity::find()
        .select_only()
        .columns([payment_event::Column::GatewayReference, payment_event::Column::PaymentId])
        .filter(payment_event::Column::Gateway.eq(gateway))
        .filter(payment_event::Column::GatewayReference.is_in(texts.iter().copied()))
        .into_tuple()
        .all(&**tx)
        .await?;
    found.extend(events);
    let charged: Vec<(Option<String>, PaymentId)> = payment::Entity::find()
        .select_only()
        .columns([payment::Column::GatewayReference, payment::Column::Id])
        .filter(payment::Column::Gateway.eq(gateway))
        .filter(payment::Column::GatewayReference.is_in(texts.iter().copied()))
        .into_tuple()
        .all(&**tx)
        .await?;
    found.extend(charged.into_iter().filter_map(|(reference, id)| Some((reference?, id))));
    let known: Vec<PaymentId> = payment::Entity::find()
        .select_only()
        .column(payment::Column::Id)
        .filter(payment::Column::Id.is_in(ids))
        .into_tuple()
        .all(&**tx)
        .await?;
    let known: BTreeSet<PaymentId> = known.into_iter().collect();
    for text in texts {
        if let Some(id) = named(text).filter(|id| known.contains(id)) {
            found.insert(text.to_owned(), id);
        }
    }
    Ok(found)
}

/// The payment our own name of an attempt means.
fn named(text: &str) -> Option<PaymentId> {
    text.parse().ok().or_else(|| text.parse::<Attempt>().ok().map(|attempt| attempt.payment))
}

/// What we know of the payments at the gateway, each in the order it happened.
pub(super) async fn facts_of(tx: &Tx, gateway: &str, payments: Vec<PaymentId>) -> Result<BTreeMap<PaymentId, Vec<Fact>>> {
    let mut facts: BTreeMap<PaymentId, Vec<Fact>> = payments.iter().map(|id| (*id, vec![])).collect();
    let events = payment_event::Entity::find()
        .filter(payment_event::Column::PaymentId.is_in(payments.iter().copied()))
        .filter(payment_event::Column::Gateway.eq(gateway))
        .all(&**tx)
        .await?;
    let settled = settled(tx, &payments).await?;
    let mut add = |payment: PaymentId, fact: Fact| facts.entry(payment).or_default().push(fact);
    for event in &events {
        if event.kind == PaymentEventKind::Paid && !matches!(event.outcome.as_str(), "nothing" | "collected") {
            let names = vec![event.gateway_reference.clone()];
            let is_settled = settled.contains(&event.id);
            add(event.payment_id, Fact { what: What::Paid(event.id), names, amount: event.amount, is_settled });
        }
    }
    // What was sent has an event at the gateway it was sent by, named after the refund.
    let sent: BTreeSet<&str> = events.iter().map(|e| e.gateway_reference.as_str()).collect();
    let refunds = refund::Entity::find()
        .filter(refund::Column::PaymentId.is_in(payments.iter().copied()))
        .filter(refund::Column::Status.eq(RefundStatus::Succeeded))
        .filter(refund::Column::Reason.ne(RefundReason::Chargeback))
        .all(&**tx)
        .await?;
    for row in refunds.into_iter().filter(|r| !r.is_by_hand || gateway == MANUAL_TRANSFER) {
        let id = row.id.to_string();
        if sent.contains(id.as_str()) {
            let (what, is_settled) = (What::Refund(row.id), row.settlement_line_id.is_some());
            let names = std::iter::once(id).chain(row.gateway_reference).collect();
            add(row.payment_id, Fact { what, names, amount: Money(-row.amount.0), is_settled });
        }
    }
    let disputes = payment_dispute::Entity::find()
        .filter(payment_dispute::Column::EventId.is_in(events.iter().map(|e| e.id)))
        .filter(payment_dispute::Column::Outcome.eq(DisputeOutcome::ChargebackLost))
        .all(&**tx)
        .await?;
    for row in disputes {
        let amount = Money::ZERO.checked_sub(row.booked.checked_add(row.loss)?)?;
        // Reports know a partial chargeback by its transaction.
        let name = |e: &payment_event::Model| e.gateway_reference.trim_end_matches("-partial").to_owned();
        let names = events.iter().filter(|e| e.id == row.event_id).map(name).collect();
        let (what, is_settled) = (What::Chargeback(row.id), row.settlement_line_id.is_some());
        add(row.payment_id, Fact { what, names, amount, is_settled });
    }
    Ok(facts)
}

async fn settled(tx: &Tx, payments: &[PaymentId]) -> Result<BTreeSet<Uuid>> {
    let ids: Vec<Option<Uuid>> = settlement_line::Entity::find()
        .select_only()
        .column(settlement_line::Column::EventId)
        .filter(settlement_line::Column::PaymentId.is_in(payments.iter().copied()))
        .filter(settlement_line::Column::Outcome.eq(LineOutcome::Matched))
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}

/// Writes down which line took what went back; what came in stands in the line itself.
pub(super) async fn mark(tx: &Tx, settled: Vec<(Uuid, What)>) -> Result<()> {
    for (line, what) in settled {
        let marked = match what {
            What::Paid(_) => continue,
            What::Refund(id) => {
                refund::Entity::update_many()
                    .col_expr(refund::Column::SettlementLineId, Expr::value(line))
                    .filter(refund::Column::Id.eq(id))
                    .filter(refund::Column::SettlementLineId.is_null())
                    .exec(&**tx)
                    .await?
            }
            What::Chargeback(id) => {
                payment_dispute::Entity::update_many()
                    .col_expr(payment_dispute::Column::SettlementLineId, Expr::value(line))
                    .filter(payment_dispute::Column::Id.eq(id))
                    .filter(payment_dispute::Column::SettlementLineId.is_null())
                    .exec(&**tx)
                    .await?
            }
        };
        if marked.rows_affected != 1 {
            return Err(Error::fault("settled twice"));
        }
    }
    Ok(())
}
