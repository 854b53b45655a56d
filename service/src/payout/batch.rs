//! Files for the bank.

use super::decide::lock;
use crate::audit::{self, Deed};
use crate::db::{new_id, transact};
use crate::export::{CSV, Csv, File};
use crate::{Actor, Ctx, Result};
use domain::id::BatchId;
use domain::identity::Permission;
use domain::order::document_number;
use domain::payout::{BANKS, BatchInput, PayoutAction, PayoutBatch, PayoutStatus, transition};
use domain::{Conflict, Money, Noun, Page, PageRequest};
use entity::payout::{self, Column as C};
use entity::{payout_batch, user};
use rand::Rng;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Puts approved payouts into one file. A payout is in one file only: if one of them was put into
/// another meanwhile, nothing happens.
pub async fn create_batch(ctx: &Ctx, actor: &Actor, input: BatchInput) -> Result<PayoutBatch> {
    let by = actor.require(Permission::PayoutApprove)?;
    let ids = &input.check()?;
    let batch: BatchId = transact(ctx, |tx| async move {
        let (batch, now) = (new_id(), ctx.now());
        let number = document_number("BATCH", now, rand::rng().random());
        let row = payout_batch::ActiveModel {
            id: Set(batch),
            number: Set(number.clone()),
            created_by: Set(by.id),
            created_at: Set(now),
        };
        payout_batch::Entity::insert(row).exec_without_returning(&*tx).await?;
        let mut stores = payout::Entity::find().filter(C::Id.is_in(ids.iter().copied())).all(&*tx).await?;
        if stores.len() != ids.len() {
            return Err(domain::Error::NotFound(Noun::Payout).into());
        }
        // Everybody locks stores in this order.
        stores.sort_by_key(|p| p.store_id);
        for known in stores {
            let payout = lock(&tx, known.id).await?;
            let status = payout.status;
            let Some(next) = transition(status, PayoutAction::Send)? else {
                return Err(Conflict::PayoutState { status }.into());
            };
            let mut row = payout.into_active_model();
            row.status = Set(next);
            row.batch_id = Set(Some(batch));
            row.update(&*tx).await?;
        }
        let after = json!({ "number": number, "payouts": ids });
        let deed =
            Deed { action: "payout.batch", subject: "payout_batch", subject_id: batch.to_string(), before: json!({}), after };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(batch)
    })
    .await?;
    self::batch(ctx, actor, batch).await
}

/// Files, newest first; only the one of the number if named.
pub async fn batches(ctx: &Ctx, actor: &Actor, number: Option<&str>, page: PageRequest) -> Result<Page<PayoutBatch>> {
    use payout_batch::Column as B;
    actor.require(Permission::FinanceView)?;
    let mut rows = payout_batch::Entity::find();
    if let Some(number) = number {
        rows = rows.filter(B::Number.eq(number));
    }
    let total = rows.clone().count(&ctx.db).await?;
    let rows = rows.order_by_desc(B::CreatedAt).order_by_desc(B::Id).offset(page.offset()).limit(page.per_page());
    Ok(Page::new(show(ctx, rows.all(&ctx.db).await?).await?, page, total))
}

pub async fn batch(ctx: &Ctx, actor: &Actor, id: BatchId) -> Result<PayoutBatch> {
    actor.require(Permission::FinanceView)?;
    let missing = || domain::Error::NotFound(Noun::Payout);
    let row = payout_batch::Entity::find_by_id(id).one(&ctx.db).await?.ok_or_else(missing)?;
    show(ctx, vec![row]).await?.pop().ok_or_else(|| missing().into())
}

async fn show(ctx: &Ctx, rows: Vec<payout_batch::Model>) -> Result<Vec<PayoutBatch>> {
    let people = user::Entity::find().filter(user::Column::Id.is_in(rows.iter().map(|r| r.created_by))).all(&ctx.db);
    let payouts = payout::Entity::find().filter(C::BatchId.is_in(rows.iter().map(|r| r.id))).all(&ctx.db);
    let (people, payouts) = tokio::try_join!(people, payouts)?;
    let names: BTreeMap<_, _> = people.into_iter().map(|u| (u.id, u.name)).collect();
    rows.into_iter()
        .map(|row| {
            let mine = || payouts.iter().filter(|p| p.batch_id == Some(row.id));
            Ok(PayoutBatch {
                id: row.id,
                number: row.number.clone(),
                created_at: row.created_at,
                created_by: names.get(&row.created_by).cloned().unwrap_or_default(),
                count: mine().count() as i64,
                total: Money::sum(mine().map(|p| p.amount))?,
                open: mine().filter(|p| p.status == PayoutStatus::Sent).count() as i64,
            })
        })
        .collect()
}

/// The file, in the columns of a bulk transfer at KlikBCA Bisnis (docs/finance.md).
pub async fn batch_file(ctx: &Ctx, actor: &Actor, id: BatchId) -> Result<File> {
    actor.require(Permission::PayoutApprove)?;
    let row = payout_batch::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Payout))?;
    let payouts = payout::Entity::find().filter(C::BatchId.eq(id)).order_by_asc(C::Number).all(&ctx.db).await?;
    let mut csv = Csv::new(&[
        "Transaction Type",
        "Beneficiary Account",
        "Beneficiary Name",
        "Bank Code",
        "Bank Name",
        "Amount",
        "Currency",
        "Remark",
        "Reference",
    ])?;
    for payout in payouts {
        let code = BANKS.iter().find(|(_, name)| *name == payout.bank).map_or("", |(code, _)| *code);
        let kind = if payout.bank == "BCA" { "BCA" } else { "SKN" };
        let amount = payout.amount.rupiah().to_string();
        let (account, number) = (payout.account_number.as_str(), payout.number.as_str());
        csv.row(&[kind, account, &payout.holder, code, &payout.bank, &amount, "IDR", "Pencairan Belanjain", number])?;
    }
    Ok(File { name: format!("{}.csv", row.number), media_type: CSV, bytes: csv.finish()?.into_bytes() })
}
