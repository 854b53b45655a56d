//! Proofs that were shown before.

use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::desk::{DuplicateProof, Likeness, ProofStatus, looks_alike};
use domain::id::PaymentId;
use entity::payment_proof::{self as proof, Column as C};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// How far back nearly equal pictures are looked for, and how many at most.
const LOOK_BACK: TimeDelta = TimeDelta::days(180);
const MOST: u64 = 20_000;
/// Shown of one proof.
const SHOWN: usize = 5;

/// Other payments' proofs that are the same file, at any time, or nearly the same picture.
pub(super) async fn of(ctx: &Ctx, row: &proof::Model) -> Result<Vec<DuplicateProof>> {
    let others = || proof::Entity::find().filter(C::PaymentId.ne(row.payment_id));
    let same = others().filter(C::Sha256.eq(&row.sha256)).order_by_desc(C::SubmittedAt).limit(SHOWN as u64).all(&ctx.db).await?;
    let mut found: Vec<DuplicateProof> = same.into_iter().map(|p| show(&p, Likeness::Same)).collect();
    let Some(hash) = row.picture_hash else { return Ok(found) };
    let pictures: Vec<(PaymentId, i64)> = others()
        .select_only()
        .column(C::PaymentId)
        .column(C::PictureHash)
        .filter(C::PictureHash.is_not_null())
        .filter(C::SubmittedAt.gte(ctx.now() - LOOK_BACK))
        .order_by_desc(C::SubmittedAt)
        .limit(MOST)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let known = |id: &PaymentId| found.iter().any(|d| d.payment_id == *id);
    let alike: Vec<PaymentId> =
        pictures.into_iter().filter(|(id, other)| looks_alike(hash, *other) && !known(id)).map(|p| p.0).take(SHOWN).collect();
    if alike.is_empty() {
        return Ok(found);
    }
    let rows = proof::Entity::find().filter(C::PaymentId.is_in(alike)).order_by_desc(C::SubmittedAt).all(&ctx.db).await?;
    found
        .extend(rows.iter().filter(|p| p.picture_hash.is_some_and(|h| looks_alike(hash, h))).map(|p| show(p, Likeness::Similar)));
    found.truncate(SHOWN);
    Ok(found)
}

fn show(row: &proof::Model, likeness: Likeness) -> DuplicateProof {
    let status: ProofStatus = row.status;
    DuplicateProof { payment_id: row.payment_id, likeness, status, submitted_at: row.submitted_at }
}
