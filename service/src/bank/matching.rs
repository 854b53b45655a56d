//! Which payments a line may be for.

use super::asked::{self, Asked};
use super::counted::{self, CountedProof};
use crate::{Ctx, Result};
use chrono::{NaiveTime, TimeDelta};
use domain::Money;
use domain::bank::{Candidate, CandidateKind, LineState, LineStatus};
use domain::desk::ProofStatus;
use domain::id::{BankStatementId, PaymentId, UserId};
use entity::{bank_statement, bank_statement_line as line};
use entity::{payment_proof, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};

/// Open lines looked at, the newest first.
const MOST: u64 = 2_000;
/// How long after it was asked for a transfer that has ended is still thought of.
const LOOK_BACK: TimeDelta = TimeDelta::days(90);
/// Ended transfers shown with a line.
const MOST_ENDED: usize = 5;

/// An open line and what it may be for.
pub(super) struct Matched {
    pub line: line::Model,
    pub state: LineState,
    pub candidates: Vec<Candidate>,
}

/// The newest open lines with their state, and how many there are beyond.
pub(super) async fn open_lines(ctx: &Ctx) -> Result<(Vec<Matched>, u64)> {
    use line::Column as C;
    let open = || line::Entity::find().filter(C::Status.eq(LineStatus::Open));
    let lines = open().order_by_desc(C::BookedOn).order_by_asc(C::Id).limit(MOST).all(&ctx.db).await?;
    let unseen = if lines.len() as u64 == MOST { open().count(&ctx.db).await?.saturating_sub(MOST) } else { 0 };
    Ok((matched(ctx, lines).await?, unseen))
}

pub(super) async fn matched(ctx: &Ctx, lines: Vec<line::Model>) -> Result<Vec<Matched>> {
    let Some(first_day) = lines.iter().map(|l| l.booked_on).min() else { return Ok(vec![]) };
    let since = first_day.and_time(NaiveTime::MIN).and_utc() - LOOK_BACK;
    let mut amounts: Vec<Money> = lines.iter().map(|l| l.amount).collect();
    amounts.sort();
    amounts.dedup();
    let (mut asked, mut counted): (Vec<Asked>, Vec<CountedProof>) = (vec![], vec![]);
    for part in amounts.chunks(500) {
        asked.extend(asked::of_amounts(ctx, part, since).await?);
        counted.extend(counted::of_amounts(&ctx.db, part).await?);
    }
    // Counted as another amount than the line says: as it was stated.
    let payments: BTreeSet<PaymentId> = asked.iter().map(|asked| asked.payment.id).collect();
    let payments: Vec<PaymentId> = payments.into_iter().collect();
    for part in payments.chunks(500) {
        let of_part = counted::of_payments(&ctx.db, part).await?.into_iter();
        counted.extend(of_part.filter(|c| c.proof.received.is_some_and(|money| amounts.binary_search(&money).is_err())));
    }
    let view = Views::load(ctx, &asked, &counted).await?;
    let accounts = accounts(ctx, &lines).await?;
    let account_of = |line: &line::Model| accounts.get(&line.statement_id).map(String::as_str);
    let mut of_amount: BTreeMap<(Option<&str>, Money), usize> = BTreeMap::new();
    lines.iter().for_each(|l| *of_amount.entry((account_of(l), l.amount)).or_default() += 1);
    let shown = lines.into_iter().map(|line| {
        let account = account_of(&line);
        // Two lines of one amount cannot both pay the one transfer that asks for it.
        let is_only = of_amount.get(&(account, line.amount)) == Some(&1);
        let known: Vec<&CountedProof> = counted.iter().filter(|proof| proof.fits(&line)).collect();
        let fitting: Vec<(&Asked, bool)> =
            asked.iter().filter_map(|asked| Some((asked, asked.fits(line.amount, line.booked_on, account)?))).collect();
        let (state, candidates) = judge(&view, is_only, &known, fitting);
        Matched { state, candidates, line }
    });
    Ok(shown.collect())
}

/// What is to be thought of a line. Only the one transfer that asks for its very amount is proposed, and
/// only where the amount was not counted before.
fn judge(view: &Views, is_only: bool, known: &[&CountedProof], fitting: Vec<(&Asked, bool)>) -> (LineState, Vec<Candidate>) {
    let (open, mut ended): (Vec<_>, Vec<_>) = fitting.into_iter().partition(|(asked, _)| asked.kind() == CandidateKind::Open);
    let exact = open.iter().filter(|(_, is_exact)| *is_exact).count();
    let state = match (known.is_empty(), exact) {
        (false, _) => LineState::PossiblyUsed,
        (true, 1) if is_only => LineState::Proposed,
        _ if open.is_empty() => LineState::Unmatched,
        _ => LineState::Ambiguous,
    };
    ended.sort_by_key(|(_, is_exact)| !is_exact);
    if state == LineState::Proposed {
        ended.clear();
    }
    let counted = known.iter().map(|proof| view.of(&proof.payment, proof.expected(), CandidateKind::Counted));
    let open = open.iter().filter(|(_, is_exact)| *is_exact || state != LineState::Proposed);
    let asked = open
        .chain(ended.iter().take(MOST_ENDED))
        .map(|(asked, _)| view.of(&asked.payment, asked.asked_amount.unwrap_or(asked.payment.amount), asked.kind()));
    let mut candidates: Vec<Candidate> = vec![];
    for candidate in counted.chain(asked) {
        // A payment may have asked twice.
        if !candidates.iter().any(|known| known.payment_id == candidate.payment_id) {
            candidates.push(candidate);
        }
    }
    (state, candidates)
}

/// What candidates are shown with.
struct Views {
    names: BTreeMap<UserId, String>,
    proofs: BTreeMap<PaymentId, payment_proof::Model>,
}

impl Views {
    async fn load(ctx: &Ctx, asked: &[Asked], counted: &[CountedProof]) -> Result<Self> {
        use payment_proof::Column as C;
        let payments = || asked.iter().map(|a| &a.payment).chain(counted.iter().map(|c| &c.payment));
        let (mut people, mut open): (Vec<UserId>, Vec<PaymentId>) = payments().map(|p| (p.buyer_id, p.id)).unzip();
        people.sort();
        people.dedup();
        open.sort();
        open.dedup();
        let (mut names, mut proofs) = (BTreeMap::new(), BTreeMap::new());
        for part in people.chunks(500) {
            let people = user::Entity::find().filter(user::Column::Id.is_in(part.to_vec())).all(&ctx.db).await?;
            names.extend(people.into_iter().map(|u| (u.id, u.name)));
        }
        for part in open.chunks(500) {
            let waiting = payment_proof::Entity::find().filter(C::PaymentId.is_in(part.to_vec()));
            let waiting = waiting.filter(C::Status.eq(ProofStatus::Waiting)).all(&ctx.db).await?;
            proofs.extend(waiting.into_iter().map(|p| (p.payment_id, p)));
        }
        Ok(Self { names, proofs })
    }

    fn of(&self, payment: &entity::payment::Model, expected: Money, kind: CandidateKind) -> Candidate {
        let proof = self.proofs.get(&payment.id);
        Candidate {
            payment_id: payment.id,
            kind,
            buyer: self.names.get(&payment.buyer_id).cloned().unwrap_or_default(),
            expected,
            has_proof: proof.is_some() || kind == CandidateKind::Counted,
            is_half_approved: proof.is_some_and(|p| p.half_approved_by.is_some()),
        }
    }
}

/// Accounts of the lines' statements, where they are known.
async fn accounts(ctx: &Ctx, lines: &[line::Model]) -> Result<BTreeMap<BankStatementId, String>> {
    let mut ids: Vec<BankStatementId> = lines.iter().map(|l| l.statement_id).collect();
    ids.sort();
    ids.dedup();
    let mut accounts = BTreeMap::new();
    for part in ids.chunks(500) {
        let rows = bank_statement::Entity::find().filter(bank_statement::Column::Id.is_in(part.to_vec())).all(&ctx.db).await?;
        accounts.extend(rows.into_iter().filter_map(|s| Some((s.id, s.account?))));
    }
    Ok(accounts)
}
