//! Roles are data; the built-in ones are seeded.

use crate::Result;
use sea_orm::ConnectionTrait;

/// Writes the built-in roles that are missing; safe to repeat.
pub async fn seed_built_in(_db: &impl ConnectionTrait) -> Result<()> {
    Err(crate::Error::fault("pending"))
}
