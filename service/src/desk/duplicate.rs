//! Proofs that were shown before.

use super::file::{TEXT, url};
use crate::{Ctx, Result};
use chrono::TimeDelta;
use domain::desk::{DuplicateProof, Likeness, looks_alike};
use domain::id::ProofId;
use entity::payment_proof::{self as proof, Column as C};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// How far back nearly equal pictures are looked for, and how many at most.
const LOOK_BACK: TimeDelta = TimeDelta::days(180);
const MOST: u64 = 20_000;
/// Shown of one proof, of its payment and of others.
const SHOWN: usize = 5;

/// Proofs that are the same file, at any time, or nearly the same picture: of this payment, whose earlier
/// ones are known, and of others.
pub(super) async fn of(ctx: &Ctx, row: &proof::Model, earlier: &[proof::Model]) -> Result<Vec<DuplicateProof>> {
    // A line of a statement is used once; equal words are two transfers.
    if row.media_type == TEXT {
        return Ok(vec![]);
    }
    let own = earlier.iter().filter_map(|p| Some(show(p, likeness(row, p)?)));
    let others = of_others(ctx, row).await?;
    Ok(own.take(SHOWN).chain(others.into_iter().take(SHOWN)).collect())
}

async fn of_others(ctx: &Ctx, row: &proof::Model) -> Result<Vec<DuplicateProof>> {
    let others = || proof::Entity::find().filter(C::PaymentId.ne(row.payment_id));
    let same = others().filter(C::Sha256.eq(&row.sha256)).order_by_desc(C::SubmittedAt).limit(SHOWN as u64).all(&ctx.db).await?;
    let known: Vec<ProofId> = same.iter().map(|p| p.id).collect();
    let mut found: Vec<DuplicateProof> = same.iter().map(|p| show(p, Likeness::Same)).collect();
    let Some(hash) = row.picture_hash else { return Ok(found) };
    let pictures: Vec<(ProofId, i64)> = others()
        .select_only()
        .column(C::Id)
        .column(C::PictureHash)
        .filter(C::PictureHash.is_not_null())
        .filter(C::SubmittedAt.gte(ctx.now() - LOOK_BACK))
        .order_by_desc(C::SubmittedAt)
        .limit(MOST)
        .into_tuple()
        .all(&ctx.db)
        .await?;
    let alike = pictures.into_iter().filter(|(id, other)| looks_alike(hash, *other) && !known.contains(id));
    let alike: Vec<ProofId> = alike.map(|(id, _)| id).take(SHOWN).collect();
    if alike.is_empty() {
        return Ok(found);
    }
    let rows = proof::Entity::find().filter(C::Id.is_in(alike)).order_by_desc(C::SubmittedAt).all(&ctx.db).await?;
    found.extend(rows.iter().map(|p| show(p, Likeness::Similar)));
    Ok(found)
}

fn likeness(one: &proof::Model, other: &proof::Model) -> Option<Likeness> {
    if one.sha256 == other.sha256 {
        return Some(Likeness::Same);
    }
    looks_alike(one.picture_hash?, other.picture_hash?).then_some(Likeness::Similar)
}

fn show(row: &proof::Model, likeness: Likeness) -> DuplicateProof {
    let (payment_id, proof_url) = (row.payment_id, url(row.id));
    DuplicateProof { payment_id, proof_url, likeness, status: row.status, submitted_at: row.submitted_at }
}
