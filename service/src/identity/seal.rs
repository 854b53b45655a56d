//! Keys derived from the installation's secret, and what is sealed with them (XChaCha20-Poly1305).

use crate::{Ctx, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;

const NONCE: usize = 24;

/// 256 bits that only this installation can know, for a purpose and a subject of its own.
pub(super) fn derive(ctx: &Ctx, purpose: &str, subject: &[u8]) -> Result<[u8; 32]> {
    let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&ctx.settings.token_secret);
    let mut mac = mac.map_err(|e| Error::fault(e.to_string()))?;
    mac.update(purpose.as_bytes());
    // Ends the purpose: no two pairs run together to the same text.
    mac.update(&[0]);
    mac.update(subject);
    Ok(mac.finalize().into_bytes().into())
}

/// Seals a secret for one purpose and owner; elsewhere it does not open.
pub(super) fn seal(ctx: &Ctx, purpose: &str, owner: &[u8], plain: &[u8]) -> Result<String> {
    let nonce = rand::rng().random::<[u8; NONCE]>();
    let sealed = cipher(ctx, purpose)?
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: owner })
        .map_err(|_| Error::fault("sealing failed"))?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// `None`: sealed with another secret of the installation, for another owner, or tampered with.
pub(super) fn open(ctx: &Ctx, purpose: &str, owner: &[u8], sealed: &str) -> Result<Option<Vec<u8>>> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(sealed) else { return Ok(None) };
    let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE>() else { return Ok(None) };
    Ok(cipher(ctx, purpose)?.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: owner }).ok())
}

fn cipher(ctx: &Ctx, purpose: &str) -> Result<XChaCha20Poly1305> {
    Ok(XChaCha20Poly1305::new(&derive(ctx, purpose, b"key")?.into()))
}
