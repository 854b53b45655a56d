//! Which open transfers a line may pay.

use crate::{Ctx, Result};
use chrono::NaiveDate;
use domain::Money;
use domain::analytics::{WIB, local_day};
use domain::bank::{Candidate, LineState, LineStatus};
use domain::desk::ProofStatus;
use domain::payment::{MANUAL_TRANSFER, PaymentStatus};
use entity::bank_statement_line as line;
use entity::{payment, payment_proof, user};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Open lines looked at, the newest first.
const MOST: u64 = 2_000;

/// An open line and what it may pay.
pub(super) struct Matched {
    pub line: line::Model,
    pub state: LineState,
    pub candidates: Vec<Candidate>,
}

/// A transfer that is waited for.
struct Open {
    payment: payment::Model,
    asked_on: NaiveDate,
}

impl Open {
    /// The unique amount, or the plain one: who transfers that has paid as well, but may be anybody.
    fn fits(&self, line: &line::Model) -> Option<bool> {
        let is_exact = self.payment.transfer_amount == Some(line.amount);
        let is_after = line.booked_on >= self.asked_on;
        (is_after && (is_exact || self.payment.amount == line.amount)).then_some(is_exact)
    }
}

/// All open lines with their state.
pub(super) async fn open_lines(ctx: &Ctx) -> Result<Vec<Matched>> {
    use line::Column as C;
    let lines = line::Entity::find().filter(C::Status.eq(LineStatus::Open)).order_by_desc(C::BookedOn).order_by_asc(C::Id);
    let lines = lines.limit(MOST).all(&ctx.db).await?;
    matched(ctx, lines).await
}

pub(super) async fn matched(ctx: &Ctx, lines: Vec<line::Model>) -> Result<Vec<Matched>> {
    let mut amounts: Vec<Money> = lines.iter().map(|l| l.amount).collect();
    amounts.sort();
    amounts.dedup();
    let mut open: Vec<Open> = vec![];
    for part in amounts.chunks(500) {
        open.extend(transfers(ctx, part).await?);
    }
    let proofs = proofs(ctx, &open).await?;
    let people = user::Entity::find().filter(user::Column::Id.is_in(open.iter().map(|o| o.payment.buyer_id)));
    let names: BTreeMap<_, _> = people.all(&ctx.db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let mut of_amount: BTreeMap<Money, usize> = BTreeMap::new();
    lines.iter().for_each(|l| *of_amount.entry(l.amount).or_default() += 1);
    let candidate = |open: &Open| {
        let proof: Option<&payment_proof::Model> = proofs.get(&open.payment.id);
        Candidate {
            payment_id: open.payment.id,
            buyer: names.get(&open.payment.buyer_id).cloned().unwrap_or_default(),
            expected: open.payment.transfer_amount.unwrap_or(open.payment.amount),
            has_proof: proof.is_some(),
            is_half_approved: proof.is_some_and(|p| p.half_approved_by.is_some()),
        }
    };
    let shown = lines.into_iter().map(|line| {
        let fitting: Vec<(&Open, bool)> = open.iter().filter_map(|o| Some((o, o.fits(&line)?))).collect();
        let exact = fitting.iter().filter(|(_, exact)| *exact).count();
        // Two lines of one amount cannot both pay the one transfer that asks for it.
        let is_only = of_amount.get(&line.amount) == Some(&1);
        let state = match (exact, fitting.is_empty()) {
            (1, _) if is_only => LineState::Proposed,
            (_, true) => LineState::Unmatched,
            _ => LineState::Ambiguous,
        };
        let meant = fitting.iter().filter(|(_, exact)| *exact || state != LineState::Proposed);
        Matched { state, candidates: meant.map(|(open, _)| candidate(open)).collect(), line }
    });
    Ok(shown.collect())
}

async fn transfers(ctx: &Ctx, amounts: &[Money]) -> Result<Vec<Open>> {
    use payment::Column as C;
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    let fits = Condition::any().add(C::TransferAmount.is_in(amounts.to_vec())).add(C::Amount.is_in(amounts.to_vec()));
    let rows = payment::Entity::find().filter(C::Gateway.eq(MANUAL_TRANSFER)).filter(C::Status.is_in(open)).filter(fits);
    let asked = |p: payment::Model| Open { asked_on: local_day(p.created_at, WIB), payment: p };
    Ok(rows.order_by_asc(C::CreatedAt).all(&ctx.db).await?.into_iter().map(asked).collect())
}

async fn proofs(ctx: &Ctx, open: &[Open]) -> Result<BTreeMap<domain::id::PaymentId, payment_proof::Model>> {
    use payment_proof::Column as C;
    let rows = payment_proof::Entity::find()
        .filter(C::PaymentId.is_in(open.iter().map(|o| o.payment.id)))
        .filter(C::Status.eq(ProofStatus::Waiting));
    Ok(rows.all(&ctx.db).await?.into_iter().map(|p| (p.payment_id, p)).collect())
}
