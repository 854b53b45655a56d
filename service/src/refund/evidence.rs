//! Picture or PDF of the bank transfer that carried a refund out.

use crate::db::transact;
use crate::desk::{self, File};
use crate::port::Upload;
use crate::{Actor, Ctx, Result, audit};
use domain::Noun;
use domain::id::RefundId;
use domain::identity::Permission;
use entity::refund::{self, Column as C};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// Keeps the file with the refund; a later one takes its place. Read with the care of any upload.
pub async fn attach(ctx: &Ctx, actor: &Actor, id: RefundId, upload: Upload) -> Result<()> {
    let by = actor.require(Permission::RefundApprove)?;
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
    let kept = &desk::keep_file(ctx, upload).await?;
    transact(ctx, |tx| async move {
        refund::Entity::update_many()
            .col_expr(C::EvidenceKey, Expr::value(&kept.key))
            .col_expr(C::EvidenceType, Expr::value(kept.media_type))
            .filter(C::Id.eq(id))
            .exec(&*tx)
            .await?;
        let after = json!({ "sha256": kept.sha256 });
        let subject_id = id.to_string();
        let deed = audit::Deed { action: "refund.evidence", subject: "refund", subject_id, before: json!(null), after };
        audit::record(ctx, &tx, by, deed).await
    })
    .await?;
    if let Some(old) = row.evidence_key {
        desk::forget_file(ctx, &old).await;
    }
    Ok(())
}

/// The file, for finance.
pub async fn evidence(ctx: &Ctx, actor: &Actor, id: RefundId) -> Result<File> {
    actor.require(Permission::FinanceView)?;
    let row = refund::Entity::find_by_id(id).one(&ctx.db).await?.ok_or(domain::Error::NotFound(Noun::Refund))?;
    let (key, media_type) = row.evidence_key.zip(row.evidence_type).ok_or(domain::Error::NotFound(Noun::Image))?;
    desk::read_file(ctx, &key, media_type).await
}
