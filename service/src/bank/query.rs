//! Lines in lists.

use super::matching::{self, Matched};
use crate::{Actor, Ctx, Result};
use domain::bank::{Candidate, CandidateKind, LineCounts, LineState, LineStatus, LineView, StatementView, built_in};
use domain::desk::ProofStatus;
use domain::id::{BankStatementId, PaymentId};
use domain::identity::Permission;
use domain::{Page, PageRequest};
use entity::{bank_statement, bank_statement_line as line, payment, payment_proof, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Lines in a state, the newest first.
pub async fn list(ctx: &Ctx, actor: &Actor, state: LineState, page: PageRequest) -> Result<Page<LineView>> {
    actor.require(Permission::PaymentVerify)?;
    let status = match state {
        LineState::Used => LineStatus::Used,
        LineState::Dismissed => LineStatus::Dismissed,
        open => {
            let (all, _) = matching::open_lines(ctx).await?;
            let all: Vec<Matched> = all.into_iter().filter(|m| m.state == open).collect();
            let total = all.len() as u64;
            let (from, most) = (page.offset() as usize, page.per_page() as usize);
            let rows = all.into_iter().skip(from).take(most).map(|m| (m.line, m.state, m.candidates)).collect();
            return Ok(Page::new(show(ctx, rows).await?, page, total));
        }
    };
    let rows = line::Entity::find().filter(line::Column::Status.eq(status));
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.order_by_desc(line::Column::BookedOn).order_by_desc(line::Column::Id);
    let rows = rows.offset(page.offset()).limit(page.per_page()).all(&ctx.db).await?;
    let paid = paid(ctx, &rows).await?;
    let rows = rows.into_iter().map(|row| {
        let of = row.payment_id.and_then(|id| paid.get(&id).cloned());
        (row, state, of.into_iter().collect())
    });
    let rows = rows.collect();
    Ok(Page::new(show(ctx, rows).await?, page, total))
}

/// How many wait for somebody.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<LineCounts> {
    actor.require(Permission::PaymentVerify)?;
    let (all, unseen) = matching::open_lines(ctx).await?;
    let of = |state| all.iter().filter(|m| m.state == state).count() as i64;
    Ok(LineCounts {
        proposed: of(LineState::Proposed),
        ambiguous: of(LineState::Ambiguous),
        possibly_used: of(LineState::PossiblyUsed),
        unmatched: of(LineState::Unmatched),
        unseen: i64::try_from(unseen).unwrap_or(i64::MAX),
    })
}

/// The latest statements.
pub async fn statements(ctx: &Ctx, actor: &Actor) -> Result<Vec<StatementView>> {
    actor.require(Permission::PaymentVerify)?;
    let rows = bank_statement::Entity::find().order_by_desc(bank_statement::Column::CreatedAt).limit(20).all(&ctx.db).await?;
    let view = |row: bank_statement::Model| StatementView {
        id: row.id,
        layout: row.layout,
        account: row.account,
        file_name: row.file_name,
        lines: row.line_count,
        uploaded_at: row.created_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Payments that lines were used for; a proof that waits for its second agent has used its line.
async fn paid(ctx: &Ctx, rows: &[line::Model]) -> Result<BTreeMap<PaymentId, Candidate>> {
    let payments = payment::Entity::find().filter(payment::Column::Id.is_in(rows.iter().filter_map(|r| r.payment_id)));
    let payments = payments.all(&ctx.db).await?;
    let people = user::Entity::find().filter(user::Column::Id.is_in(payments.iter().map(|p| p.buyer_id)));
    let names: BTreeMap<_, _> = people.all(&ctx.db).await?.into_iter().map(|u| (u.id, u.name)).collect();
    let halves = payment_proof::Entity::find()
        .select_only()
        .column(payment_proof::Column::PaymentId)
        .filter(payment_proof::Column::PaymentId.is_in(payments.iter().map(|p| p.id)))
        .filter(payment_proof::Column::Status.eq(ProofStatus::Waiting))
        .filter(payment_proof::Column::HalfApprovedBy.is_not_null());
    let halves: Vec<PaymentId> = halves.into_tuple().all(&ctx.db).await?;
    let candidate = |p: payment::Model| {
        let buyer = names.get(&p.buyer_id).cloned().unwrap_or_default();
        let expected = p.transfer_amount.unwrap_or(p.amount);
        let kind = CandidateKind::Counted;
        (p.id, Candidate { payment_id: p.id, kind, buyer, expected, has_proof: true, is_half_approved: halves.contains(&p.id) })
    };
    Ok(payments.into_iter().map(candidate).collect())
}

async fn show(ctx: &Ctx, rows: Vec<(line::Model, LineState, Vec<Candidate>)>) -> Result<Vec<LineView>> {
    let statements = bank_statement::Entity::find()
        .filter(bank_statement::Column::Id.is_in(rows.iter().map(|(row, ..)| row.statement_id)))
        .all(&ctx.db)
        .await?;
    let statements: BTreeMap<BankStatementId, bank_statement::Model> = statements.into_iter().map(|s| (s.id, s)).collect();
    let known = built_in();
    let bank = |id: BankStatementId| {
        let name = statements.get(&id).map(|s| s.layout.clone()).unwrap_or_default();
        known.iter().find(|l| l.name == name).map_or(name, |l| l.bank.clone())
    };
    let view = |(row, state, candidates): (line::Model, LineState, Vec<Candidate>)| LineView {
        id: row.id,
        bank: bank(row.statement_id),
        account: statements.get(&row.statement_id).and_then(|s| s.account.clone()),
        statement_id: row.statement_id,
        booked_on: row.booked_on,
        amount: row.amount,
        description: row.description,
        state,
        candidates,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// One line, as it is now.
pub(super) async fn view(ctx: &Ctx, row: line::Model) -> Result<Option<LineView>> {
    let rows = match row.status {
        LineStatus::Open => {
            // What it is depends on whether another one says the same.
            let alike = line::Entity::find()
                .filter(line::Column::Status.eq(LineStatus::Open))
                .filter(line::Column::Amount.eq(row.amount));
            let matched = matching::matched(ctx, alike.all(&ctx.db).await?).await?.into_iter();
            matched.filter(|m| m.line.id == row.id).map(|m| (m.line, m.state, m.candidates)).collect()
        }
        status => {
            let paid = paid(ctx, std::slice::from_ref(&row)).await?;
            let state = if status == LineStatus::Used { LineState::Used } else { LineState::Dismissed };
            vec![(row, state, paid.into_values().collect())]
        }
    };
    Ok(show(ctx, rows).await?.pop())
}
