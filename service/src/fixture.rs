//! Builders for tests: a context on a database of its own, people, stores, products.

use crate::clock::Fixed;
use crate::{Ctx, Result, Settings};
use sea_orm::DatabaseConnection;
use std::sync::Arc;

/// The databases a service test runs on: SQLite always, PostgreSQL when `TEST_POSTGRES_URL` names a
/// server (the test command always does).
pub async fn databases() -> Result<Vec<TestDb>> {
    Ok(vec![])
}

/// A database of one test's own, dropped with it.
pub struct TestDb {
    pub ctx: Ctx,
    pub clock: Arc<Fixed>,
}

#[allow(dead_code, reason = "filled in with the builders")]
fn context(_db: DatabaseConnection) -> Settings {
    Settings::for_tests()
}
