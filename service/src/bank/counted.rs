//! Proofs whose money was counted without a line of a statement.

use super::asked::first_day;
use crate::Result;
use chrono::TimeDelta;
use domain::Money;
use domain::analytics::{WIB, local_day};
use domain::desk::{ProofStatus, is_as_asked};
use domain::id::PaymentId;
use entity::payment_proof::{self as proof, Column as C};
use entity::{bank_statement_line as line, payment};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::BTreeMap;

/// A bank may date a line later than the agent saw it: over a weekend.
const BOOKED_LATER: TimeDelta = TimeDelta::days(3);

pub(super) struct CountedProof {
    pub proof: proof::Model,
    pub payment: payment::Model,
}

impl CountedProof {
    /// Whether the line may be the money that was counted.
    pub fn fits(&self, line: &line::Model) -> bool {
        let decided = self.proof.decided_at.map(|at| local_day(at, WIB) + BOOKED_LATER);
        self.proof.received.is_some_and(|money| self.is_same(money, line.amount))
            && line.booked_on >= first_day(&self.payment)
            && decided.is_some_and(|last| line.booked_on <= last)
    }

    /// Who was asked for a sum with a suffix may have stated it without, or the other way round, and the agent
    /// has counted what was stated.
    fn is_same(&self, counted: Money, booked: Money) -> bool {
        let is_asked = |money| is_as_asked(money, self.payment.amount, self.expected());
        counted == booked || (is_asked(counted) && is_asked(booked))
    }

    /// What was asked for.
    pub fn expected(&self) -> Money {
        self.payment.transfer_amount.unwrap_or(self.payment.amount)
    }
}

/// Those of these amounts, the newest decision first. Also what was too little: it is owed back.
pub(super) async fn of_amounts(db: &impl ConnectionTrait, amounts: &[Money]) -> Result<Vec<CountedProof>> {
    load(db, C::Received.is_in(amounts.to_vec())).await
}

/// Those of these payments.
pub(super) async fn of_payments(db: &impl ConnectionTrait, payments: &[PaymentId]) -> Result<Vec<CountedProof>> {
    load(db, C::PaymentId.is_in(payments.to_vec())).await
}

async fn load(db: &impl ConnectionTrait, which: SimpleExpr) -> Result<Vec<CountedProof>> {
    let lines = line::Entity::find().select_only().column(line::Column::ProofId);
    let with_line = lines.filter(line::Column::ProofId.is_not_null()).into_query();
    let proofs = proof::Entity::find()
        .filter(which)
        .filter(C::Status.ne(ProofStatus::Waiting))
        .filter(C::Id.not_in_subquery(with_line))
        .order_by_desc(C::DecidedAt)
        .all(db)
        .await?;
    let mut payments: BTreeMap<PaymentId, payment::Model> = BTreeMap::new();
    for part in proofs.chunks(500) {
        let rows = payment::Entity::find().filter(payment::Column::Id.is_in(part.iter().map(|p| p.payment_id)));
        payments.extend(rows.all(db).await?.into_iter().map(|p| (p.id, p)));
    }
    let with = |proof: proof::Model| Some(CountedProof { payment: payments.get(&proof.payment_id)?.clone(), proof });
    Ok(proofs.into_iter().filter_map(with).collect())
}
