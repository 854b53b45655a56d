//! Picture or PDF of the bank transfer that carried a refund out.

use crate::db::transact;
use crate::desk::{self, File};
use crate::payment::{check_interest, lock_payment};
use crate::port::Upload;
use crate::{Actor, Ctx, Error, Result, audit};
use domain::id::RefundId;
use domain::identity::Permission;
use domain::payment::RefundStatus;
use domain::{Conflict, Noun};
use entity::refund::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// Keeps the file with the refund. A later one takes its place until the refund is completed: from then
/// on it is the proof, and stays. Read with the care of any upload.
pub async fn attach(ctx: &Ctx, actor: &Actor, id: RefundId, upload: Upload) -> Result<()> {
    let by = actor.require(Permission::RefundApprove)?;
    let row = &refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
    let kept = &desk::keep_file(ctx, upload).await?;
    let replaced = transact(ctx, |tx| async move {
        check_interest(&*tx, by, &lock_payment(&tx, row.payment_id).await?).await?;
        // Read again: it may have been completed meanwhile.
        let row = refund::Entity::find_by_id(id).one(&*tx).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
        if row.status == RefundStatus::Succeeded && row.evidence_key.is_some() {
            return Err(Conflict::AlreadyDecided.into());
        }
        refund::Entity::update_many()
            .col_expr(C::EvidenceKey, Expr::value(&kept.key))
            .col_expr(C::EvidenceType, Expr::value(kept.media_type))
            .filter(C::Id.eq(id))
            .exec(&*tx)
            .await?;
        let before = json!({ "status": row.status, "file": row.evidence_key, "media_type": row.evidence_type });
        let after = json!({ "status": row.status, "file": kept.key, "media_type": kept.media_type, "sha256": kept.sha256 });
        let deed = audit::Deed { action: "refund.evidence", subject: "refund", subject_id: id.to_string(), before, after };
        audit::record(ctx, &tx, by, deed).await?;
        Ok(row.evidence_key)
    })
    .await;
    match &replaced {
        Ok(Some(old)) => desk::forget_file(ctx, old).await,
        Err(Error::Domain(_)) => desk::forget_file(ctx, &kept.key).await,
        // After a fault nobody knows whether it was committed: better a file too many.
        _ => {}
    }
    replaced.map(drop)
}

/// The file, for finance.
pub async fn evidence(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<File> {
    actor.require(Permission::FinanceView)?;
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
    let (key, media_type) = row.evidence_key.zip(row.evidence_type).ok_or(domain::Error::NotFound(Noun::Image))?;
    desk::read_file(ctx, &key, media_type).await
}
