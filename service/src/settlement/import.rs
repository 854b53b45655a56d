//! Takes a report into the books.

use super::read::{Read, read};
use super::{Report, query};
use crate::audit::{self, Deed};
use crate::db::{Tx, dialect, new_id, transact};
use crate::{Actor, Ctx, Result, ledger};
use domain::id::{ImportId, PaymentId};
use domain::identity::Permission;
use domain::ledger::{Account, AccountKind, Balanced, Entry, LedgerKind};
use domain::payment::Attempt;
use domain::settlement::{ImportView, LineOutcome};
use domain::{Error, Money};
use entity::{ledger_entry, ledger_transaction, payment, payment_event, settlement_import, settlement_line};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Rows per statement.
const CHUNK: usize = 500;

/// Imports a report: what agrees is booked from the gateway to our bank, with the fee; what does not
/// is listed with the reason. A file that was imported before changes nothing.
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
            return Ok((known.id, true));
        }
        let matched = take(ctx, &tx, id, &report.gateway, lines).await?;
        let after = json!({ "gateway": report.gateway, "file": file_name, "lines": lines.len(), "matched": matched });
        let deed = Deed {
            action: "settlement.import",
            subject: "settlement_import",
            subject_id: id.to_string(),
            before: json!({}),
            after,
        };
        audit::record(ctx, &tx, by, deed).await?;
        Ok((id, false))
    })
    .await?;
    Ok(ImportView { is_repeat, ..query::one(ctx, id).await? })
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
    let mut seen = BTreeSet::new();
    for lines in lines.chunks(CHUNK) {
        let payments = payments_of(tx, gateway, lines).await?;
        let ids: Vec<PaymentId> = payments.values().copied().collect();
        let expected = expected(tx, gateway, &ids).await?;
        let settled = settled(tx, &ids).await?;
        let mut rows = vec![];
        for line in lines {
            let payment = payments.get(&line.reference).copied();
            let have = payment.and_then(|id| expected.get(&id).copied());
            let outcome = match (payment, have) {
                (Some(id), _) if settled.contains(&id) || seen.contains(&id) => LineOutcome::Repeated,
                (Some(_), Some(have)) if have == line.gross => LineOutcome::Matched,
                (Some(_), Some(_)) => LineOutcome::AmountDiffers,
                _ => LineOutcome::Unknown,
            };
            if let (LineOutcome::Matched, Some(id)) = (outcome, payment) {
                seen.insert(id);
                book(ctx, tx, gateway, id, line).await?;
                matched += 1;
            }
            rows.push(settlement_line::ActiveModel {
                id: Set(new_id()),
                import_id: Set(import),
                gateway: Set(gateway.to_owned()),
                line: Set(line.line),
                reference: Set(line.reference.clone()),
                gross: Set(line.gross),
                fee: Set(line.fee),
                payment_id: Set(payment),
                expected: Set(have),
                outcome: Set(outcome),
            });
        }
        settlement_line::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(matched)
}

/// The payments the references mean: our id, or what the gateway calls the payment or its event.
async fn payments_of(tx: &Tx, gateway: &str, lines: &[Read]) -> Result<BTreeMap<String, PaymentId>> {
    let texts: Vec<&str> = lines.iter().map(|l| l.reference.as_str()).collect();
    let ids: Vec<PaymentId> = texts.iter().filter_map(|text| named(text)).collect();
    let mut found = BTreeMap::new();
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

/// What each payment left at the gateway, before any refund: gateways pay out what was paid and
/// take refunds from later money.
async fn expected(tx: &Tx, gateway: &str, payments: &[PaymentId]) -> Result<BTreeMap<PaymentId, Money>> {
    let sums: Vec<(PaymentId, i64)> = ledger_entry::Entity::find()
        .select_only()
        .column(ledger_transaction::Column::PaymentId)
        .expr(Expr::col((ledger_entry::Entity, ledger_entry::Column::Amount)).sum().cast_as("BIGINT"))
        .join(
            JoinType::InnerJoin,
            ledger_entry::Entity::belongs_to(ledger_transaction::Entity)
                .from(ledger_entry::Column::TransactionId)
                .to(ledger_transaction::Column::Id)
                .into(),
        )
        .filter(ledger_transaction::Column::PaymentId.is_in(payments.iter().copied()))
        .filter(ledger_transaction::Column::Kind.is_in([LedgerKind::Charge, LedgerKind::UnexpectedMoney, LedgerKind::Surplus]))
        .filter(ledger_entry::Column::Account.eq(AccountKind::GatewayClearing))
        .filter(ledger_entry::Column::Gateway.eq(gateway))
        .group_by(ledger_transaction::Column::PaymentId)
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(sums.into_iter().map(|(id, sum)| (id, Money(sum))).collect())
}

async fn settled(tx: &Tx, payments: &[PaymentId]) -> Result<BTreeSet<PaymentId>> {
    let ids: Vec<Option<PaymentId>> = settlement_line::Entity::find()
        .select_only()
        .column(settlement_line::Column::PaymentId)
        .filter(settlement_line::Column::PaymentId.is_in(payments.iter().copied()))
        .filter(settlement_line::Column::Outcome.eq(LineOutcome::Matched))
        .into_tuple()
        .all(&**tx)
        .await?;
    Ok(ids.into_iter().flatten().collect())
}

async fn book(ctx: &Ctx, tx: &Tx, gateway: &str, payment: PaymentId, line: &Read) -> Result<()> {
    let moved = Balanced::new(vec![
        Entry::debit(AccountKind::Bank, line.gross.checked_sub(line.fee)?),
        Entry::debit(Account::at_gateway(AccountKind::GatewayFee, gateway), line.fee),
        Entry::credit(Account::at_gateway(AccountKind::GatewayClearing, gateway), line.gross)?,
    ])?;
    let about = (None, Some(payment));
    ledger::book(&**tx, ctx.now(), LedgerKind::Settlement, &payment.to_string(), about, &moved).await
}
