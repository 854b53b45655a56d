//! Takes a report into the books.

use super::matching::{Verdict, facts_of, judge, mark, payments_of};
use super::read::{Read, read};
use super::{Report, query};
use crate::audit::{self, Deed};
use crate::db::{Tx, dialect, new_id, transact};
use crate::{Actor, Ctx, Result, ledger};
use domain::Error;
use domain::id::{ImportId, PaymentId};
use domain::identity::Permission;
use domain::ledger::{Account, AccountKind, Balanced, Entry, LedgerKind};
use domain::settlement::{ImportView, LineOutcome};
use entity::{ledger_entry, settlement_import, settlement_line};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Rows per statement.
const CHUNK: usize = 500;

/// Imports a report: what agrees is booked between the gateway and our bank, with the fee; what does not
/// is listed with the reason. Of a file that was imported before, only what did not agree is judged again.
pub async fn import(ctx: &Ctx, actor: &Actor, report: Report) -> Result<ImportView> {
    let by = actor.require(Permission::PayoutApprove)?;
    let report = &report;
    if !is_known(ctx, &report.gateway).await? {
        return Err(Error::invalid("gateway", "unknown_value").into());
    }
    let lines = &read(report)?;
    let file_name = &domain::bank::tame(&report.file_name);
    let hash: String = Sha256::digest(&report.bytes).iter().map(|b| format!("{b:02x}")).collect();
    let hash = &hash;
    let (id, is_repeat) = transact(ctx, |tx| async move {
        use settlement_import::Column as C;
        if dialect::is_postgres(&*tx) {
            // One import at a time, so that two files with the same payment do not both book it.
            tx.execute_unprepared("LOCK TABLE settlement_import IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        let id: ImportId = new_id();
        let row = settlement_import::ActiveModel {
            id: Set(id),
            gateway: Set(report.gateway.clone()),
            file_name: Set(file_name.clone()),
            sha256: Set(hash.clone()),
            imported_by: Set(by.id),
            imported_at: Set(ctx.now()),
        };
        let inserted = settlement_import::Entity::insert(row)
            .on_conflict(OnConflict::columns([C::Gateway, C::Sha256]).do_nothing().to_owned())
            .exec_without_returning(&*tx)
            .await?;
        if inserted == 0 {
            let known = settlement_import::Entity::find().filter(C::Gateway.eq(&report.gateway)).filter(C::Sha256.eq(hash));
            let known = known.one(&*tx).await?.ok_or(domain::Conflict::Busy)?;
            let matched = take_again(ctx, &tx, &known).await?;
            if matched > 0 {
                let after = json!({ "gateway": report.gateway, "file": file_name, "matched": matched });
                audit::record(ctx, &tx, by, deed("settlement.again", known.id, after)).await?;
            }
            return Ok((known.id, true));
        }
        let matched = take(ctx, &tx, id, &report.gateway, lines).await?;
        let after = json!({ "gateway": report.gateway, "file": file_name, "lines": lines.len(), "matched": matched });
        audit::record(ctx, &tx, by, deed("settlement.import", id, after)).await?;
        Ok((id, false))
    })
    .await?;
    Ok(ImportView { is_repeat, ..query::one(ctx, id).await? })
}

fn deed(action: &'static str, import: ImportId, after: serde_json::Value) -> Deed<'static> {
    Deed { action, subject: "settlement_import", subject_id: import.to_string(), before: json!({}), after }
}

/// A gateway that is switched on, or that has taken money before.
async fn is_known(ctx: &Ctx, gateway: &str) -> Result<bool> {
    if ctx.ports.gateways.contains_key(gateway) {
        return Ok(true);
    }
    let taken = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Account.eq(AccountKind::GatewayClearing))
        .filter(ledger_entry::Column::Gateway.eq(gateway));
    Ok(taken.count(&ctx.db).await? > 0)
}

/// Judges and books the lines; answers how many agree.
async fn take(ctx: &Ctx, tx: &Tx, import: ImportId, gateway: &str, lines: &[Read]) -> Result<usize> {
    let mut matched = 0;
    for lines in lines.chunks(CHUNK) {
        let ids: Vec<Uuid> = lines.iter().map(|_| new_id()).collect();
        let judged = judge_and_book(ctx, tx, gateway, &ids, lines).await?;
        let row = |(id, (line, Judged { payment, verdict })): (&Uuid, (&Read, &Judged))| settlement_line::ActiveModel {
            id: Set(*id),
            import_id: Set(import),
            gateway: Set(gateway.to_owned()),
            line: Set(line.line),
            reference: Set(line.reference.clone()),
            gross: Set(line.gross),
            fee: Set(line.fee),
            payment_id: Set(*payment),
            event_id: Set(verdict.event()),
            expected: Set(verdict.expected),
            outcome: Set(verdict.outcome),
        };
        let rows: Vec<_> = ids.iter().zip(lines.iter().zip(&judged)).map(row).collect();
        settlement_line::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
        matched += mark_all(tx, &ids, judged).await?;
    }
    Ok(matched)
}

/// Judges again what an import could not match: a webhook may have been late, or the books corrected.
/// Answers how many agree now.
async fn take_again(ctx: &Ctx, tx: &Tx, import: &settlement_import::Model) -> Result<usize> {
    use settlement_line::Column as C;
    let open = settlement_line::Entity::find().filter(C::ImportId.eq(import.id)).filter(C::Outcome.ne(LineOutcome::Matched));
    let open = open.order_by_asc(C::Line).all(&**tx).await?;
    let mut matched = 0;
    for rows in open.chunks(CHUNK) {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let read = |row: &settlement_line::Model| Read {
            line: row.line,
            reference: row.reference.clone(),
            gross: row.gross,
            fee: row.fee,
        };
        let lines: Vec<Read> = rows.iter().map(read).collect();
        let judged = judge_and_book(ctx, tx, &import.gateway, &ids, &lines).await?;
        for (row, Judged { payment, verdict }) in rows.iter().zip(&judged) {
            if (row.outcome, row.expected, row.payment_id) == (verdict.outcome, verdict.expected, *payment) {
                continue;
            }
            let mut row = row.clone().into_active_model();
            row.payment_id = Set(*payment);
            row.event_id = Set(verdict.event());
            row.expected = Set(verdict.expected);
            row.outcome = Set(verdict.outcome);
            row.update(&**tx).await?;
        }
        matched += mark_all(tx, &ids, judged).await?;
    }
    Ok(matched)
}

/// What a line means.
struct Judged {
    payment: Option<PaymentId>,
    verdict: Verdict,
}

/// What the lines mean, one by one. Those that agree are booked.
async fn judge_and_book(ctx: &Ctx, tx: &Tx, gateway: &str, ids: &[Uuid], lines: &[Read]) -> Result<Vec<Judged>> {
    let payments = payments_of(tx, gateway, lines).await?;
    let mut facts = facts_of(tx, gateway, payments.values().copied().collect()).await?;
    let (mut judged, mut agreed) = (vec![], vec![]);
    for (id, line) in ids.iter().zip(lines) {
        let payment = payments.get(&line.reference).copied();
        let facts = payment.and_then(|id| facts.get_mut(&id));
        let verdict = facts.map_or_else(Verdict::unknown, |facts| judge(facts, line));
        if let (LineOutcome::Matched, Some(payment)) = (verdict.outcome, payment) {
            agreed.push((id.to_string(), payment, moved(gateway, line)?));
        }
        judged.push(Judged { payment, verdict });
    }
    ledger::book_new(&**tx, ctx.now(), LedgerKind::Settlement, &agreed).await?;
    Ok(judged)
}

/// Notes what is settled, once the lines are written; answers how many agree.
async fn mark_all(tx: &Tx, ids: &[Uuid], judged: Vec<Judged>) -> Result<usize> {
    let matched = judged.iter().filter(|j| j.verdict.outcome == LineOutcome::Matched).count();
    let of = |(id, Judged { verdict, .. }): (&Uuid, Judged)| {
        let id = *id;
        verdict.settles.into_iter().map(move |what| (id, what))
    };
    mark(tx, ids.iter().zip(judged).flat_map(of).collect()).await?;
    Ok(matched)
}

/// Moves the money between clearing and our bank, whichever way it went.
fn moved(gateway: &str, line: &Read) -> Result<Balanced> {
    Ok(Balanced::new(vec![
        Entry::debit(AccountKind::Bank, line.gross.checked_sub(line.fee)?),
        Entry::debit(Account::at_gateway(AccountKind::GatewayFee, gateway), line.fee),
        Entry::credit(Account::at_gateway(AccountKind::GatewayClearing, gateway), line.gross)?,
    ])?)
}
