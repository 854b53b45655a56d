//! Random secrets and their hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};

/// 256 random bits, URL-safe: refresh tokens, guest carts, form tokens.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

/// SHA-256 of a random secret: what the database keeps. (Passwords are hashed with argon2.)
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Short reference by which a person and a log line find each other.
pub fn reference() -> String {
    const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    rand::rng().random::<[u8; 8]>().iter().map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()])).collect()
}
