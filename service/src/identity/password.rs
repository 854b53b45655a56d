//! Passwords: argon2id off the async threads, with bounded concurrency.

use crate::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::FieldError;
use domain::validate::Checks;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Hashing takes 19 MiB each: as many at once as there are cores, the rest wait.
static SLOTS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)));

/// argon2id, 19 MiB, 2 passes, 1 lane (OWASP's minimum).
fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Refuses passwords that zxcvbn finds guessable (score below 2), counting name and email as known.
pub(super) fn check_strength(checks: &mut Checks, field: &str, password: &str, known: &[&str]) {
    // Longer ones cost seconds and are never guessable for being short.
    let head: String = password.chars().take(100).collect();
    if head.chars().count() >= 8 && zxcvbn::zxcvbn(&head, known).score() < zxcvbn::Score::Two {
        checks.add(FieldError::new(field, "password_guessable"));
    }
}

pub(super) async fn hash(password: String) -> Result<String> {
    off_thread(move || hasher().hash_password(password.as_bytes()).map(|h| h.to_string()))
        .await?
        .map_err(|e| Error::fault(format!("argon2: {e}")))
}

/// Whether the password fits; `None` as hash costs the same time and never fits, so that answers do
/// not tell which emails have accounts.
pub(super) async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    static DUMMY: LazyLock<String> =
        LazyLock::new(|| hasher().hash_password(b"nobody has this password").map(|h| h.to_string()).unwrap_or_default());
    off_thread(move || {
        let is_real = stored.is_some();
        let text = stored.unwrap_or_else(|| DUMMY.clone());
        let fits = PasswordHash::new(&text).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
        fits && is_real
    })
    .await
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _slot = SLOTS.acquire().await.map_err(|e| Error::fault(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::fault(e.to_string()))
}
