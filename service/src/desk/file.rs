//! Files of proofs: read with the care of any upload, kept apart from public pictures.

use super::submit::newest;
use crate::port::Upload;
use crate::{Actor, Ctx, Error, Result, picture};
use bytes::Bytes;
use domain::Noun;
use domain::id::{PaymentId, ProofId};
use domain::identity::Permission;
use entity::{payment, payment_proof};
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

/// Bytes of an upload.
pub const MAX_BYTES: u64 = picture::MAX_BYTES;
/// Longest side of a kept picture: small print must stay readable.
const SIDE: u32 = 1600;
pub(super) const WEBP: &str = "image/webp";
pub(super) const PDF: &str = "application/pdf";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// A proof's file.
pub struct File {
    pub media_type: String,
    pub bytes: Bytes,
}

/// What is kept of an upload.
pub(crate) struct Kept {
    pub key: String,
    pub media_type: &'static str,
    /// Of the bytes as uploaded.
    pub sha256: String,
    pub picture_hash: Option<i64>,
}

/// Checks and stores an upload: pictures are re-encoded, a PDF is kept as it is and only ever
/// offered as a download.
pub(crate) async fn keep(ctx: &Ctx, upload: Upload) -> Result<Kept> {
    if upload.len() as u64 > MAX_BYTES {
        return Err(domain::Error::TooLarge { limit: MAX_BYTES }.into());
    }
    let sha256 = Sha256::digest(&upload).iter().map(|b| format!("{b:02x}")).collect();
    let key = uuid::Uuid::new_v4().simple().to_string();
    if is_pdf(&upload) {
        put(ctx, &key, upload).await?;
        return Ok(Kept { key, media_type: PDF, sha256, picture_hash: None });
    }
    let (bytes, hash) = picture::document(upload, SIDE).await?;
    put(ctx, &key, bytes).await?;
    Ok(Kept { key, media_type: WEBP, sha256, picture_hash: Some(hash) })
}

/// Keeps words of ours as a file.
pub(crate) async fn keep_text(ctx: &Ctx, words: Bytes) -> Result<Kept> {
    let sha256 = Sha256::digest(&words).iter().map(|b| format!("{b:02x}")).collect();
    let key = uuid::Uuid::new_v4().simple().to_string();
    put(ctx, &key, words).await?;
    Ok(Kept { key, media_type: TEXT, sha256, picture_hash: None })
}

/// The content decides, not the name.
fn is_pdf(upload: &[u8]) -> bool {
    upload.starts_with(b"%PDF-") && upload[upload.len().saturating_sub(1024)..].windows(5).any(|w| w == b"%%EOF")
}

/// A folder of its own: `/media` serves single names only.
fn path(key: &str) -> Path {
    Path::from(format!("proof/{key}"))
}

async fn put(ctx: &Ctx, key: &str, bytes: Bytes) -> Result<()> {
    ctx.ports.files.put(&path(key), PutPayload::from(bytes)).await.map_err(|e| Error::port("files", e))?;
    Ok(())
}

/// Removes what was stored for a submission that was refused.
pub(crate) async fn forget(ctx: &Ctx, key: &str) {
    if let Err(error) = ctx.ports.files.delete(&path(key)).await {
        tracing::warn!(key, cause = %error, "proof could not be removed");
    }
}

/// The latest proof of one's own payment.
pub async fn of_payment(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<File> {
    let user = actor.user()?;
    let own = payment::Entity::find_by_id(id).filter(payment::Column::BuyerId.eq(user.id)).one(&ctx.db).await?;
    own.ok_or(domain::Error::NotFound(Noun::Payment))?;
    read(ctx, newest(&ctx.db, id).await?).await
}

/// The latest proof of any payment, for the desk.
pub async fn of_desk(ctx: &Ctx, actor: &Actor, id: PaymentId) -> Result<File> {
    actor.require(Permission::PaymentVerify)?;
    read(ctx, newest(&ctx.db, id).await?).await
}

/// Any proof, also one that another has followed, for the desk.
pub async fn of_proof(ctx: &Ctx, actor: &Actor, id: ProofId) -> Result<File> {
    actor.require(Permission::PaymentVerify)?;
    read(ctx, payment_proof::Entity::find_by_id(id).one(&ctx.db).await?).await
}

/// Where the desk finds the file of a proof.
pub(super) fn url(id: ProofId) -> String {
    format!("/api/v1/desk/proofs/{id}/file")
}

async fn read(ctx: &Ctx, row: Option<payment_proof::Model>) -> Result<File> {
    let row = row.ok_or(domain::Error::NotFound(Noun::Image))?;
    read_key(ctx, &row.file_key, row.media_type).await
}

/// A kept file. Without a permission check: for callers that have made one.
pub(crate) async fn read_key(ctx: &Ctx, key: &str, media_type: String) -> Result<File> {
    let found = ctx.ports.files.get(&path(key)).await.map_err(|e| Error::port("files", e))?;
    let bytes = found.bytes().await.map_err(|e| Error::port("files", e))?;
    Ok(File { media_type, bytes })
}

#[cfg(test)]
mod tests {
    use super::is_pdf;

    #[test]
    fn the_content_makes_a_pdf() {
        assert!(is_pdf(b"%PDF-1.7\n...\n%%EOF\n"));
        assert!(!is_pdf(b"%PDF-1.7 cut off"));
        assert!(!is_pdf(b"<html>%%EOF"));
        assert!(!is_pdf(b""));
    }
}
