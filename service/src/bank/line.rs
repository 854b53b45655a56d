//! Lines are used and given back, in the transaction of the decision they stand behind: one line
//! stands for one proof, and pays once.

use super::asked::first_day;
use crate::audit::{self, Deed};
use crate::db::Tx;
use crate::identity::SignedIn;
use crate::payment::Means;
use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use domain::bank::LineStatus;
use domain::id::{BankLineId, PaymentId, ProofId};
use domain::payment::PaymentStatus;
use domain::{Conflict, Money};
use entity::bank_statement_line::{self as line, Column as C};
use entity::{bank_statement as statement, payment};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde_json::json;
use uuid::Uuid;

/// Uses an open line for a proof. Check and take are one statement: a line pays once.
pub(super) async fn take(
    ctx: &Ctx,
    tx: &Tx,
    by: &SignedIn,
    id: BankLineId,
    (payment, proof): (PaymentId, ProofId),
    action: &str,
) -> Result<()> {
    let taken = line::Entity::update_many()
        .col_expr(C::Status, Expr::value(LineStatus::Used))
        .col_expr(C::PaymentId, Expr::value(Some(payment.0)))
        .col_expr(C::ProofId, Expr::value(Some(proof.0)))
        .col_expr(C::DecidedBy, Expr::value(Some(by.id.0)))
        .col_expr(C::DecidedAt, Expr::value(Some(ctx.now())))
        .filter(C::Id.eq(id))
        .filter(C::Status.eq(LineStatus::Open))
        .exec(&**tx)
        .await?;
    if taken.rows_affected == 0 {
        return Err(Conflict::AlreadyDecided.into());
    }
    let (before, after) = (json!({ "status": LineStatus::Open }), json!({ "status": LineStatus::Used, "payment": payment }));
    note(ctx, tx, by, id, action, (before, after)).await
}

/// Gives back the lines of a proof whose half approval came to nothing: all, or those of another amount
/// than the one that was found now.
pub(crate) async fn let_go(ctx: &Ctx, tx: &Tx, by: &SignedIn, proof: ProofId, found: Option<Money>) -> Result<()> {
    let mut used = line::Entity::find().filter(C::ProofId.eq(proof)).filter(C::Status.eq(LineStatus::Used));
    if let Some(money) = found {
        used = used.filter(C::Amount.ne(money));
    }
    for row in used.all(&**tx).await? {
        line::Entity::update_many()
            .col_expr(C::Status, Expr::value(LineStatus::Open))
            .col_expr(C::PaymentId, Expr::value(None::<Uuid>))
            .col_expr(C::ProofId, Expr::value(None::<Uuid>))
            .col_expr(C::DecidedBy, Expr::value(None::<Uuid>))
            .col_expr(C::DecidedAt, Expr::value(None::<DateTime<Utc>>))
            .filter(C::Id.eq(row.id))
            .exec(&**tx)
            .await?;
        let before = json!({ "status": row.status, "payment": row.payment_id });
        let after = json!({ "status": LineStatus::Open });
        note(ctx, tx, by, row.id, "statement.reopen", (before, after)).await?;
    }
    Ok(())
}

/// Money a decision counts.
pub(crate) struct Counted<'a> {
    pub payment: &'a payment::Model,
    pub means: &'a Means,
    pub proof: ProofId,
    pub money: Money,
}

/// Uses the line of money that is counted now, so that it pays nobody else. Nothing happens when the
/// agent came from a line, when none is known yet, or when it cannot be told which one it is.
pub(crate) async fn consume(ctx: &Ctx, tx: &Tx, by: &SignedIn, counted: &Counted<'_>) -> Result<()> {
    let Counted { payment, means, proof, money } = counted;
    if line::Entity::find().filter(C::ProofId.eq(*proof)).count(&**tx).await? > 0 {
        return Ok(());
    }
    let account = statement::Entity::find()
        .select_only()
        .column(statement::Column::Id)
        .filter(
            Condition::any()
                .add(statement::Column::Account.is_null())
                .add(statement::Column::Account.eq(means.transfer_account.clone())),
        )
        .into_query();
    let open = line::Entity::find()
        .filter(C::Status.eq(LineStatus::Open))
        .filter(C::Amount.eq(*money))
        .filter(C::BookedOn.gte(first_day(payment)))
        .filter(C::StatementId.in_subquery(account))
        .order_by_asc(C::BookedOn)
        .order_by_asc(C::Id)
        .limit(2)
        .all(&**tx)
        .await?;
    let Some(first) = open.first() else { return Ok(()) };
    let is_ours = means.transfer_amount == Some(*money);
    if !is_ours && (open.len() > 1 || is_asked_of_others(tx, counted).await?) {
        return Ok(());
    }
    match take(ctx, tx, by, first.id, (payment.id, *proof), "statement.use").await {
        // Somebody was faster: the line stands for something else.
        Err(crate::Error::Domain(domain::Error::Conflict(Conflict::AlreadyDecided))) => Ok(()),
        done => done,
    }
}

/// Whether another transfer is waited for with this very amount.
async fn is_asked_of_others(tx: &Tx, counted: &Counted<'_>) -> Result<bool> {
    use payment::Column as P;
    let open = [PaymentStatus::Pending, PaymentStatus::AwaitingVerification];
    let others = payment::Entity::find().filter(P::TransferAmount.eq(counted.money)).filter(P::Status.is_in(open));
    Ok(others.filter(P::Id.ne(counted.payment.id)).count(&**tx).await? > 0)
}

/// Into the audit trail.
pub(super) async fn note(
    ctx: &Ctx,
    tx: &Tx,
    by: &SignedIn,
    id: BankLineId,
    action: &str,
    (before, after): (serde_json::Value, serde_json::Value),
) -> Result<()> {
    let deed = Deed { action, subject: "bank_statement_line", subject_id: id.to_string(), before, after };
    audit::record(ctx, tx, by, deed).await
}
